/** The linked views over one audit, and what is chosen in them. */
import { choiceOf, choose, Query, setQuery, unusable } from "../lib/choice.js";
import { usePlace } from "../lib/location.js";
import { read } from "../lib/api.js";
import { short } from "../lib/format.js";
import { html, useCallback, useEffect, useRef, useState } from "../lib/html.js";
import { Classes } from "../lib/classes.js";
import { Note } from "../parts/notes.js";
import { ViewFrame } from "../parts/view.js";
import { VIEWS } from "../views/index.js";

/** @typedef {import("../parts/view.js").Audit} Audit */

/** @param {{audit: Audit}} props */
export function Explorer({ audit }) {
  const { query } = usePlace();
  const [ready, setReady] = useState(/** @type {string[]} */ ([]));
  const [names, setNames] = useState(/** @type {string[] | null} */ (null));
  const [classes, setClasses] = useState(/** @type {number | null} */ (null));
  const onReady = useCallback((/** @type {string} */ id) => setReady((before) => (before.includes(id) ? before : [...before, id])), []);
  useEffect(() => {
    read(`${audit.at}/matrix`).then((matrix) => {
      setNames(matrix.classes);
      setClasses(matrix.num_classes);
    }, () => {}); // its view says what is wrong
  }, [audit.at]);
  useAnchor(ready.length);
  const wrong = unusable(query, classes);
  return html`<${Classes.Provider} value=${names}>
    <nav class="views-nav" aria-label="Views and choices">
      <ul>${VIEWS.map(({ id, title }) => html`<li key=${id}><a href=${`#${id}`}>${title}</a></li>`)}</ul>
      <${Choices} query=${query} names=${names} />
    </nav>
    ${wrong.length > 0 && html`<${Note}><p>The address says what this audit cannot show: ${wrong.map((text) => html`<code key=${text}>${short(text, 60)}</code> `)}</p>
      <p><button type="button" class="small" onClick=${() => setQuery(Object.fromEntries(wrong.map((text) => [text.split("=")[0], null])))}>Leave it out</button></p><//>`}
    <${Query.Provider} value=${query}>
      <div class="views">${VIEWS.map((view, i) => html`<${ViewFrame} key=${view.id} view=${view} audit=${audit}
        begun=${i <= ready.length || location.hash === `#${view.id}`} onReady=${onReady} />`)}</div>
    <//>
  <//>`;
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
    cell && { text: `${name(cell.label)} → ${name(cell.adversarial)}`, undo: { cell: null } },
    image !== null && { text: `image ${image}`, undo: { image: null } },
    neurons.length > 0 && { text: `neuron${neurons.length > 1 ? "s" : ""} ${neurons.slice(0, 6).join(", ")}${neurons.length > 6 ? "…" : ""}`, undo: { neurons: [] } },
    cluster !== null && { text: `cluster ${cluster}`, undo: { cluster: null } },
    layer && { text: `layer ${short(layer)}`, undo: { layer: null } },
  ].filter(Boolean);
  const all = { cell: null, image: null, neurons: null, cluster: null, layer: null };
  return html`<div class="choices" role="group" aria-label="What is chosen">
    ${chips.length === 0 && html`<span class="hint">Nothing is chosen: choose a cell, an image, a neuron…</span>`}
    ${chips.map((/** @type {any} */ { text, undo }) => html`<button key=${text} type="button" class="small"
      onClick=${() => choose(undo)} aria-label=${`Take back: ${text}`}>${text} ✕</button>`)}
    ${chips.length > 1 && html`<button type="button" class="small" onClick=${() => setQuery(all)}>Take all back</button>`}
  </div>`;
}
