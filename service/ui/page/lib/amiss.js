/** What the address says that cannot be shown: views tell it, and the page says it in one place. */
import { useLayoutEffect, useReducer } from "./html.js";

/** Name in the query → why it cannot be shown. @type {Map<string, string>} */
const amiss = new Map();
/** @type {Set<() => void>} */
const listeners = new Set();

/**
 * Tell what is wrong with something in the address, as long as it is.
 * @param {string} name in the query
 * @param {string | null} said null where nothing is wrong
 */
export function useAmiss(name, said) {
  useLayoutEffect(() => {
    if (said === null) return;
    amiss.set(name, said);
    listeners.forEach((listener) => listener());
    return () => {
      amiss.delete(name);
      listeners.forEach((listener) => listener());
    };
  }, [name, said]);
}

/** @returns {[string, string][]} names and what is wrong with them, anew whenever that changes */
export function useAllAmiss() {
  const [, renew] = useReducer((/** @type {number} */ n) => n + 1, 0);
  useLayoutEffect(() => {
    const listener = () => renew(undefined);
    listeners.add(listener);
    listener(); // views may have told something before
    return () => void listeners.delete(listener);
  }, []);
  return [...amiss];
}
