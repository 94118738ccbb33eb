/** Fields that hold fields: what may be left out, lists, one of several kinds of objects, names with values. */
import { html, useContext, useId, useState } from "../lib/html.js";
import { Description, Field, Form, Labelled, Properties } from "./fields.js";
import { titleOf } from "./schema.js";

/** An object that is as the preset says, left out, or given. */
export function Optional(/** @type {any} */ { name, schema, value, onChange, start, children }) {
  const id = useId();
  const state = value === undefined ? "usual" : value === null ? "none" : "given";
  const set = (/** @type {any} */ event) => onChange({ usual: undefined, none: null, given: start }[/** @type {string} */ (event.currentTarget.value)]);
  return html`<div class="group field">
    <label for=${id}>${titleOf(name)}</label>
    <select id=${id} onChange=${set}>
      <option value="usual" selected=${state === "usual"}>default</option>
      <option value="none" selected=${state === "none"}>leave out</option>
      <option value="given" selected=${state === "given"}>with these options</option>
    </select>
    <${Description} schema=${schema} />
    ${state === "given" && html`<fieldset><legend>${titleOf(name)}</legend>${children}</fieldset>`}
  </div>`;
}

/** One of several kinds of objects, told apart by one property. */
export function Variants(/** @type {any} */ { name, found, pointer, value, onChange, required }) {
  const { document } = useContext(Form);
  const { by, schema } = found;
  const mapping = schema.discriminator.mapping;
  const chosen = value?.[by];
  const inner = chosen && document.whole({ $ref: mapping[chosen] });
  return html`<div class="group"><${Labelled} name=${name} schema=${schema} pointer=${pointer} required=${required}>
      ${(/** @type {any} */ given) => html`<select ...${given} onChange=${(/** @type {any} */ event) => onChange(event.currentTarget.value ? { [by]: event.currentTarget.value } : undefined)}>
        <option value="" selected=${!chosen}>default</option>
        ${Object.keys(mapping).map((key) => html`<option key=${key} selected=${key === chosen}>${key}</option>`)}
      </select>`}
    <//>
    ${inner && html`<details class="group" open><summary>Options of ${chosen}</summary>
      <${Properties} key=${chosen} name=${name} schema=${inner} pointer=${pointer} value=${value} onChange=${onChange} leaveOut=${[by]} /></details>`}
  </div>`;
}

/** Things one after the other. An empty list is none. */
export function List(/** @type {any} */ { name, schema, pointer, value, onChange }) {
  const items = value ?? [];
  const put = (/** @type {number} */ i, /** @type {any} */ item) => onChange(items.map((/** @type {any} */ one, /** @type {number} */ j) => (i === j ? item ?? {} : one)));
  const without = (/** @type {number} */ i) => items.filter((/** @type {any} */ _one, /** @type {number} */ j) => i !== j);
  return html`<fieldset class="group"><legend>${titleOf(name)}</legend><${Description} schema=${schema} />
    ${items.map((/** @type {any} */ item, /** @type {number} */ i) => html`<div class="item" key=${i}>
      <${Field} name=${`${titleOf(name)} ${i + 1}`} schema=${schema.items} pointer=${`${pointer}/${i}`} value=${item} onChange=${(/** @type {any} */ changed) => put(i, changed)} />
      <button type="button" class="small" onClick=${() => onChange(items.length > 1 ? without(i) : undefined)}>Remove ${titleOf(name)} ${i + 1}</button>
    </div>`)}
    <button type="button" class="small" onClick=${() => onChange([...items, {}])}>Add to ${titleOf(name)}</button>
  </fieldset>`;
}

/**
 * What is wrong with lines of names and values.
 * @param {string} text
 * @returns {string} empty where nothing is
 */
function unreadLine(text) {
  const seen = new Set();
  for (const [i, line] of text.split("\n").entries()) {
    if (!line.trim()) continue;
    const key = line.slice(0, Math.max(0, line.indexOf(":"))).trim();
    if (!line.includes(":")) return `Line ${i + 1} has no colon: write key: value`;
    if (!key) return `Line ${i + 1} has no key before its colon: write key: value`;
    if (seen.has(key)) return `Line ${i + 1} has the key of an earlier line: ${key}`;
    seen.add(key);
  }
  return "";
}

/** Names with values, a line each. A line that is none keeps the form from being sent. */
export function Mapping(/** @type {any} */ { name, schema, pointer, value, onChange }) {
  const [text, setText] = useState(Object.entries(value ?? {}).map(([key, one]) => `${key}: ${one}`).join("\n"));
  const unread = unreadLine(text);
  const change = (/** @type {any} */ event) => {
    const wanted = event.currentTarget.value;
    event.currentTarget.setCustomValidity(unreadLine(wanted));
    setText(wanted);
    if (unreadLine(wanted)) return;
    const lines = wanted.split("\n").filter((/** @type {string} */ line) => line.trim());
    const pairs = lines.map((/** @type {string} */ line) => [line.slice(0, line.indexOf(":")).trim(), line.slice(line.indexOf(":") + 1).trim()]);
    onChange(pairs.length ? Object.fromEntries(pairs) : undefined);
  };
  const about = { ...schema, description: [schema.description, "One a line, as key: value"].filter(Boolean).join(". ") };
  return html`<${Labelled} name=${name} schema=${about} pointer=${pointer} unread=${unread}>
    ${(/** @type {any} */ given) => html`<textarea ...${given} rows="2" value=${text} onInput=${change}></textarea>`}<//>`;
}
