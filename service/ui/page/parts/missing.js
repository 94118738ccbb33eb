/** An analysis that an audit does not have: why, and what asks for it. */
import { html } from "../lib/html.js";

/** @param {{report: any, part: string, ask: string}} props part: the id of its check; ask: what a request says */
export function Missing({ report, part, ask }) {
  const check = report.checks.find((/** @type {any} */ { id }) => id === part);
  const why = check && check.status !== "pass" && !/not asked for/.test(check.detail) ? check.detail : null;
  return html`<p class="hint">${why ? `This audit has none: ${why}.` : "This audit was not asked for it."} An audit with <code>${ask}</code> in its request has it.</p>`;
}
