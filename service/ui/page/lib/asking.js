/** Asking the API from a component, so that the view around it knows when it is ready. */
import { createContext, useContext, useId, useLayoutEffect, useReducer, useRef } from "./html.js";
import { known, read } from "./api.js";
import { asProblem } from "./problem.js";

/** @typedef {import("./problem.js").Problem} Problem */
/**
 * @typedef {object} Asked
 * @property {any} value the last answer; while another is on its way still the one before
 * @property {Problem | null} problem
 * @property {boolean} pending
 */
/** @typedef {{key: string | null, value: any, problem: Problem | null}} Answered */

/**
 * Who wants to know what is still asked for: a key of the asker, and whether it waits.
 * @type {import("preact").Context<(key: string, pending: boolean) => void>}
 */
export const Waiting = createContext((/** @type {string} */ _key, /** @type {boolean} */ _pending) => {});

/**
 * Ask for something by a key of its own; asked again when the key changes.
 * @param {string | null} key null asks for nothing
 * @param {() => Promise<any>} ask
 * @param {() => any} [there] the answer where it is there already: it is shown at once; undefined where it is not
 * @returns {Asked}
 */
export function useAsking(key, ask, there) {
  const last = useRef(/** @type {Answered} */ ({ key: null, value: null, problem: null }));
  const latest = useRef(key);
  const [, renew] = useReducer((/** @type {number} */ n) => n + 1, 0);
  const report = useContext(Waiting);
  const id = useId();
  latest.current = key;
  if (key !== null && last.current.key !== key) {
    const value = there?.();
    if (value !== undefined) last.current = { key, value, problem: null };
  }
  const { value, problem } = last.current;
  const pending = key !== null && last.current.key !== key;
  // Layout effects: what is to be shown is asked for before this very render is painted, not a frame later.
  useLayoutEffect(() => {
    if (!pending) return;
    const settle = (/** @type {any} */ found, /** @type {Problem | null} */ wrong) => {
      if (latest.current !== key) return;
      last.current = { key, value: found, problem: wrong };
      renew(undefined);
    };
    ask().then((found) => settle(found, null), (error) => settle(null, asProblem(error)));
  }, [key]);
  useLayoutEffect(() => report(id, pending), [pending]); // at once: the frame looks at it after this very render
  // As early as the report itself: an asker that is gone before its effects ran would be waited for without end.
  useLayoutEffect(() => () => report(id, false), []);
  return { value: key === null ? null : value, problem: key === null ? null : problem, pending };
}

/**
 * Read an address of the API.
 * @param {string | null} url null reads nothing
 * @returns {Asked}
 */
export function useRead(url) {
  return useAsking(url, () => read(/** @type {string} */ (url)), () => known(/** @type {string} */ (url)));
}
