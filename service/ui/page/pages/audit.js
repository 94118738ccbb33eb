/** `/ui/audits/{id}`: one audit, while it runs and after. */
import { fresh, send } from "../lib/api.js";
import { count, interval, moment, percent, visible } from "../lib/format.js";
import { html, useEffect, useState } from "../lib/html.js";
import { asProblem } from "../lib/problem.js";
import { Status, VerdictBadge } from "../parts/badges.js";
import { ProblemNote, Wait } from "../parts/notes.js";
import { ReadFirst } from "../parts/read-first.js";
import { Explorer } from "./explorer.js";
import { Running } from "./running.js";

/** @param {{id: string}} props */
export function AuditPage({ id }) {
  const at = `/v1/audits/${encodeURIComponent(id)}`;
  const [info, setInfo] = useState(/** @type {any} */ (null));
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  const renew = () => fresh(at).then(setInfo, (error) => setProblem(asProblem(error)));
  useEffect(() => void renew(), [at]);
  const name = info && visible(info.model_name ?? info.model_id);
  useEffect(() => void (document.title = name ? `${name} · Tremor` : "Tremor"), [name]);
  if (problem) {
    return html`<h1>Audit</h1><${ProblemNote} problem=${problem}><p><a href="/">All audits</a></p><//>`;
  }
  if (!info) return html`<${Wait} />`;
  return html`<h1>${name}</h1>
    <${Facts} info=${info} at=${at} />
    ${info.problem && html`<${ProblemNote} problem=${{ errors: [], ...info.problem }} />`}
    ${info.status === "succeeded" && html`<${ReadFirst} at=${at} />`}
    ${info.finished_at
      ? info.status === "succeeded" && html`<${Explorer} audit=${{ id, at, info }} />`
      : html`<${Running} at=${at} info=${info} renew=${renew} cancel=${() => send("POST", `${at}/cancel`).then(setInfo, (error) => setProblem(asProblem(error)))} />`}`;
}

/** @param {{info: any, at: string}} props */
function Facts({ info, at }) {
  const { headline } = info;
  return html`<dl class="facts">
    <div><dt>Status</dt><dd><${Status} info=${info} /></dd></div>
    <div><dt>Verdict</dt><dd><${VerdictBadge} verdict=${info.verdict} /></dd></div>
    ${headline && html`
      <div><dt>Clean accuracy</dt><dd class="large"><${Rate} share=${headline.clean_accuracy} n=${headline.n} /></dd></div>
      <div><dt>Worst case${headline.threat_model ? `, ${headline.threat_label ?? headline.threat_model}` : ""}</dt><dd class="large"><${Rate} share=${headline.worst_case} n=${headline.n} /></dd></div>
      <div><dt>Images</dt><dd class="large">${count(headline.n)}</dd></div>`}
    <div><dt>Begun</dt><dd>${moment(info.created_at)}</dd></div>
    ${info.status === "succeeded" && html`<div><dt>Report</dt><dd>
      <a href=${`${at}/report.html`} target="_blank" rel="noopener">one page</a>, <a href=${`${at}/report.json`} target="_blank" rel="noopener">JSON</a></dd></div>`}
    ${Object.keys(info.labels).length > 0 && html`<div><dt>Labels</dt>
      <dd>${Object.entries(info.labels).map(([key, value]) => html`<code key=${key}>${visible(`${key}:${value}`)}</code> `)}</dd></div>`}
  </dl>`;
}

/** @param {{share: number | null, n: number}} props */
function Rate({ share, n }) {
  const ends = interval(share, n);
  return html`${percent(share)}${ends && html` <small title="95 % Wilson interval">${ends}</small>`}`;
}
