/** An analysis that an audit does not have: why, and what asks for it. */
import { useAnalyses } from "../lib/analyses.js";
import { html } from "../lib/html.js";
import { Answer } from "./answer.js";

/** @param {{report: any, part: string, ask: string}} props part: the id of its check; ask: what a request says */
export function Missing({ report, part, ask }) {
  const check = report.checks.find((/** @type {any} */ { id }) => id === part);
  const why = check && check.status !== "pass" && !/not asked for/.test(check.detail) ? check.detail : null;
  return html`<p class="hint">${why ? `This audit has none: ${why}.` : "This audit was not asked for it."} An audit with <code>${ask}</code> in its request has it.</p>`;
}

/**
 * What needs an analysis, or why there is none: calls that would find nothing are never made.
 * @param {{at: string, needs: import("./view.js").Needs, children?: any}} props
 */
export function Needing({ at, needs, children }) {
  const asked = useAnalyses(at);
  return html`<${Answer} asked=${asked}>${(/** @type {import("../lib/api.js").Analyses} */ { items }) => {
    const found = items.find(({ analysis }) => analysis === needs.analysis);
    return found && !found.there ? html`<p class="hint">The audit has no ${needs.what}: ${coded(found.detail ?? "")}.</p>` : children;
  }}<//>`;
}

/**
 * A sentence of the API with its names of fields and its JSON set as what they are.
 * @param {string} text such as ``not asked for: `regions` was null; an audit with {"regions": {}} has it``
 */
function coded(text) {
  return text.split(/(`[^`]*`|\{".*\})/).map((part, i) => (i % 2 ? html`<code key=${i}>${part.replaceAll("`", "")}</code>` : part));
}
