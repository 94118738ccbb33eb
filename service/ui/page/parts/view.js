/** The frame around a view: what it shows and by which equation, when it is ready, and what happens when it fails. */
import {
  html, useCallback, useContext, useEffect, useErrorBoundary, useId, useLayoutEffect, useMemo, useRef, useState,
} from "../lib/html.js";
import { Waiting } from "../lib/asking.js";
import { Query } from "../lib/choice.js";
import { useNear, useRows } from "../lib/measure.js";
import { asProblem } from "../lib/problem.js";
import { inTurn, waitsInSight } from "../lib/turns.js";
import { Needing } from "./missing.js";
import { ProblemNote, Wait } from "./notes.js";

/**
 * @typedef {object} Audit what a view is given
 * @property {string} id
 * @property {string} at the address of its calls, `/v1/audits/ID`
 * @property {any} info as `GET /audits/{id}` answers it
 */
/**
 * @typedef {object} Needs
 * @property {string} analysis by the field of a request that asks for it
 * @property {string} what is not there for want of it, such as `matrix`
 */
/**
 * @typedef {object} View
 * @property {string} id `data-view` of its section
 * @property {string[]} settings names of what it keeps in the address, each as `ID.NAME`
 * @property {string} title
 * @property {string} shows what one sees, in a sentence or two
 * @property {string} equation the quantities, as the papers write them
 * @property {string} source where they are defined
 * @property {Needs} [needs] without which there is nothing to show
 * @property {(props: {audit: Audit}) => any} Show the component
 */

/**
 * @param {{view: View, audit: Audit, begun: boolean, onReady: (id: string) => void}} props
 *   begun: whether it is its turn; views begin one after the other, those in sight first
 */
export function ViewFrame({ view, audit, begun, onReady }) {
  const [near, isNear] = useNear();
  useRows(near);
  const heading = useId();
  const [started, start] = useState(false);
  const [ready, setReady] = useState(false);
  const waiting = useRef(new Set());
  const seen = useRef(isNear);
  seen.current = isNear;
  const settle = useCallback(() => {
    const done = waiting.current.size === 0;
    setReady(done);
    if (done) onReady(view.id);
  }, []);
  const report = useCallback((/** @type {string} */ key, /** @type {boolean} */ pending) => {
    waiting.current[pending ? "add" : "delete"](key);
    waitsInSight(view.id, seen.current && waiting.current.size > 0);
    queueMicrotask(settle); // after all that this render asks for
  }, []);
  useEffect(() => {
    if (begun || isNear) start(true);
  }, [begun, isNear]);
  useEffect(() => {
    if (started) queueMicrotask(settle);
  }, [started]);
  useLayoutEffect(() => {
    waitsInSight(view.id, isNear && waiting.current.size > 0);
    return () => waitsInSight(view.id, false);
  }, [isNear]);
  const wanted = useContext(Query);
  const query = useLazily(wanted, isNear);
  const complete = ready && query === wanted;
  return html`<section class="view" id=${view.id} data-view=${view.id} data-ready=${complete ? "" : undefined}
      aria-labelledby=${heading} aria-busy=${started && !complete} ref=${near}>
    <h2 id=${heading}><a href=${`#${view.id}`}>${view.title}</a></h2>
    <p class="shows">${view.shows}</p>
    <p class="equation"><span>${view.equation}</span> <cite>${view.source}</cite></p>
    <${Query.Provider} value=${query}><${Waiting.Provider} value=${report}>
      ${started ? html`<${Guarded} view=${view} audit=${audit} />` : html`<${Wait} />`}
    <//><//>
  </section>`;
}

/**
 * What is in sight follows at once, the rest in turn.
 * @template T
 * @param {T} value
 * @param {boolean} inSight
 * @returns {T}
 */
function useLazily(value, inSight) {
  const [late, setLate] = useState(value);
  useEffect(() => {
    if (late === value) return;
    if (inSight) setLate(value);
    else return inTurn(() => setLate(value));
  }, [value, inSight]);
  return inSight ? value : late;
}

/** @param {{view: View, audit: Audit}} props */
function Guarded({ view, audit }) {
  const [error, reset] = useErrorBoundary((failure) => console.error(failure));
  const shown = useMemo(() => {
    const show = html`<${view.Show} audit=${audit} />`;
    return view.needs ? html`<${Needing} at=${audit.at} needs=${view.needs}>${show}<//>` : show;
  }, [view, audit]);
  if (!error) return shown;
  return html`<${ProblemNote} problem=${asProblem(error)}>
    <button type="button" onClick=${reset}>Try again</button><//>`;
}
