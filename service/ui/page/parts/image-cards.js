/** Images to choose from: small pictures of each, and a few lines about it. */
import { choose } from "../lib/choice.js";
import { html } from "../lib/html.js";
import { moveByKeys } from "../lib/keys.js";

/**
 * @typedef {object} Card
 * @property {number} index the image's number in the data set
 * @property {{what: string, href: string, alt: string}[]} pictures
 * @property {any[]} lines what is said of it, one below the other
 * @property {boolean} [fooled]
 */

/** @param {{label: string, cards: Card[], chosen: number | null}} props */
export function ImageCards({ label, cards, chosen }) {
  const focus = cards.some(({ index }) => index === chosen) ? chosen : cards[0]?.index;
  return html`<div class="images" role="listbox" aria-label=${label} onKeyDown=${moveByKeys}>
    ${cards.map(({ index, pictures, lines, fooled }, i) => {
      const selected = index === chosen;
      return html`<div key=${index} class=${`image ${fooled ? "fooled" : ""}`} role="option" data-index=${index}
          data-at=${`0,${i}`} tabindex=${index === focus ? 0 : -1} aria-selected=${selected ? "true" : "false"}
          onClick=${() => choose({ image: selected ? null : index })}>
        ${pictures.length > 0 && html`<div class="three">${pictures.map(({ what, href, alt }) => html`<img key=${what} class="pixels"
          src=${href} alt=${alt} loading="lazy" width="128" height="128" />`)}</div>`}
        ${lines.map((line, j) => html`<div key=${j} class=${j === 1 ? "arrow" : undefined}>${line}</div>`)}
      </div>`;
    })}
  </div>`;
}
