/**
 * Fields of a form by their JSON Schema. A value that nobody has touched is undefined and is not sent: the API fills in its
 * own default, which is what the field shows as one.
 */
import { createContext, html, useContext, useId, useState } from "../lib/html.js";
import { List, Mapping, Optional, Variants } from "./nested.js";
import { parts, titleOf, typedOrListed } from "./schema.js";

/** @typedef {import("./schema.js").Document} Document */
/**
 * @typedef {object} FormContext what every field of a form knows
 * @property {Document} document
 * @property {{pointer: string, detail: string}[]} errors what the API said of the last try
 * @property {Record<string, any>} pickers name of a property → a component that stands for its field
 */

/** @type {import("preact").Context<FormContext>} */
export const Form = createContext(/** @type {any} */ (null));

/**
 * @typedef {object} FieldProps
 * @property {string} name
 * @property {Record<string, any>} schema
 * @property {string} pointer into the value of the whole form
 * @property {any} value
 * @property {(value: any) => void} onChange
 * @property {boolean} [required]
 */

/** One field, of whatever kind its schema asks for. */
export function Field(/** @type {FieldProps} */ props) {
  const { document, pickers } = useContext(Form);
  const found = document.kind(props.schema);
  const Picker = pickers[props.name];
  if (Picker) return html`<${Labelled} ...${props} schema=${found.schema}>${(/** @type {any} */ given) => html`<${Picker} ...${given} value=${props.value} onChange=${props.onChange} />`}<//>`;
  if (found.kind === "object") {
    const inner = html`<${Properties} ...${props} schema=${found.schema} value=${props.value ?? {}} />`;
    if (found.nullable) return html`<${Optional} ...${props} schema=${found.schema} start=${{}}>${inner}<//>`;
    return html`<details class="group"><summary>${titleOf(props.name)}</summary><${Description} schema=${found.schema} />${inner}</details>`;
  }
  if (found.kind === "variants") return html`<${Variants} ...${props} found=${found} />`;
  if (found.kind === "list" && !isPlain(document, found.schema)) return html`<${List} ...${props} schema=${found.schema} />`;
  if (found.kind === "map") return html`<${Mapping} ...${props} schema=${found.schema} />`;
  return html`<${Labelled} ...${props} schema=${found.schema}>${(/** @type {any} */ given) => html`<${Plain} ...${props} given=${given} found=${found} />`}<//>`;
}

/** The properties of an object, one field each. */
export function Properties(/** @type {FieldProps & {leaveOut?: string[]}} */ { schema, pointer, value, onChange, leaveOut = [] }) {
  const set = (/** @type {string} */ name, /** @type {any} */ changed) => {
    const { [name]: _, ...rest } = value ?? {};
    onChange(changed === undefined ? rest : { ...rest, [name]: changed });
  };
  return html`<div class="fields">${Object.entries(schema.properties).filter(([name]) => !leaveOut.includes(name)).map(([name, inner]) => html`<${Field}
    key=${name} name=${name} schema=${inner} pointer=${`${pointer}/${name}`} value=${value?.[name]} required=${schema.required?.includes(name)}
    onChange=${(/** @type {any} */ changed) => set(name, changed)} />`)}</div>`;
}

/**
 * Whether a list holds numbers or texts, which fit into one line.
 * @param {Document} document
 * @param {any} schema
 */
function isPlain(document, schema) {
  const { kind } = document.kind(schema.items ?? {});
  return ["number", "text", "choice", "any"].includes(kind);
}

/** A label, the control, what it means, and what was wrong with it. */
export function Labelled(/** @type {any} */ { name, schema, pointer, required, unread, children }) {
  const id = useId();
  const { errors } = useContext(Form);
  const said = errors.filter((error) => error.pointer === pointer || error.pointer.startsWith(`${pointer}/`));
  const wrong = unread ? [{ detail: unread }] : said; // what cannot be read is not sent: the API has not seen it
  const described = [schema.description && `${id}-about`, wrong.length && `${id}-wrong`].filter(Boolean).join(" ");
  const given = { id, required: required || undefined, "aria-describedby": described || undefined, "aria-invalid": wrong.length ? "true" : undefined };
  return html`<div class="field">
    <label for=${id}>${titleOf(name)}${required ? " (required)" : ""}</label>
    ${children(given)}
    <${Description} id=${`${id}-about`} schema=${schema} />
    ${wrong.length > 0 && html`<p class="wrong" id=${`${id}-wrong`}>${wrong.map(({ detail }) => detail).join("; ")}</p>`}
  </div>`;
}

/** @param {{schema: any, id?: string}} props */
export function Description({ schema, id }) {
  return schema.description ? html`<p class="hint" id=${id}>${schema.description}</p>` : null;
}

/** @param {any} value */
function written(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** One line, one of several, or yes and no. */
function Plain(/** @type {any} */ { given, found, schema, value, onChange }) {
  const usual = schema.default ?? found.schema.default;
  const shown = usual === undefined || usual === null ? "default" : `default: ${written(usual)}`;
  if (found.kind === "choice" || found.kind === "truth") {
    const values = found.values ?? [true, false];
    return html`<select ...${given} onChange=${(/** @type {any} */ event) => onChange(values[event.currentTarget.selectedIndex - 1])}>
      <option selected=${value === undefined}>${shown}</option>
      ${values.map((/** @type {any} */ one) => html`<option key=${String(one)} selected=${one === value}>${one === true ? "yes" : one === false ? "no" : String(one)}</option>`)}
    </select>`;
  }
  return html`<${Line} given=${given} found=${found} value=${value} onChange=${onChange} placeholder=${shown} />`;
}

/** Text of a number, a list of plain values, or any JSON. What cannot be read is sent as it is: the API says what is wrong. */
function Line(/** @type {any} */ { given, found, value, onChange, placeholder }) {
  const list = found.kind === "list";
  const [text, setText] = useState(value === undefined ? "" : Array.isArray(value) ? value.map(written).join(", ") : written(value));
  const change = (/** @type {any} */ event) => {
    const wanted = event.currentTarget.value;
    setText(wanted);
    if (wanted.trim() === "") onChange(undefined);
    else if (list) onChange(parts(wanted.trim()));
    else onChange(found.kind === "text" ? wanted : typedOrListed(wanted.trim(), found));
  };
  const numeric = found.kind === "number" ? "decimal" : undefined;
  return html`<input ...${given} type="text" inputmode=${numeric} value=${text} placeholder=${list || found.listed ? `${placeholder}; separate by commas` : placeholder} onInput=${change} />`;
}
