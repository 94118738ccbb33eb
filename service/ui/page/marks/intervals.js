/** Shares with their intervals, a row each; several sides of a row stand below each other, joined where they are two. */
import d3 from "../lib/d3.js";
import { percent, short } from "../lib/format.js";
import { html } from "../lib/html.js";
import { BottomAxis } from "./axis.js";

/** @typedef {{value: number, ci95: [number, number] | null, colour: string, hollow?: boolean}} Side */

const [LINE, STEP] = [14, 11];

/** @param {{rows: {name: string, sides: Side[]}[], width: number, title: string}} props shares in [0, 1] */
export function Intervals({ rows, width, title }) {
  const left = Math.min(230, Math.max(110, width / 2.6));
  const x = d3.scaleLinear([0, 1], [left, width - 54]);
  let height = 4;
  const placed = rows.map((row) => {
    const top = height;
    height += LINE + STEP * row.sides.length;
    return { ...row, top };
  });
  const said = rows.map(({ name, sides }) => `${name} ${sides.map(({ value }) => percent(value)).join(", then ")}`).join("; ");
  return html`<svg class="picture" width=${width} height=${height + 22} role="img" aria-label=${`${title}: ${said}`}>
    ${x.ticks(5).map((/** @type {number} */ tick) => html`<line key=${tick} class="grid-line" x1=${x(tick)} x2=${x(tick)} y1="0" y2=${height} />`)}
    ${placed.map(({ name, sides, top }) => html`<g key=${name}>
      <title>${`${name}: ${sides.map(({ value, ci95 }) => `${percent(value)}${ci95 ? ` [${percent(ci95[0])}, ${percent(ci95[1])}]` : ""}`).join(", then ")}`}</title>
      <text x=${left - 8} y=${top + (LINE + STEP * sides.length) / 2} text-anchor="end" dominant-baseline="central">${short(name, Math.floor(left / 6.6))}</text>
      ${sides.map(({ value, ci95, colour, hollow }, i) => html`<g key=${i} transform=${`translate(0,${top + LINE / 2 + STEP * (i + 0.5)})`}>
        ${ci95 && html`<path d=${`M${x(Math.max(0, ci95[0]))} 0H${x(Math.min(1, ci95[1]))}`} stroke=${colour} stroke-width="2" />`}
        <circle cx=${x(value)} r="4.5" fill=${hollow ? "var(--ground)" : colour} stroke=${colour} stroke-width="2" />
        <text x=${width - 42} dominant-baseline="central" font-size="11">${percent(value)}</text>
      </g>`)}
    </g>`)}
    <${BottomAxis} scale=${x} y=${height} ticks=${5} format=${(/** @type {number} */ share) => percent(share, 0)} />
  </svg>`;
}
