/** A list that is shown a page at a time: where one is, and the way on and back. */
import { useSetting } from "../lib/choice.js";
import { html } from "../lib/html.js";

/**
 * The place in a list, which stands in the address.
 * @param {string} name of the setting
 * @returns {[number, (place: number | string) => void]}
 */
export function usePlaceInList(name) {
  const [place, setPlace] = useSetting(name, "0");
  return [Math.max(0, Number.parseInt(place, 10) || 0), (wanted) => setPlace(String(wanted))];
}

/** @param {{page: any, n: number | null, start: number, size: number, onGo: (place: number | string) => void}} props n: in all, where it is known */
export function Pager({ page, n, start, size, onGo }) {
  const end = start + page.items.length;
  return html`<p class="buttons">
    <button type="button" class="small" disabled=${start === 0} onClick=${() => onGo(Math.max(0, start - size))}>Before</button>
    <span>${page.items.length === 0 ? "no image" : `${start + 1} to ${end}${n === null ? "" : ` of ${n}`}`}</span>
    <button type="button" class="small" disabled=${page.next_cursor === null} onClick=${() => onGo(page.next_cursor)}>Next</button>
  </p>`;
}
