/** What an asking came to: the answer, what went wrong, or that it is not there yet. */
import { html } from "../lib/html.js";
import { ProblemNote, Wait } from "./notes.js";

/**
 * @param {{asked: import("../lib/asking.js").Asked, children: (value: any) => any}} props
 */
export function Answer({ asked, children }) {
  if (asked.problem) return html`<${ProblemNote} problem=${asked.problem} />`;
  if (asked.value === null) return asked.pending ? html`<${Wait} />` : null;
  return html`<div class=${asked.pending ? "stale" : ""}>${children(asked.value)}</div>`;
}
