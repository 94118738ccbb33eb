/** Uploading a model or a data set: choose a file, or drop it. */
import { useAsking } from "../lib/asking.js";
import { counted, size, visible } from "../lib/format.js";
import { html, useMemo, useRef, useState } from "../lib/html.js";
import { asProblem } from "../lib/problem.js";
import { inspected, upload } from "../lib/upload.js";
import { Answer } from "../parts/answer.js";
import { Note, ProblemNote } from "../parts/notes.js";
import { Form, Properties } from "../form/fields.js";
import { Document } from "../form/schema.js";

const KINDS = /** @type {const} */ ([
  { folder: "models", noun: "model", about: "ONNX, TorchScript or pt2" },
  { folder: "datasets", noun: "data set", about: ".npz with x and y, a .zip or .tar of class folders, .parquet, .csv" },
]);

export function Uploads() {
  const [ready, setReady] = useState(/** @type {Record<string, string>} */ ({}));
  const query = new URLSearchParams(ready).toString();
  return html`<section aria-labelledby="uploads" class="uploads"><h2 id="uploads">Upload</h2>
    <div class="zones">${KINDS.map((kind) => html`<${Zone} key=${kind.folder} ...${kind}
      onReady=${(/** @type {string} */ id) => setReady((before) => ({ ...before, [kind.noun === "model" ? "model" : "dataset"]: id }))} />`)}</div>
    <p><a class="button" href=${`/ui/new${query ? `?${query}` : ""}`}>New audit</a></p>
  </section>`;
}

/** @param {{folder: "models" | "datasets", noun: string, about: string, onReady: (id: string) => void}} props */
function Zone({ folder, noun, about, onReady }) {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [over, setOver] = useState(false);
  const [metadata, setMetadata] = useState({});
  const [state, setState] = useState(/** @type {any} */ (null));
  const take = async (/** @type {File | undefined} */ file) => {
    if (!file) return;
    const tell = (/** @type {any} */ more) => setState({ name: file.name, bytes: file.size, share: 0, ...more });
    tell({ said: "sending" });
    try {
      const made = await upload(folder, file, metadata, (share) => tell({ said: "sending", share }));
      tell({ said: "a worker looks into it", share: 1 });
      const found = await inspected(folder, made.id);
      tell({ share: 1, found });
      if (found.status === "ready") onReady(found.id);
    } catch (error) {
      tell({ problem: asProblem(error) });
    }
  };
  const drop = (/** @type {DragEvent} */ event) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer?.files[0]);
  };
  const drag = (/** @type {DragEvent} */ event) => {
    event.preventDefault();
    setOver(true);
  };
  return html`<div class=${`zone ${over ? "over" : ""}`} data-upload=${folder} onDragOver=${drag} onDragLeave=${() => setOver(false)} onDrop=${drop}>
    <p><label for=${`file-${folder}`}><strong>A ${noun}</strong>: drop the file here, or choose one</label></p>
    <p><input type="file" id=${`file-${folder}`} ref=${input} aria-describedby=${`about-${folder}`}
      onChange=${(/** @type {any} */ event) => take(event.currentTarget.files[0])} /></p>
    <p class="hint" id=${`about-${folder}`}>${about}</p>
    <${Metadata} folder=${folder} noun=${noun} value=${metadata} onChange=${setMetadata} />
    ${state && html`<${State} state=${state} noun=${noun} />`}
  </div>`;
}

/** What may be said of the file, by the schema of the upload; read when somebody wants to say something. */
function Metadata(/** @type {any} */ { folder, noun, value, onChange }) {
  const [open, setOpen] = useState(false);
  const asked = useAsking(open ? folder : null, Document.load);
  return html`<details class="behind" onToggle=${(/** @type {any} */ event) => event.target === event.currentTarget && setOpen(event.currentTarget.open)}>
    <summary>Say more of the ${noun} before you choose it</summary>
    ${open && html`<${Answer} asked=${asked}>${(/** @type {any} */ document) => html`<${Fields} document=${document} folder=${folder} value=${value} onChange=${onChange} />`}<//>`}
  </details>`;
}

/** @param {any} props */
function Fields({ document, folder, value, onChange }) {
  const context = useMemo(() => ({ document, errors: [], pickers: {} }), [document]);
  const schema = useMemo(() => document.body(`/v1/${folder}`), [document]);
  return html`<${Form.Provider} value=${context}><${Properties} name="metadata" schema=${schema} pointer="" value=${value} onChange=${onChange} /><//>`;
}

/** @param {any} props */
function State({ state, noun }) {
  const { name, bytes, share, said, problem, found } = state;
  const rejected = found?.status === "rejected" && { errors: [], ...found.problem };
  return html`<div role="status">
    <p>${visible(name)}, ${size(bytes)}${said ? `: ${said}` : ""}</p>
    ${said && html`<progress max="1" value=${share} aria-label=${`Upload of ${visible(name)}`}></progress>`}
    ${found?.status === "ready" && html`<p><span class="badge good">ready</span> ${summary(found, noun)}</p>
      ${found.inspection?.warnings.length > 0 && html`<${Note}><ul class="read-first">${found.inspection.warnings.map((/** @type {string} */ text, /** @type {number} */ i) => html`<li key=${i}>${visible(text)}</li>`)}</ul><//>`}`}
    ${(problem || rejected) && html`<${ProblemNote} problem=${problem || rejected} />`}
  </div>`;
}

/**
 * @param {any} found
 * @param {string} noun
 */
function summary(found, noun) {
  if (noun === "model") return `${counted(found.num_classes, "class")}, ${counted(found.num_parameters, "parameter")}, ${counted(found.layers.length, "layer")}`;
  return `${counted(found.num_samples, "image")} of ${counted(found.num_classes, "class")}`;
}
