/** The confidence bands of one neuron: its contribution to each class, over the benign images that are taken for it. */
import { useClassName } from "../lib/classes.js";
import { useTheme } from "../lib/colours.js";
import d3 from "../lib/d3.js";
import { number } from "../lib/format.js";
import { html } from "../lib/html.js";
import { BottomAxis } from "./axis.js";

const MOST = 24;

/** @param {{bands: any[], width: number}} props */
export function Bands({ bands, width }) {
  const theme = useTheme();
  const name = useClassName();
  const shown = bands.slice(0, MOST);
  const left = Math.min(130, width / 3);
  const height = 18 * shown.length;
  const [low, high] = d3.extent([0, ...shown.flatMap((band) => [band.low, band.high])]);
  const scale = d3.scaleLinear([low ?? 0, high || 1], [left, width - 12]).nice();
  const said = shown.map((band) => `${name(band.label)} ${number(band.mean)}`).join(", ");
  return html`<svg class="picture" width=${width} height=${height + 34} role="img" aria-label=${`Mean contribution by class: ${said}`}>
    <line class="grid-line" x1=${scale(0)} x2=${scale(0)} y1="0" y2=${height} />
    ${shown.map((band, i) => html`<g key=${band.label} transform=${`translate(0,${18 * i + 9})`}>
      <text x=${left - 8} text-anchor="end" dominant-baseline="central">${name(band.label, Math.floor(left / 7.2))}</text>
      <rect x=${scale(band.low)} width=${Math.max(1, scale(band.high) - scale(band.low))} y="-5" height="10" fill=${theme.benign} fill-opacity="0.3" />
      <circle cx=${scale(band.mean)} r="3.5" fill=${theme.benign} />
    </g>`)}
    <${BottomAxis} scale=${scale} y=${height + 2} ticks=${4} label="contribution to the class's logit" />
  </svg>`;
}
