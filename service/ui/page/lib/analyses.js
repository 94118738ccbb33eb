/** Which analyses an audit has: a call about another would find nothing. */
import { useRead } from "./asking.js";

/**
 * @param {string} at the address of the audit's calls
 * @returns {import("./asking.js").Asked} `Analyses` of `api.js`
 */
export function useAnalyses(at) {
  return useRead(`${at}/analyses`);
}
