/** Axes: a few ticks with their numbers. */
import d3 from "../lib/d3.js";
import { number } from "../lib/format.js";
import { html } from "../lib/html.js";

/**
 * An axis at the left.
 * @param {{scale: any, x: number, width?: number, ticks?: number, label?: string, format?: (value: number) => string}} props
 *   width: of lines across the picture
 */
export function LeftAxis({ scale, x, width = 0, ticks = 4, label, format = number }) {
  const [bottom, top] = d3.extent(/** @type {number[]} */ (scale.range()));
  return html`<g class="axis" transform=${`translate(${x},0)`} aria-hidden="true">
    ${scale.ticks(ticks).map((/** @type {number} */ tick) => html`<g key=${tick} transform=${`translate(0,${scale(tick)})`}>
      <line x1="-4" x2=${width} class=${width ? "grid-line" : ""} /><text x="-6" text-anchor="end" dominant-baseline="central" font-size="10">${format(tick)}</text></g>`)}
    ${label && html`<text x=${-x + 2} y=${Math.min(bottom ?? 0, top ?? 0) - 8} class="muted">${label}</text>`}
  </g>`;
}

/**
 * An axis beneath.
 * @param {{scale: any, y: number, ticks?: number, label?: string, format?: (value: number) => string}} props
 */
export function BottomAxis({ scale, y, ticks = 6, label, format = number }) {
  const [left, right] = scale.range();
  return html`<g class="axis" transform=${`translate(0,${y})`} aria-hidden="true">
    <line x1=${left} x2=${right} />
    ${scale.ticks(ticks).map((/** @type {number} */ tick) => html`<g key=${tick} transform=${`translate(${scale(tick)},0)`}>
      <line y2="4" /><text y="15" text-anchor="middle" font-size="10">${format(tick)}</text></g>`)}
    ${label && html`<text x=${right} y="30" text-anchor="end" class="muted">${label}</text>`}
  </g>`;
}
