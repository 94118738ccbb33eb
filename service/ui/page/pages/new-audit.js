/** `/ui/new`: what is to be audited and how, by the schema of `POST /v1/audits` itself. */
import { address, call, send } from "../lib/api.js";
import { useAsking } from "../lib/asking.js";
import { visible } from "../lib/format.js";
import { html, useEffect, useMemo, useState } from "../lib/html.js";
import { go, here, remember, remembered } from "../lib/location.js";
import { asProblem } from "../lib/problem.js";
import { READ_ONLY, useMaySubmit } from "../lib/session.js";
import { Answer } from "../parts/answer.js";
import { Note, ProblemNote } from "../parts/notes.js";
import { Form, Properties } from "../form/fields.js";
import { Document } from "../form/schema.js";

export function NewAuditPage() {
  useEffect(() => void (document.title = "New audit · Tremor"), []);
  if (!useMaySubmit()) return html`<h1>New audit</h1><${Note}><p>${READ_ONLY}</p><//>`;
  return html`<h1>New audit</h1><${Loaded} />`;
}

function Loaded() {
  const asked = useAsking("new", async () => {
    const [schema, models, datasets] = await Promise.all([
      Document.load(), call(address("/v1/models", { limit: 1000 })), call(address("/v1/datasets", { limit: 1000 })),
    ]);
    return { schema, models: models.items, datasets: datasets.items };
  });
  return html`<${Answer} asked=${asked}>${(/** @type {any} */ found) => html`<${AuditForm} ...${found} />`}<//>`;
}

/** @param {{schema: Document, models: any[], datasets: any[]}} props */
function AuditForm({ schema, models, datasets }) {
  const { query } = here();
  const [value, change] = useState(/** @type {any} */ (remembered() ?? {
    ...(query.get("model") ? { model_id: query.get("model") } : {}), ...(query.get("dataset") ? { dataset_id: query.get("dataset") } : {}),
  }));
  const setValue = (/** @type {any} */ wanted) => {
    change(wanted);
    remember(wanted);
  };
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState(false);
  const context = useMemo(() => ({
    document: schema, errors: problem?.errors ?? [],
    pickers: { model_id: picker(models), dataset_id: picker(datasets), train_dataset_id: picker(datasets) },
  }), [problem]);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    setBusy(true);
    try {
      const made = await send("POST", "/v1/audits", value);
      go(`/ui/audits/${made.id}`);
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  const body = useMemo(() => schema.body("/v1/audits"), []);
  return html`<form class="schema-form" onSubmit=${submit}><${Form.Provider} value=${context}>
    <p class="hint">Whatever you leave as it is takes its default. The fields are those of <a href="/schema">the API</a>.</p>
    <${Properties} name="audit" schema=${body} pointer="" value=${value} onChange=${setValue} />
    ${problem && html`<${ProblemNote} problem=${problem} />`}
    <p class="buttons"><button type="submit" disabled=${busy}>Start the audit</button></p>
    <details class="behind"><summary>What will be sent</summary><pre class="scroll" tabindex="0">${JSON.stringify(value, null, 2)}</pre></details>
  <//></form>`;
}

/**
 * A field that offers what was uploaded.
 * @param {any[]} items
 */
function picker(items) {
  const there = items.filter(({ status }) => status !== "rejected");
  return function Picker(/** @type {any} */ { value, onChange, ...given }) {
    return html`<select ...${given} onChange=${(/** @type {any} */ event) => onChange(event.currentTarget.value || undefined)}>
      <option value="" selected=${!value}>${there.length ? "choose…" : "none was uploaded yet"}</option>
      ${there.map(({ id, name, status }) => html`<option key=${id} value=${id} selected=${id === value}>${visible(name)} (${id.slice(0, 12)}…${status === "ready" ? "" : `, ${status}`})</option>`)}
    </select>`;
  };
}
