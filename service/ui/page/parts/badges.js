/** Status and verdict of a job, in a word. */
import { html } from "../lib/html.js";

/** @type {Record<string, string>} */
const OF_STATUS = { succeeded: "good", failed: "bad", cancelled: "unsure" };
/** @type {Record<string, string>} */
const OF_VERDICT = { pass: "good", fail: "bad", inconclusive: "unsure" };

/** @param {{info: any}} props a job as the API answers it */
export function Status({ info }) {
  const { status, progress } = info;
  const share = status === "running" && progress?.total ? ` ${Math.floor((100 * progress.done) / progress.total)} %` : "";
  return html`<span class=${`badge ${OF_STATUS[status] ?? ""}`}>${status}${share}</span>`;
}

/** @param {{verdict: string | null}} props */
export function VerdictBadge({ verdict }) {
  return verdict ? html`<span class=${`badge ${OF_VERDICT[verdict] ?? ""}`}>${verdict}</span>` : "–";
}
