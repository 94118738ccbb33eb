/** The linked views over one audit, and what is chosen in them. */
import { useAllAmiss } from "../lib/amiss.js";
import { CHOICES, choiceOf, choose, noChoices, Query, setQuery, strangeNames } from "../lib/choice.js";
import { usePlace } from "../lib/location.js";
import { has, read } from "../lib/api.js";
import { short } from "../lib/format.js";
import { html, useCallback, useEffect, useRef, useState } from "../lib/html.js";
import { Classes } from "../lib/classes.js";
import { AmissNote } from "../parts/amiss.js";
import { ViewFrame } from "../parts/view.js";
import { VIEWS } from "../views/index.js";

/** @typedef {import("../parts/view.js").Audit} Audit */

/** Every name that the address of an audit may hold. */
const KNOWN = [...CHOICES, ...VIEWS.flatMap(({ id, settings }) => settings.map((name) => `${id}.${name}`))];

/** @param {{audit: Audit}} props */
export function Explorer({ audit }) {
  const { query } = usePlace();
  const [ready, setReady] = useState(/** @type {string[]} */ ([]));
  const [names, setNames] = useState(/** @type {string[] | null} */ (null));
  const [classes, setClasses] = useState(/** @type {number | null} */ (null));
  const onReady = useCallback((/** @type {string} */ id) => setReady((before) => (before.includes(id) ? before : [...before, id])), []);
  useEffect(() => {
    const take = (/** @type {any} */ matrix) => {
      setNames(matrix.classes);
      setClasses(matrix.num_classes);
    };
    has(audit.at, "neurons.vulnerability").then(async (there) => {
      if (there) take(await read(`${audit.at}/matrix`));
    }).catch(() => {}); // its view says what is wrong
  }, [audit.at]);
  useAnchor(ready.length);
  return html`<${Classes.Provider} value=${names}>
    <nav class="views-nav" aria-label="Views and choices">
      <ul>${VIEWS.map(({ id, title }) => html`<li key=${id}><a href=${`#${id}`}>${title}</a></li>`)}</ul>
      <${Choices} query=${query} names=${names} />
    </nav>
    <${Amiss} query=${query} classes=${classes} />
    <${Query.Provider} value=${query}>
      <div class="views">${VIEWS.map((view, i) => html`<${ViewFrame} key=${view.id} view=${view} audit=${audit}
        begun=${i <= ready.length || location.hash === `#${view.id}`} onReady=${onReady} />`)}</div>
    <//>
  <//>`;
}

/**
 * What the address asks for that there is not, and why.
 * @param {{query: URLSearchParams, classes: number | null}} props
 */
function Amiss({ query, classes }) {
  const told = useAllAmiss();
  const wrong = [...new Map([...strangeNames(query, KNOWN), ...noChoices(query, classes), ...told])].filter(([name]) => query.has(name));
  return html`<${AmissNote} query=${query} wrong=${wrong} said="The address says what this audit cannot show:" />`;
}

/**
 * Keep the view that the address names in place while those above it are still growing, until somebody moves.
 * @param {number} moment changes when something may have grown
 */
function useAnchor(moment) {
  const moved = useRef(false);
  useEffect(() => {
    const stop = () => (moved.current = true);
    const kinds = ["wheel", "keydown", "pointerdown", "touchstart"];
    kinds.forEach((kind) => addEventListener(kind, stop, { once: true, passive: true }));
    return () => kinds.forEach((kind) => removeEventListener(kind, stop));
  }, []);
  useEffect(() => {
    if (!moved.current && location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, [moment]);
}

/** @param {{query: URLSearchParams, names: string[] | null}} props */
function Choices({ query, names }) {
  const { cell, image, neurons, layer, cluster } = choiceOf(query);
  const name = (/** @type {number} */ label) => short(names?.[label] ?? `class ${label}`, 18);
  const chips = [
    cell && { text: `${name(cell.label)} taken for ${name(cell.adversarial)}`, undo: { cell: null } },
    image !== null && { text: `image ${image}`, undo: { image: null } },
    neurons.length > 0 && { text: `neuron${neurons.length > 1 ? "s" : ""} ${neurons.slice(0, 6).join(", ")}${neurons.length > 6 ? "…" : ""}`, undo: { neurons: [] } },
    cluster !== null && { text: `cluster ${cluster}`, undo: { cluster: null } },
    layer && { text: `layer ${short(layer)}`, undo: { layer: null } },
  ].filter(Boolean);
  const all = { cell: null, image: null, neurons: null, cluster: null, layer: null };
  return html`<div class="choices" role="group" aria-label="What is chosen">
    ${chips.length === 0 && html`<span class="hint">Nothing is chosen: choose a cell, an image, a neuron…</span>`}
    ${chips.map((/** @type {any} */ { text, undo }) => html`<button key=${text} type="button" class="small"
      onClick=${() => choose(undo)} aria-label=${`Take back: ${text}`}>${text} ×</button>`)}
    ${chips.length > 1 && html`<button type="button" class="small" onClick=${() => setQuery(all)}>Take all back</button>`}
  </div>`;
}
