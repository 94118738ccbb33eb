/** Images to choose from: small pictures of each, and a few lines about it. */
import { choose } from "../lib/choice.js";
import { html } from "../lib/html.js";
import { moveByKeys } from "../lib/keys.js";
import { sheetAddress, useSheet } from "../lib/sheets.js";
import { Cropped } from "./cropped.js";
import { ProblemNote } from "./notes.js";

/**
 * @typedef {object} Card
 * @property {number} index the image's number in the data set
 * @property {{what: string, alt: string}[]} pictures
 * @property {any[]} lines what is said of it, one below the other
 * @property {boolean} [fooled]
 */

/**
 * The sheet of the pictures of some cards: those that all of them have.
 * @param {string} at the audit's address
 * @param {Card[]} cards
 * @returns {string | null}
 */
export function sheetOf(at, cards) {
  const shown = cards.filter(({ pictures }) => pictures.length > 0);
  const common = shown[0]?.pictures.map(({ what }) => what).filter((what) => shown.every(({ pictures }) => pictures.some((one) => one.what === what)));
  return sheetAddress(at, shown.map(({ index }) => index), common ?? []);
}

/** @param {{at: string, label: string, cards: Card[], chosen: number | null}} props at: the audit's address */
export function ImageCards({ at, label, cards, chosen }) {
  const { value: sheet, problem } = useSheet(sheetOf(at, cards));
  const focus = cards.some(({ index }) => index === chosen) ? chosen : cards[0]?.index;
  return html`${problem && html`<${ProblemNote} problem=${problem} />`}<div class="images" role="listbox" aria-label=${label} onKeyDown=${moveByKeys}>
    ${cards.map(({ index, pictures, lines, fooled }, i) => {
      const selected = index === chosen;
      return html`<div key=${index} class=${`image ${fooled ? "fooled" : ""}`} role="option" data-index=${index}
          data-at=${`0,${i}`} tabindex=${index === focus ? 0 : -1} aria-selected=${selected ? "true" : "false"}
          onClick=${() => choose({ image: selected ? null : index })}>
        ${pictures.length > 0 && html`<div class="three">${pictures.map(({ what, alt }) => html`<${Cropped} key=${what}
          sheet=${sheet} index=${index} what=${what} alt=${alt} />`)}</div>`}
        ${lines.map((line, j) => html`<div key=${j} class=${j === 1 ? "arrow" : undefined}>${line}</div>`)}
      </div>`;
    })}
  </div>`;
}
