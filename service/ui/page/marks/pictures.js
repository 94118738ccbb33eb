/** Small pictures of an image side by side in one drawing, each with its name, so that they are saved together. */
import { html, useMemo } from "../lib/html.js";
import { pictureAddress, sheetAddress, useSheet } from "../lib/sheets.js";

const [SIDE, GAP, FOOT] = [128, 10, 22];

/**
 * @param {{at: string, index: number, items: {what: string, alt: string, name: string}[], width: number, title: string}} props
 *   at: the audit's address; items: pictures by what they show
 */
export function Pictures({ at, index, items, width, title }) {
  const sheet = useSheet(sheetAddress(at, [index], items.map(({ what }) => what))).value;
  const hrefs = useMemo(() => items.map(({ what }) => sheet && pictureAddress(sheet, index, what)), [sheet, index]);
  const across = Math.max(1, Math.min(items.length, Math.floor((width + GAP) / (SIDE + GAP))));
  const height = Math.ceil(items.length / across) * (SIDE + FOOT);
  return html`<svg class="picture" width=${across * (SIDE + GAP) - GAP} height=${height} role="img"
      aria-label=${`${title}. ${items.map(({ name, alt }) => `${name}: ${alt}`).join(". ")}`}>
    ${items.map(({ what, name, alt }, i) => html`<g key=${what} transform=${`translate(${(i % across) * (SIDE + GAP)},${Math.floor(i / across) * (SIDE + FOOT)})`}>
      <title>${alt}</title>
      ${hrefs[i] && html`<image href=${hrefs[i]} width=${SIDE} height=${SIDE} />`}
      <text y=${SIDE + 14}>${name}</text>
    </g>`)}
  </svg>`;
}
