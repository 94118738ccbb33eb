/** Tables: those beside a picture say in numbers what it shows; each can be copied. */
import { html, useState } from "../lib/html.js";
import { copy, csv } from "../lib/csv.js";
import { counted, number, visible } from "../lib/format.js";

/**
 * @typedef {object} Column
 * @property {string} name what stands above it
 * @property {(row: any) => any} of its value in a row: a number or a text
 * @property {(value: any, row: any) => any} [show] how it is shown; numbers with three digits
 */

/** Rows that are shown before somebody asks for more; all of them are copied. */
const SHOWN = 50;

/**
 * What puts a table on the clipboard.
 * @param {{columns: Column[], rows: any[]}} props
 */
export function Copy({ columns, rows }) {
  const [said, say] = useState("");
  const take = async () => {
    await copy(csv(columns.map(({ name }) => name), rows.map((row) => columns.map(({ of }) => of(row)))));
    say(`${counted(rows.length, "row")} copied`);
  };
  return html`<button type="button" class="small" onClick=${take}>Copy as CSV</button><span class="said" role="status">${said}</span>`;
}

/**
 * @param {{caption: any, columns: Column[], rows: any[], rowProps?: (row: any) => Record<string, any>}} props
 */
export function Table({ caption, columns, rows, rowProps }) {
  const [shown, show] = useState(SHOWN);
  return html`<div class="table">
    <div class="scroll" tabindex="0" role="region" aria-label=${`Table: ${caption}`}>
      <table>
        <caption>${caption}</caption>
        <thead><tr>${columns.map(({ name }) => html`<th scope="col" key=${name}>${name}</th>`)}</tr></thead>
        <tbody>${rows.slice(0, shown).map((row, i) => html`<tr key=${i} ...${rowProps?.(row) ?? {}}>
          ${columns.map((column, j) => shownCell(column, row, j))}
        </tr>`)}</tbody>
      </table>
    </div>
    <p class="buttons">
      <${Copy} columns=${columns} rows=${rows} />
      ${rows.length > shown && html`<button type="button" class="small" onClick=${() => show(10 * shown)}>
        Show more (${shown} of ${rows.length})</button>`}
    </p>
  </div>`;
}

/**
 * @param {Column} column
 * @param {any} row
 * @param {number} place
 */
function shownCell(column, row, place) {
  const value = column.of(row);
  const text = column.show ? column.show(value, row) : typeof value === "number" ? plain(value) : visible(String(value ?? "–"));
  const kind = typeof value === "number" ? "number" : undefined;
  return place === 0 ? html`<th scope="row" class=${kind}>${text}</th>` : html`<td class=${kind}>${text}</td>`;
}

/** @param {number} value */
function plain(value) {
  return Number.isInteger(value) ? String(value) : number(value);
}

/**
 * A table that is behind its picture until somebody opens it.
 * @param {{caption: any, columns: Column[], rows: any[], rowProps?: (row: any) => Record<string, any>}} props
 */
export function TableBehind(props) {
  const [open, setOpen] = useState(false);
  return html`<details class="behind" open=${open} onToggle=${(/** @type {any} */ event) => setOpen(event.currentTarget.open)}>
    <summary>As a table: ${props.caption}</summary>
    ${open && html`<${Table} ...${props} />`}
  </details>`;
}
