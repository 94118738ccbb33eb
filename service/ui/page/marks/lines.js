/** A line chart of a few series over one quantity. */
import d3 from "../lib/d3.js";
import { number } from "../lib/format.js";
import { html } from "../lib/html.js";
import { BottomAxis, LeftAxis } from "./axis.js";

/**
 * @typedef {object} Series
 * @property {string} name
 * @property {string} colour
 * @property {string} [dash]
 * @property {number} [wide] of the line, in pixels
 * @property {{x: number, y: number | null, low?: number, high?: number}[]} points from left to right; low and high: of a band
 */

const [LEFT, TOP, HEIGHT, FOOT] = [52, 20, 190, 34];

/**
 * @param {{series: Series[], width: number, x: string, y: string, title: string, range?: [number, number], format?: (value: number) => string}} props
 *   range: of y, when it is known beforehand
 */
export function Lines({ series, width, x: below, y: beside, title, range, format }) {
  const points = series.flatMap((one) => one.points);
  const known = points.flatMap(({ y, low, high }) => [y, low, high]).filter((value) => value !== null && value !== undefined);
  const [low, high] = range ?? d3.extent([0, .../** @type {number[]} */ (known)]);
  const x = d3.scaleLinear(/** @type {[number, number]} */ (d3.extent(points, (point) => point.x)), [LEFT, width - 12]);
  const y = d3.scaleLinear([low ?? 0, high || 1], [TOP + HEIGHT, TOP]);
  const there = (/** @type {any} */ point) => point.y !== null && point.y !== undefined;
  return html`<svg class="picture" width=${width} height=${TOP + HEIGHT + FOOT} role="img" aria-label=${title}>
    <${LeftAxis} scale=${y} x=${LEFT} width=${width - LEFT - 12} label=${beside} format=${format} />
    <${BottomAxis} scale=${x} y=${TOP + HEIGHT} label=${below} />
    ${series.map((one, i) => html`<g key=${i}>
      ${one.points.some((point) => point.low !== undefined) && html`<path fill=${one.colour} fill-opacity="0.15"
        d=${d3.area((/** @type {any} */ point) => x(point.x), (/** @type {any} */ point) => y(point.low), (/** @type {any} */ point) => y(point.high))(/** @type {any} */ (one.points))} />`}
      <path fill="none" stroke=${one.colour} stroke-width=${one.wide ?? 1.8} stroke-dasharray=${one.dash ?? ""}
        d=${d3.line((/** @type {any} */ point) => x(point.x), (/** @type {any} */ point) => y(point.y)).defined(there)(/** @type {any} */ (one.points))}><title>${one.name}</title></path>
      ${one.points.filter(there).map((point, j) => html`<circle key=${j} cx=${x(point.x)} cy=${y(/** @type {number} */ (point.y))} r="2.5" fill=${one.colour}>
        <title>${`${one.name}: ${format ? format(/** @type {number} */ (point.y)) : number(point.y)} at ${number(point.x)}`}</title></circle>`)}
    </g>`)}
  </svg>`;
}
