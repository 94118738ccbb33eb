/** What has to be read before any number of an audit, as on the first screen of its report. */
import { useRead } from "../lib/asking.js";
import { visible } from "../lib/format.js";
import { html } from "../lib/html.js";
import { Note, ProblemNote } from "./notes.js";

/**
 * Why an audit ended early, what inspection chose or guessed of its model and data, and which checks failed.
 * @param {{at: string}} props
 */
export function ReadFirst({ at }) {
  const { value: report, problem } = useRead(`${at}/report.json`);
  if (problem) return html`<${ProblemNote} problem=${problem} />`;
  const said = report ? told(report) : [];
  if (said.length === 0) return null;
  return html`<section aria-labelledby="read-first">
    <h2 id="read-first">Read this first</h2>
    <${Note}><ul class="read-first">${said.map(({ about, text, bad }, i) => html`<li key=${i} class=${bad ? "bad" : ""}>
      <strong>${about}:</strong> ${visible(text)}</li>`)}</ul><//>
  </section>`;
}

/**
 * @param {any} report
 * @returns {{about: string, text: string, bad: boolean}[]}
 */
function told({ stopped, model, dataset, checks }) {
  const of = (/** @type {string} */ about, /** @type {string[]} */ texts, bad = false) => texts.map((text) => ({ about, text, bad }));
  const failed = checks.filter((/** @type {any} */ check) => check.status === "fail");
  return [
    ...of("Ended early", stopped ? [`${stopped.detail}${stopped.not_run.length ? `; not run: ${stopped.not_run.join(", ")}` : ""}`] : [], true),
    ...of("Model", model.warnings ?? []),
    ...of("Data set", dataset.warnings ?? []),
    ...of("Check failed", failed.map((/** @type {any} */ { title, detail }) => `${title}: ${detail}`), true),
  ];
}
