/** Layers in order of execution, each with a bar; a mark beside it says what chance gives, or the largest neuron. */
import { choose, useChoice } from "../lib/choice.js";
import { useTheme } from "../lib/colours.js";
import d3 from "../lib/d3.js";
import { number, short } from "../lib/format.js";
import { html } from "../lib/html.js";
import { moveByKeys } from "../lib/keys.js";
import { BottomAxis } from "./axis.js";

const LINE = 20;

/**
 * @param {{rows: {name: string, value: number | null, mark: number | null}[], width: number, label: string, markName: string, max?: number}} props
 */
export function LayerBars({ rows, width, label, markName, max }) {
  const theme = useTheme();
  const { layer: chosen } = useChoice();
  const left = Math.min(170, Math.max(90, width / 3));
  const far = max ?? (d3.max(rows.flatMap(({ value, mark }) => [value ?? 0, mark ?? 0])) || 1);
  const x = d3.scaleLinear([0, far], [left, width - 16]);
  const height = LINE * rows.length;
  const focus = Math.max(0, rows.findIndex(({ name }) => name === chosen));
  return html`<svg class="picture" width=${width} height=${height + 36} role="group" aria-label=${label}>
    <g role="listbox" aria-label=${label} onKeyDown=${moveByKeys}>
    ${rows.map(({ name, value, mark }, i) => {
      const selected = name === chosen;
      const said = `${short(name, 80)}: ${label} ${number(value)}${mark === null ? "" : `, ${markName} ${number(mark)}`}`;
      return html`<g key=${name} role="option" data-layer=${name} data-at=${`0,${i}`} tabindex=${i === focus ? 0 : -1} aria-label=${said}
          aria-selected=${selected ? "true" : "false"} onClick=${() => choose({ layer: selected ? null : name, neurons: [] })}>
        <title>${said}</title>
        <rect class="cell-ground" x="1" y=${i * LINE + 1} width=${width - 2} height=${LINE - 2} rx="3" fill="transparent" />
        <text x=${left - 6} y=${(i + 0.5) * LINE} text-anchor="end" dominant-baseline="central">${short(name, Math.floor(left / 7))}</text>
        ${value !== null && html`<rect x=${left} y=${i * LINE + 4} width=${Math.max(1, x(value) - left)} height=${LINE - 8} fill=${theme.benign} />`}
        ${mark !== null && html`<path d=${`M${x(mark)} ${i * LINE + 2}v${LINE - 4}`} stroke=${theme.adversarial} stroke-width="2.5" />`}
      </g>`;
    })}</g>
    <${BottomAxis} scale=${x} y=${height + 2} ticks=${4} label=${label} />
  </svg>`;
}
