/** What an asking came to: the answer, what went wrong, or that it is not there yet. */
import { html, useEffect, useState } from "../lib/html.js";
import { ProblemNote, Wait } from "./notes.js";

/** An answer that takes longer than this is said to be of before: to fade all of a view at every click would slow it. */
const SOON_MS = 250;

/**
 * @param {{asked: import("../lib/asking.js").Asked, children: (value: any) => any}} props
 */
export function Answer({ asked, children }) {
  const slow = useSlow(asked.pending);
  if (asked.problem) return html`<${ProblemNote} problem=${asked.problem} />`;
  if (asked.value === null) return asked.pending ? html`<${Wait} />` : null;
  return html`<div class=${asked.pending ? (slow ? "stale slow" : "stale") : ""}>${children(asked.value)}</div>`;
}

/**
 * Whether something has been on its way for a while.
 * @param {boolean} pending
 * @returns {boolean}
 */
function useSlow(pending) {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    if (!pending) return;
    const handle = setTimeout(() => setSlow(true), SOON_MS);
    return () => {
      clearTimeout(handle);
      setSlow(false);
    };
  }, [pending]);
  return slow && pending;
}
