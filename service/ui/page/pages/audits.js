/** `/`: the audits, the newest first, by status, model, label and tag. */
import { address, call } from "../lib/api.js";
import { setQuery, strangeNames } from "../lib/choice.js";
import { usePlace } from "../lib/location.js";
import { useAsking } from "../lib/asking.js";
import { moment, percent, visible } from "../lib/format.js";
import { html, useEffect, useLayoutEffect, useRef, useState } from "../lib/html.js";
import { READ_ONLY, useMaySubmit } from "../lib/session.js";
import { AmissNote } from "../parts/amiss.js";
import { Answer } from "../parts/answer.js";
import { Uploads } from "./uploads.js";
import { Status, VerdictBadge } from "../parts/badges.js";
import { Copy } from "../parts/table.js";

const UNKNOWN = "Audits cannot be searched by what the address says:";
const PAGE = 25;
const STATUSES = ["queued", "running", "cancelling", "succeeded", "failed", "cancelled"];
const SEARCHED = ["status", "model", "label", "tag"];
const KNOWN = [...SEARCHED, "cursor"];
/** While something runs the list is read anew this often. */
const AGAIN_MS = 5000;

export function AuditsPage() {
  useEffect(() => void (document.title = "Audits · Tremor"), []);
  const { query } = usePlace();
  const [round, setRound] = useState(0);
  const given = Object.fromEntries(KNOWN.map((name) => [name, query.get(name)]));
  const url = address("/v1/audits", { limit: PAGE, ...given });
  const asked = useAsking(`${url} ${round}`, () => call(url));
  const unfinished = asked.value?.items.some((/** @type {any} */ item) => !item.finished_at);
  useEffect(() => {
    if (!unfinished) return;
    const handle = setTimeout(() => setRound(round + 1), AGAIN_MS);
    return () => clearTimeout(handle);
  }, [asked.value]);
  return html`<h1>Audits</h1>
    <${AmissNote} query=${query} wrong=${strangeNames(query, KNOWN)} said=${UNKNOWN} />
    <${Search} given=${given} />
    <${Answer} asked=${asked}>${(/** @type {any} */ page) => html`<${List} page=${page} searched=${Object.values(given).some(Boolean)} />`}<//>
    ${useMaySubmit() ? html`<${Uploads} />` : html`<p class="hint">${READ_ONLY}</p>`}`;
}

/**
 * What is typed stays while the list is read anew: the address is written into the fields when it changes otherwise than by them.
 * @param {{given: Record<string, string | null>}} props
 */
function Search({ given }) {
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  const sent = useRef(/** @type {string | null} */ (null));
  const wanted = JSON.stringify(SEARCHED.map((name) => given[name] ?? ""));
  useLayoutEffect(() => {
    if (sent.current !== wanted) {
      for (const name of SEARCHED) /** @type {HTMLInputElement} */ (form.current?.elements.namedItem(name)).value = given[name] ?? "";
    }
    sent.current = null;
  }, [wanted]);
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    const values = SEARCHED.map((name) => String(fields.get(name) ?? "").trim());
    if (JSON.stringify(values) !== wanted) sent.current = JSON.stringify(values);
    setQuery({ ...Object.fromEntries(SEARCHED.map((name, i) => [name, values[i]])), cursor: null });
  };
  return html`<form class="controls" role="search" onSubmit=${submit} ref=${form}>
    <span class="control"><label for="status">Status</label>
      <select id="status" name="status">
        <option value="">any</option>
        ${STATUSES.map((status) => html`<option key=${status}>${status}</option>`)}
      </select></span>
    <span class="control"><label for="model">Model</label>
      <input id="model" name="model" placeholder="name or id" /></span>
    <span class="control"><label for="label">Label</label>
      <input id="label" name="label" placeholder="key:value" /></span>
    <span class="control"><label for="tag">Tag of the model</label>
      <input id="tag" name="tag" placeholder="key:value" /></span>
    <button type="submit">Search</button>
  </form>`;
}

/** What is copied of an audit. @type {import("../parts/table.js").Column[]} */
const COLUMNS = [
  { name: "id", of: (audit) => audit.id }, { name: "model", of: (audit) => audit.model_name ?? audit.model_id },
  { name: "status", of: (audit) => audit.status }, { name: "verdict", of: (audit) => audit.verdict },
  { name: "clean accuracy", of: (audit) => audit.headline?.clean_accuracy }, { name: "worst case", of: (audit) => audit.headline?.worst_case },
  { name: "threat model", of: (audit) => audit.headline?.threat_model }, { name: "images", of: (audit) => audit.headline?.n },
  { name: "labels", of: (audit) => Object.entries(audit.labels).map(([key, value]) => `${key}:${value}`).join(" ") }, { name: "begun", of: (audit) => audit.created_at },
];

/** @param {{page: any, searched: boolean}} props */
function List({ page, searched }) {
  if (page.items.length === 0) {
    return html`<p>${searched ? "No audit is like that." : "There is no audit yet."}</p>`;
  }
  return html`<div class="scroll tall" tabindex="0" role="region" aria-label="Audits"><table>
    <caption>The newest first</caption>
    <thead><tr>
      <th scope="col">Model</th><th scope="col">Status</th><th scope="col">Verdict</th><th scope="col" class="number">Clean</th>
      <th scope="col" class="number">Worst case</th><th scope="col">Labels</th><th scope="col">Begun</th>
    </tr></thead>
    <tbody>${page.items.map((/** @type {any} */ audit) => html`<tr key=${audit.id}>
      <th scope="row"><a href=${`/ui/audits/${audit.id}`}>${visible(audit.model_name ?? audit.model_id)}</a></th>
      <td><${Status} info=${audit} /></td>
      <td><${VerdictBadge} verdict=${audit.verdict} /></td>
      <td class="number">${percent(audit.headline?.clean_accuracy)}</td>
      <td class="number">${percent(audit.headline?.worst_case)}${audit.headline?.threat_model
        && html`<br /><span class="hint">${audit.headline.threat_label ?? audit.headline.threat_model}</span>`}</td>
      <td>${Object.entries(audit.labels).map(([key, value]) => html`<code key=${key}>${visible(`${key}:${value}`)}</code> `)}</td>
      <td>${moment(audit.created_at)}</td>
    </tr>`)}</tbody>
  </table></div>
  <p class="buttons">
    <${Copy} columns=${COLUMNS} rows=${page.items} />
    ${page.next_cursor && html`<button type="button" class="plain"
      onClick=${() => setQuery({ cursor: page.next_cursor })}>Older audits</button>`}
  </p>`;
}
