/** Calls of the API. The browser's session cookie says who asks; nothing here holds a key. */
import { Problem, problemOf } from "./problem.js";

/** Answers that are kept; of an audit that has ended they never change. */
const KEPT = 300;
/** @type {Map<string, Promise<any>>} */
const kept = new Map();
/** @type {Set<() => void>} */
const listeners = new Set();

/**
 * Be told when an answer says that nobody is signed in.
 * @param {() => void} listener
 * @returns {() => void} takes it back
 */
export function onSignedOut(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Forget every answer: somebody else may be signed in from now on. */
export function forget() {
  kept.clear();
}

/**
 * Call the API.
 * @param {string} url
 * @param {RequestInit} [init]
 * @returns {Promise<any>} what the JSON of the answer holds; null for an empty one
 * @throws {Problem}
 */
export async function call(url, init = {}) {
  const answer = await fetch(url, { ...init, headers: { Accept: "application/json", ...init.headers } });
  const text = await answer.text();
  if (answer.status === 401 && !url.startsWith("/ui/session")) listeners.forEach((listener) => listener());
  if (!answer.ok) throw problemOf(answer.status, text);
  return text ? JSON.parse(text) : null;
}

/**
 * Call the API with a JSON body.
 * @param {string} method
 * @param {string} url
 * @param {unknown} [body]
 * @returns {Promise<any>}
 */
export function send(method, url, body) {
  const json = body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  return call(url, { method, ...json });
}

/**
 * Read something that does not change, once: who asks again gets the first answer.
 * @param {string} url
 * @returns {Promise<any>}
 */
export function read(url) {
  let found = kept.get(url);
  if (found === undefined) {
    found = call(url);
    found.catch(() => kept.delete(url));
    if (kept.size >= KEPT) kept.delete(/** @type {string} */ (kept.keys().next().value));
  } else {
    kept.delete(url); // the one longest unasked goes first
  }
  kept.set(url, found);
  return found;
}

/**
 * An address with a query; what is null or empty is left out.
 * @param {string} path
 * @param {Record<string, string | number | boolean | null | undefined>} [query]
 * @returns {string}
 */
export function address(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text ? `${path}?${text}` : path;
}

/**
 * All items of a list, page by page.
 * @param {string} path
 * @param {Record<string, any>} [query]
 * @param {number} [most] stop when there are so many
 * @returns {Promise<any[]>}
 */
export async function every(path, query = {}, most = 5000) {
  /** @type {any[]} */
  const items = [];
  let cursor = null;
  do {
    const page = await read(address(path, { ...query, cursor }));
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null && items.length < most);
  return items;
}

export { Problem };
