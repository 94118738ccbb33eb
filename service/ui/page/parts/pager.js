/** A list that is shown a page at a time: where one is, and the way on and back. */
import { counted } from "../lib/format.js";
import { useAmiss } from "../lib/amiss.js";
import { useSetting } from "../lib/choice.js";
import { html } from "../lib/html.js";
import { whole } from "../lib/rules.js";

const FROM = whole(0);

/**
 * The place in a list, which stands in the address.
 * @param {string} name of the setting
 * @returns {[number, (place: number | string) => void]}
 */
export function usePlaceInList(name) {
  const [place, setPlace] = useSetting(name, "0", FROM);
  return [Number(place), (wanted) => setPlace(String(wanted))];
}

/** @param {{name: string, page: any, n: number | null, start: number, size: number, onGo: (place: number | string) => void}} props
 *   name: of the setting; n: in all, where it is known */
export function Pager({ name, page, n, start, size, onGo }) {
  useAmiss(name, start > 0 && page.items.length === 0 ? `the list ${n === null ? "ends before" : `has ${counted(n, "image")}`}` : null);
  const end = start + page.items.length;
  return html`<p class="buttons">
    <button type="button" class="small" disabled=${start === 0} onClick=${() => onGo(Math.max(0, start - size))}>Before</button>
    <span>${page.items.length === 0 ? "no image" : `${start + 1} to ${end}${n === null ? "" : ` of ${n}`}`}</span>
    <button type="button" class="small" disabled=${page.next_cursor === null} onClick=${() => onGo(page.next_cursor)}>Next</button>
  </p>`;
}
