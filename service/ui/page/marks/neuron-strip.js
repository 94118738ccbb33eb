/** Neurons from left to right, by rank: what each does to both classes, and which are chosen. */
import { choose, useChoice } from "../lib/choice.js";
import { useTheme } from "../lib/colours.js";
import d3 from "../lib/d3.js";
import { number } from "../lib/format.js";
import { html, memo } from "../lib/html.js";
import { moveByKeys } from "../lib/keys.js";
import { MEASURES } from "../lib/layers.js";
import { LeftAxis } from "./axis.js";

const [LEFT, TOP, HIGH, GAP, DEEP] = [52, 20, 90, 26, 190];

/**
 * @param {{page: any, curves: any, start: number, width: number}} props
 *   page: as `GET /neurons` answers it; curves: of the chosen image, else null; start: rank of the first
 */
export function NeuronStrip({ page, curves, start, width }) {
  const theme = useTheme();
  const { neurons: chosen } = useChoice();
  const items = page.items;
  const step = Math.max(1.5, Math.min(24, (width - LEFT - 4) / Math.max(1, items.length)));
  const full = LEFT + step * items.length + 4;
  const both = curves !== null || items.some((/** @type {any} */ { measures }) => measures); // else nothing is known of classes
  const height = TOP + HIGH + (both ? GAP + DEEP : 0) + 18;
  const click = (/** @type {MouseEvent} */ event) => {
    const column = event.target instanceof Element ? event.target.closest("[data-neuron]") : null;
    if (!column) return;
    const neuron = Number(column.getAttribute("data-neuron"));
    choose({ neurons: chosen.includes(neuron) ? chosen.filter((m) => m !== neuron) : [...chosen, neuron], layer: page.layer });
  };
  return html`<svg class="picture" width=${full} height=${height} role="listbox" aria-multiselectable="true"
      aria-label=${`Neurons of ${page.layer} by ${MEASURES[page.sort]}`} onKeyDown=${moveByKeys} onClick=${click}>
    <${Marks} items=${items} sort=${page.sort} curves=${curves} step=${step} width=${full} theme=${theme} />
    <${Columns} page=${page} start=${start} step=${step} height=${height} chosen=${chosen.join()} />
  </svg>`;
}

/** What can be chosen, a column a neuron; chosen: their numbers, as a text, which is the same while the choice is. */
const Columns = memo((/** @type {any} */ { page, start, step, height, chosen }) => {
  const among = new Set(chosen.split(",").filter(Boolean).map(Number));
  const items = page.items;
  const at = Math.max(0, items.findIndex((/** @type {any} */ { neuron }) => among.has(neuron)));
  return items.map((/** @type {any} */ item, /** @type {number} */ i) => {
    const selected = among.has(item.neuron);
    const said = `neuron ${item.neuron}, rank ${start + i + 1}: ${MEASURES[page.sort]} ${number(valueOf(item, page.sort))}`;
    return html`<g key=${item.neuron} role="option" data-neuron=${item.neuron} data-at=${`${i},0`} aria-label=${said}
        aria-selected=${selected ? "true" : "false"} tabindex=${i === at ? 0 : -1}>
      <title>${said}</title>
      <rect x=${LEFT + i * step} y=${TOP - 6} width=${step} height=${height - TOP} class=${selected ? "chosen-column" : "column"} />
    </g>`;
  });
});

/**
 * @param {any} item
 * @param {string} measure
 * @returns {number}
 */
export function valueOf(item, measure) {
  if (measure === "neuron") return item.neuron;
  return (item.measures && measure in item.measures ? item.measures[measure] : item[measure]) ?? NaN;
}

/** The marks do not change while neurons are chosen: only the columns above them do. */
const Marks = memo((/** @type {any} */ { items, sort, curves, step, width, theme }) => {
  const values = items.map((/** @type {any} */ item) => valueOf(item, sort));
  const shown = sort === "neuron" ? items.map(() => 0) : values;
  const [low, high] = d3.extent([0, ...shown.filter(Number.isFinite)]);
  const scale = d3.scaleLinear([low ?? 0, high || 1], [TOP + HIGH, TOP]);
  const bar = Math.max(1, step * 0.8);
  const top = TOP + HIGH + GAP;
  return html`
    <${LeftAxis} scale=${scale} x=${LEFT} width=${width - LEFT} ticks=${3} label=${sort === "neuron" ? "" : MEASURES[sort]} />
    <path d=${bars(shown, scale, (/** @type {number} */ i) => LEFT + i * step, bar)} fill=${theme.ink} fill-opacity="0.55" />
    ${curves ? html`<${Curves} items=${items} curves=${curves} step=${step} top=${top} width=${width} theme=${theme} />`
      : html`<${Deltas} items=${items} step=${step} top=${top} width=${width} theme=${theme} />`}`;
});

/**
 * Bars from zero on, as one path: hundreds of elements would take longer.
 * @param {number[]} values what is no number has none
 * @param {(value: number) => number} scale
 * @param {(i: number) => number} x of the left edge
 * @param {number} wide
 */
function bars(values, scale, x, wide) {
  const zero = scale(0);
  return values.map((value, i) => {
    if (!Number.isFinite(value)) return "";
    const high = scale(value) - zero || 0.5;
    return `M${x(i).toFixed(2)} ${zero.toFixed(2)}h${wide.toFixed(2)}v${high.toFixed(2)}h${(-wide).toFixed(2)}z`;
  }).join("");
}

/** Without an image: how the contributions to both classes change, on average. */
function Deltas(/** @type {any} */ { items, step, top, width, theme }) {
  if (!items[0]?.measures) return null;
  const sides = ["benign_delta", "adversarial_delta"].map((key) => items.map((/** @type {any} */ { measures }) => measures[key]));
  const [low, high] = d3.extent([0, ...sides.flat()]);
  const scale = d3.scaleLinear([low ?? 0, high || 1], [top + DEEP, top]);
  const bar = Math.max(0.75, step * 0.4);
  return html`<${LeftAxis} scale=${scale} x=${LEFT} width=${width - LEFT} label="change of the contribution to a logit" />
    ${sides.map((values, side) => html`<path key=${side} d=${bars(values, scale, (/** @type {number} */ i) => LEFT + i * step + side * bar, bar)}
      fill=${side ? theme.adversarial : theme.benign} />`)}`;
}

/** Of one image: the contribution of each neuron to its class, before and under attack, with the bands of both classes. */
function Curves(/** @type {any} */ { items, curves, step, top, width, theme }) {
  const sides = [[curves.benign, theme.benign, ""], [curves.adversarial, theme.adversarial, "5 3"]];
  const order = items.map((/** @type {any} */ { neuron }) => neuron);
  const all = sides.flatMap(([curve]) => order.flatMap((/** @type {number} */ m) => [curve.contribution[m], curve.low?.[m], curve.high?.[m]]));
  const [low, high] = d3.extent([0, ...all.filter(Number.isFinite)]);
  const scale = d3.scaleLinear([low ?? 0, high || 1], [top + DEEP, top]);
  const x = (/** @type {number} */ i) => LEFT + (i + 0.5) * step;
  return html`<${LeftAxis} scale=${scale} x=${LEFT} width=${width - LEFT} label="contribution to the logit of the class" />
    ${sides.map(([curve, colour, dash], side) => html`<g key=${side}>
      ${curve.low && html`<path fill=${colour} fill-opacity="0.16" d=${d3.area((/** @type {number} */ _m, i) => x(i),
        (/** @type {number} */ m) => scale(curve.low[m]), (/** @type {number} */ m) => scale(curve.high[m]))(order)} />`}
      <path fill="none" stroke=${colour} stroke-width="1.6" stroke-dasharray=${dash} d=${d3.line((/** @type {number} */ _m, i) => x(i),
        (/** @type {number} */ m) => scale(curve.contribution[m]))(order)} />
    </g>`)}`;
}
