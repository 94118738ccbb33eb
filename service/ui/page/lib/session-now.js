/** Who is signed in, as the document says it: whoever loads a page need not ask for that first. */

/** @typedef {{auth: "none" | "keys", signed_in: boolean, name?: string | null, scope?: string | null}} Session */

/** @returns {Session} */
export function sessionNow() {
  return JSON.parse(/** @type {string} */ (document.documentElement.dataset.session));
}
