/** A dendrogram of up to some thousand leaves, and the line that cuts it. */
import { useTheme } from "../lib/colours.js";
import d3 from "../lib/d3.js";
import { counted, number } from "../lib/format.js";
import { html, memo, useMemo, useRef } from "../lib/html.js";
import { LeftAxis } from "./axis.js";

const [LEFT, TOP, HEIGHT, FOOT] = [48, 22, 200, 16];

/**
 * @param {{tree: any, clusters: any[], height: number | null, heights: number[], most: number, width: number, onCut: (count: number) => void}} props
 *   heights: of all merges, the highest first; height: of the cut; most: clusters that may be asked for
 */
export function Dendrogram({ tree, clusters, height, heights, most, width, onCut }) {
  const theme = useTheme();
  const svg = useRef(/** @type {SVGSVGElement | null} */ (null));
  const [x, y] = useMemo(() => [
    d3.scaleLinear([-0.5, tree.order.length - 0.5], [LEFT, width - 4]),
    d3.scaleSqrt([0, (heights[0] || 1) * 1.04], [TOP + HEIGHT, TOP]), // most merges are low: a root shows them too
  ], [tree, width]);
  const line = y(between(heights, clusters.length));
  const to = (/** @type {number} */ at) => Math.min(most, Math.max(1, 1 + d3.bisectLeft(heights.map((h) => -h), -y.invert(at))));
  const drag = (/** @type {PointerEvent} */ event) => {
    if (event.buttons & 1) onCut(to(event.clientY - /** @type {Element} */ (svg.current).getBoundingClientRect().y));
  };
  const begin = (/** @type {PointerEvent} */ event) => {
    svg.current?.setPointerCapture(event.pointerId); // the line follows also where the pointer has left the picture
    drag(event);
  };
  const keys = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    onCut(Math.min(most, Math.max(1, clusters.length + step)));
  };
  let first = 0;
  return html`<svg class="picture" ref=${svg} width=${width} height=${TOP + HEIGHT + FOOT} role="group" aria-label=${`Dendrogram of ${counted(tree.order.length, "neuron")}`}
      onPointerMove=${drag} onPointerDown=${begin}>
    <rect width=${width} height=${TOP + HEIGHT + FOOT} fill="transparent" />
    <${LeftAxis} scale=${y} x=${LEFT - 4} ticks=${3} label="joined at" />
    <${Branches} tree=${tree} height=${height} x=${x} y=${y} theme=${theme} />
    ${clusters.map((cluster, i) => {
      const start = first;
      first += cluster.neurons.length;
      return html`<rect key=${i} x=${x(start - 0.5) + 0.5} width=${Math.max(1, x(first - 0.5) - x(start - 0.5) - 1)} y=${TOP + HEIGHT + 3} height="8"
        fill=${i % 2 ? theme.adversarial : theme.benign} />`;
    })}
    <g class="cut" role="slider" tabindex="0" aria-label="Where the tree is cut" aria-valuemin="1" aria-valuemax=${most} aria-valuenow=${clusters.length}
        aria-valuetext=${`${counted(clusters.length, "cluster")}, height ${number(height)}`} aria-orientation="vertical" onKeyDown=${keys}>
      <line x1=${LEFT} x2=${width} y1=${line} y2=${line} stroke=${theme.adversarial} stroke-width="2" stroke-dasharray="6 4" />
      <rect x=${width - 22} y=${line - 12} width="22" height="24" rx="4" fill=${theme.adversarial} />
    </g>
  </svg>`;
}

/** Not drawn anew while something else is chosen: it has thousands of lines. */
const Branches = memo((/** @type {any} */ { tree, height, x, y, theme }) => {
  const { above, below } = branches(tree, height ?? -1, x, y);
  return html`<path d=${below} fill="none" stroke=${theme.benign} stroke-width="1" stroke-opacity="0.8" />
    <path d=${above} fill="none" stroke=${theme.ink} stroke-width="1.2" />`;
});

/**
 * A height between the last merge that is undone and the first that stays.
 * @param {number[]} heights
 * @param {number} count clusters
 */
function between(heights, count) {
  const [upper, lower] = [heights[count - 2] ?? (heights[0] ?? 0) * 1.03, heights[count - 1] ?? 0];
  return (upper + lower) / 2;
}

/**
 * The paths of the merges that the cut undoes, and of those that stay.
 * @param {any} tree
 * @param {number} height
 * @param {any} x
 * @param {any} y
 */
function branches(tree, height, x, y) {
  const m = tree.order.length;
  /** @type {[number, number][]} place and height of every node */
  const nodes = new Array(m);
  tree.order.forEach((/** @type {number} */ neuron, /** @type {number} */ i) => (nodes[neuron] = [i, 0]));
  const paths = { above: d3.path(), below: d3.path() };
  for (const [a, b, at] of tree.merges) {
    const [left, right] = [nodes[a], nodes[b]];
    const path = at > height ? paths.above : paths.below;
    path.moveTo(x(left[0]), y(left[1]));
    path.lineTo(x(left[0]), y(at));
    path.lineTo(x(right[0]), y(at));
    path.lineTo(x(right[0]), y(right[1]));
    nodes.push([(left[0] + right[0]) / 2, at]);
  }
  return { above: String(paths.above), below: String(paths.below) };
}
