/** Which page an address is. */

/**
 * The audit whose page an address is.
 * @param {string} path
 * @returns {string | null} its id
 */
export function auditAt(path) {
  const found = /^\/ui\/audits\/([^/]+)\/?$/.exec(path);
  return found && decoded(found[1]);
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // no audit has such an id, and its page says so
  }
}
