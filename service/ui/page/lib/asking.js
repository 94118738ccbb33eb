/** Asking the API from a component, so that the view around it knows when it is ready. */
import { createContext, useContext, useEffect, useId, useLayoutEffect, useRef, useState } from "./html.js";
import { read } from "./api.js";
import { asProblem } from "./problem.js";

/** @typedef {import("./problem.js").Problem} Problem */
/**
 * @typedef {object} Asked
 * @property {any} value the last answer; while another is on its way still the one before
 * @property {Problem | null} problem
 * @property {boolean} pending
 */

/**
 * Who wants to know what is still asked for: a key of the asker, and whether it waits.
 * @type {import("preact").Context<(key: string, pending: boolean) => void>}
 */
export const Waiting = createContext((/** @type {string} */ _key, /** @type {boolean} */ _pending) => {});

/**
 * Ask for something by a key of its own; asked again when the key changes.
 * @param {string | null} key null asks for nothing
 * @param {() => Promise<any>} ask
 * @returns {Asked}
 */
export function useAsking(key, ask) {
  const [state, setState] = useState({ key: /** @type {string | null} */ (null), value: null, problem: null });
  const latest = useRef(key);
  const report = useContext(Waiting);
  const id = useId();
  latest.current = key;
  const pending = key !== null && state.key !== key;
  useEffect(() => {
    if (key === null) return;
    ask().then(
      (value) => latest.current === key && setState({ key, value, problem: null }),
      (error) => latest.current === key && setState({ key, value: null, problem: /** @type {any} */ (asProblem(error)) }),
    );
  }, [key]);
  useLayoutEffect(() => report(id, pending), [pending]); // at once: the frame looks at it after this very render
  // As early as the report itself: an asker that is gone before its effects ran would be waited for without end.
  useLayoutEffect(() => () => report(id, false), []);
  return { value: key === null ? null : state.value, problem: key === null ? null : state.problem, pending };
}

/**
 * Read an address of the API.
 * @param {string | null} url null reads nothing
 * @returns {Asked}
 */
export function useRead(url) {
  return useAsking(url, () => read(/** @type {string} */ (url)));
}
