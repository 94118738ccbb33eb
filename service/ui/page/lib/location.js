/** Where one is: every state of the page is an address, and the browser's own back goes back. */
import { useLayoutEffect, useState } from "./html.js";

/** @typedef {{path: string, query: URLSearchParams, hash: string}} Place */

/** @type {Set<() => void>} */
const listeners = new Set();

/** @returns {Place} */
export function here() {
  return { path: location.pathname, query: new URLSearchParams(location.search), hash: location.hash };
}

function tell() {
  listeners.forEach((listener) => listener());
}

/**
 * Go somewhere within the page.
 * @param {string} url
 * @param {{replace?: boolean}} [options] replace: take the place of this state, as while something is dragged
 */
export function go(url, { replace = false } = {}) {
  const [wanted, now] = [new URL(url, location.href), new URL(location.href)];
  if (wanted.href === now.href) return;
  history[replace ? "replaceState" : "pushState"](null, "", wanted);
  if (wanted.pathname !== now.pathname) {
    scrollTo(0, 0);
    /** @type {HTMLElement | null} */ (document.querySelector("#page"))?.focus({ preventScroll: true });
  }
  tell();
}

/**
 * Keep something with this entry of the browser's history: it is there again when the page is loaded anew, or one comes back.
 * @param {any} value plain data
 */
export function remember(value) {
  history.replaceState({ kept: value }, "");
}

/** @returns {any} what was kept; undefined where nothing was */
export function remembered() {
  return history.state?.kept;
}

/**
 * The place one is at, anew whenever it changes: listened to before the first paint, so that no early click is missed.
 * @returns {Place}
 */
export function usePlace() {
  const [place, setPlace] = useState(here);
  useLayoutEffect(() => {
    const listener = () => setPlace(here());
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return place;
}

/**
 * The path one is at, anew whenever it changes: whoever needs no more is not drawn anew by every choice.
 * @returns {string}
 */
export function usePath() {
  const [path, setPath] = useState(() => location.pathname);
  useLayoutEffect(() => {
    const listener = () => setPath(location.pathname);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return path;
}

/** Follow links within the page without loading it anew. */
export function followLinks() {
  addEventListener("popstate", tell);
  addEventListener("click", (event) => {
    const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!plain || !(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute("download")) return;
    const url = new URL(link.href);
    const ours = url.origin === location.origin && (url.pathname === "/" || url.pathname.startsWith("/ui"));
    const within = url.pathname === location.pathname && url.search === location.search && url.hash !== "";
    if (!ours || within || event.defaultPrevented) return;
    event.preventDefault();
    go(url.href);
  });
}
