/** The sign that the address asks for what there is not. */
import { setQuery } from "../lib/choice.js";
import { short, visible } from "../lib/format.js";
import { html } from "../lib/html.js";
import { Note } from "./notes.js";

/** @param {{query: URLSearchParams, wrong: [string, string][], said: string}} props wrong: names in the query, and why */
export function AmissNote({ query, wrong, said }) {
  if (wrong.length === 0) return null;
  const leave = () => setQuery(Object.fromEntries(wrong.map(([name]) => [name, null])));
  return html`<${Note}><p>${said}</p>
    <ul>${wrong.map(([name, why]) => html`<li key=${name}><code>${short(`${name}=${query.get(name)}`, 60)}</code> ${visible(why)}</li>`)}</ul>
    <p><button type="button" class="small" onClick=${leave}>Leave it out</button></p><//>`;
}
