/** Small pictures side by side in one drawing, each with its name, so that they are saved together. */
import { html } from "../lib/html.js";
import { small } from "../lib/small.js";

const [SIDE, GAP, FOOT] = [128, 10, 22];

/** @param {{items: {href: string, alt: string, name: string}[], width: number, title: string}} props */
export function Pictures({ items, width, title }) {
  const across = Math.max(1, Math.min(items.length, Math.floor((width + GAP) / (SIDE + GAP))));
  const height = Math.ceil(items.length / across) * (SIDE + FOOT);
  return html`<svg class="picture" width=${across * (SIDE + GAP) - GAP} height=${height} role="img"
      aria-label=${`${title}. ${items.map(({ name, alt }) => `${name}: ${alt}`).join(". ")}`}>
    ${items.map(({ href, name, alt }, i) => html`<g key=${href} transform=${`translate(${(i % across) * (SIDE + GAP)},${Math.floor(i / across) * (SIDE + FOOT)})`}>
      <title>${alt}</title>
      <image href=${small(href)} width=${SIDE} height=${SIDE} />
      <text y=${SIDE + 14}>${name}</text>
    </g>`)}
  </svg>`;
}
