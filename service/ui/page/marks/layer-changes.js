/** Layers in order of execution, each with a quantity before (ring) and after (disc), and of a rival (line). */
import { choose, useChoice } from "../lib/choice.js";
import { useTheme } from "../lib/colours.js";
import d3 from "../lib/d3.js";
import { number, short } from "../lib/format.js";
import { html } from "../lib/html.js";
import { moveByKeys } from "../lib/keys.js";
import { BottomAxis } from "./axis.js";

const LINE = 22;

/** @typedef {{name: string, stabilised: boolean, before: number | null, after: number | null, rival: number | null}} Row */

/** @param {{rows: Row[], width: number, label: string}} props */
export function LayerChanges({ rows, width, label }) {
  const theme = useTheme();
  const { layer: chosen } = useChoice();
  const left = Math.min(190, Math.max(96, width / 3));
  const far = d3.max(rows.flatMap(({ before, after, rival }) => [before ?? 0, after ?? 0, rival ?? 0])) || 1;
  const x = d3.scaleLinear([0, far], [left, width - 16]);
  const height = LINE * rows.length;
  const focus = Math.max(0, rows.findIndex(({ name }) => name === chosen));
  return html`<svg class="picture" width=${width} height=${height + 36} role="group" aria-label=${label}>
    <g role="listbox" aria-label=${label} onKeyDown=${moveByKeys}>
    ${rows.map(({ name, stabilised, before, after, rival }, i) => {
      const selected = name === chosen;
      const said = `${short(name, 80)}${stabilised ? ", stabilised" : ""}: ${label} ${number(before)} before, ${number(after)} after${rival === null ? "" : `, ${number(rival)} of the rival`}`;
      const y = (i + 0.5) * LINE;
      return html`<g key=${name} role="option" data-layer=${name} data-at=${`0,${i}`} tabindex=${i === focus ? 0 : -1} aria-label=${said}
          aria-selected=${selected ? "true" : "false"} onClick=${() => choose({ layer: selected ? null : name, neurons: [] })}>
        <title>${said}</title>
        <rect class="cell-ground" x="1" y=${i * LINE + 1} width=${width - 2} height=${LINE - 2} rx="3" fill="transparent" />
        <text x=${left - 8} y=${y} text-anchor="end" dominant-baseline="central" font-weight=${stabilised ? "700" : "400"}>${short(name, Math.floor(left / 7.4))}</text>
        ${before !== null && after !== null && html`<path d=${`M${x(before)} ${y}H${x(after)}`} stroke=${theme.ink} stroke-opacity="0.6" stroke-width="1.5" />`}
        ${rival !== null && html`<path d=${`M${x(rival)} ${y - 7}v14`} stroke=${theme.ink} stroke-width="2" />`}
        ${before !== null && html`<circle cx=${x(before)} cy=${y} r="5" fill="var(--ground)" stroke=${theme.adversarial} stroke-width="2.5" />`}
        ${after !== null && html`<circle cx=${x(after)} cy=${y} r="5" fill=${theme.benign} />`}
      </g>`;
    })}</g>
    <${BottomAxis} scale=${x} y=${height + 2} ticks=${4} label=${label} />
  </svg>`;
}
