/** Calls of the API. The browser's session cookie says who asks; nothing here holds a key. */
import { Problem, problemOf } from "./problem.js";

/** Answers that are kept; of an audit that has ended they never change. */
const KEPT = 300;
/** @typedef {{asked: Promise<any>, value: any}} Kept value: undefined until it is there */
/** @type {Map<string, Kept>} */
const kept = new Map();
/** Answers that were asked for before anybody wanted them. @type {Map<string, Promise<any>>} */
const early = new Map();
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
  early.clear();
}

/**
 * Call the API.
 * @param {string} url
 * @param {RequestInit} [init]
 * @returns {Promise<any>} what the JSON of the answer holds; null for an empty one
 * @throws {Problem}
 */
export async function call(url, init = {}) {
  const answer = await answered(url, { ...init, headers: { Accept: "application/json", ...init.headers } });
  const text = await answer.text();
  return text ? JSON.parse(text) : null;
}

/**
 * Call the API for a file.
 * @param {string} url
 * @returns {Promise<Blob>}
 * @throws {Problem}
 */
export async function file(url) {
  return (await answered(url, {})).blob();
}

/**
 * @param {string} url
 * @param {RequestInit} init
 */
async function answered(url, init) {
  const answer = await fetch(url, init);
  if (answer.status === 401 && !url.startsWith("/ui/session")) listeners.forEach((listener) => listener());
  if (!answer.ok) throw problemOf(answer.status, await answer.text());
  return answer;
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
  const found = kept.get(url) ?? asked(url);
  kept.delete(url); // the one longest unasked goes first
  kept.set(url, found);
  if (kept.size > KEPT) kept.delete(/** @type {string} */ (kept.keys().next().value));
  return found.asked;
}

/** @typedef {{items: {analysis: string, there: boolean, detail: string | null}[]}} Analyses */

/**
 * Whether an audit has an analysis.
 * @param {string} at the address of the audit's calls
 * @param {string} analysis by the field of a request that asks for it
 * @returns {Promise<boolean>}
 */
export async function has(at, analysis) {
  const { items } = /** @type {Analyses} */ (await read(`${at}/analyses`));
  return items.some((one) => one.analysis === analysis && one.there);
}

/**
 * @param {string} url
 * @returns {Kept}
 */
function asked(url) {
  /** @type {Kept} */
  const found = { asked: call(url), value: undefined };
  found.asked.then(
    (value) => (found.value = value),
    () => kept.get(url) === found && kept.delete(url),
  );
  return found;
}

/**
 * What was read and is there already.
 * @param {string} url
 * @returns {any} undefined where it is not
 */
export function known(url) {
  return kept.get(url)?.value;
}

/**
 * Call for something that changes, before anybody wants it.
 * @param {string} url
 * @returns {Promise<any>}
 */
export function ahead(url) {
  const found = call(url);
  found.catch(() => {}); // who takes it hears of it
  early.set(url, found);
  return found;
}

/**
 * Call for something that changes; an answer that was asked for ahead is given out once.
 * @param {string} url
 * @returns {Promise<any>}
 */
export function fresh(url) {
  const found = early.get(url) ?? call(url);
  early.delete(url);
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
