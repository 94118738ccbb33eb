/** Data overview: where the activations of benign images lie, and where the attack moves them. */
import { useRead } from "../lib/asking.js";
import { choose, useChoice, useSetting } from "../lib/choice.js";
import { useClassName } from "../lib/classes.js";
import { classColour, useTheme } from "../lib/colours.js";
import d3 from "../lib/d3.js";
import { html, useEffect, useMemo, useRef, useState } from "../lib/html.js";
import { useWidth } from "../lib/measure.js";
import { Answer } from "../parts/answer.js";
import { Select } from "../parts/controls.js";
import { Figure } from "../parts/figure.js";
import { Legend } from "../parts/notes.js";
import { TableBehind } from "../parts/table.js";

const COLOURS = /** @type {[string, string][]} */ ([["label", "true label"], ["predicted", "predicted label"], ["adversarial", "adversarial label"]]);
const SHOWN = /** @type {[string, string][]} */ ([["both", "both"], ["benign", "benign"], ["attacked", "under attack"]]);
const MARGIN = 12;

/** @param {{audit: import("../parts/view.js").Audit}} props */
function Show({ audit }) {
  const asked = useRead(`${audit.at}/embedding`);
  return html`<${Answer} asked=${asked}>${(/** @type {any} */ plane) => html`<${Overview} plane=${plane} />`}<//>`;
}

/** @param {{plane: any}} props */
function Overview({ plane }) {
  const name = useClassName();
  const theme = useTheme();
  const [ref, width] = useWidth();
  const [by, setBy] = useSetting("overview.colour", "label", COLOURS.map(([key]) => key));
  const [shown, setShown] = useSetting("overview.images", "both", SHOWN.map(([key]) => key));
  const classes = useMemo(() => [...new Set(plane[by])].sort(d3.ascending), [plane, by]);
  const items = classes.slice(0, 24).map((y) => ({ name: name(y), colour: classColour(theme, y) }));
  const rows = useMemo(() => plane.index.map((/** @type {number} */ _index, /** @type {number} */ i) => i), [plane]);
  const column = (/** @type {string} */ title, /** @type {(i: number) => any} */ of) => ({ name: title, of });
  return html`<div ref=${ref}>
    <div class="controls">
      <${Select} label="Colour" value=${by} options=${COLOURS} onChange=${setBy} />
      <${Select} label="Images" value=${shown} options=${SHOWN} onChange=${setShown} />
    </div>
    <${Figure} name="overview" caption=${`${plane.index.length} images by the activations of ${plane.layer} (${plane.method.toUpperCase()}); a click chooses the nearest.`}>
      <${Scatter} plane=${plane} by=${by} shown=${shown} width=${width} theme=${theme} />
    <//>
    <${Legend} items=${[...items, { name: "benign", colour: "var(--ink)" }, { name: "under attack", colour: "var(--ink)", shape: "cross" }]} />
    <${TableBehind} caption="where each image lies" rows=${rows} columns=${[
      column("image", (i) => plane.index[i]), column("true", (i) => name(plane.label[i], 60)),
      column("predicted", (i) => name(plane.predicted[i], 60)), column("under attack", (i) => name(plane.adversarial[i], 60)),
      column("x", (i) => plane.benign.x[i]), column("y", (i) => plane.benign.y[i]),
      column("x′", (i) => plane.attacked.x[i]), column("y′", (i) => plane.attacked.y[i]),
    ]} />
  </div>`;
}

/** @param {any} props */
function Scatter({ plane, by, shown, width, theme }) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const { cell, image } = useChoice();
  const [hovered, hover] = useState(-1);
  const name = useClassName();
  const height = Math.round(Math.min(420, Math.max(260, 0.7 * width)));
  const points = useMemo(() => placed(plane, shown, width, height), [plane, shown, width, height]);
  const finder = useMemo(() => d3.Delaunay.from(points.all, ([x]) => x, ([, y]) => y), [points]);
  const inCell = (/** @type {number} */ i) => !cell || (plane.label[i] === cell.label && plane.adversarial[i] === cell.adversarial);
  useEffect(() => {
    if (canvas.current) draw(canvas.current, { points, plane, by, inCell, theme, width, height });
  }, [points, by, cell?.label, cell?.adversarial, theme]);
  const near = (/** @type {PointerEvent} */ event) => {
    const box = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
    const [x, y] = [event.clientX - box.x, event.clientY - box.y];
    const found = points.all.length ? finder.find(x, y) : -1;
    return found >= 0 && Math.hypot(points.all[found][0] - x, points.all[found][1] - y) < 24 ? points.all[found][2] : -1;
  };
  const chosen = image === null ? -1 : plane.index.indexOf(image);
  const step = (/** @type {KeyboardEvent} */ event) => {
    const next = neighbour(points.all, chosen, event.key);
    if (next < 0) return;
    event.preventDefault();
    choose({ image: plane.index[next] }, { replace: true });
  };
  const said = hovered >= 0 ? `image ${plane.index[hovered]}: ${name(plane.label[hovered])}, under attack ${name(plane.adversarial[hovered])}` : "";
  return html`<canvas ref=${canvas} style=${{ width: `${width}px`, height: `${height}px` }} aria-hidden="true"></canvas>
    <svg class="picture" width=${width} height=${height} role="application" tabindex="0"
        aria-label="Images in a plane. Arrow keys choose the nearest image in their direction."
        onPointerMove=${(/** @type {PointerEvent} */ event) => hover(near(event))} onPointerLeave=${() => hover(-1)} onKeyDown=${step}
        onClick=${(/** @type {any} */ event) => { const i = near(event); if (i >= 0) choose({ image: plane.index[i] === image ? null : plane.index[i] }); }}>
      <rect width=${width} height=${height} fill="transparent" />
      ${hovered >= 0 && html`<${Marked} points=${points} i=${hovered} />
        <text class="label" x="8" y=${height - 8}>${said}</text>`}
      ${chosen >= 0 && html`<${Marked} points=${points} i=${chosen} />`}
    </svg>`;
}

/** @param {{points: any, i: number}} props */
function Marked({ points, i }) {
  const [a, b] = [points.benign[i], points.attacked[i]];
  return html`<g class="chosen-frame" fill="none">
    ${a && b && html`<line x1=${a[0]} y1=${a[1]} x2=${b[0]} y2=${b[1]} stroke-width="1.5" />`}
    ${a && html`<circle cx=${a[0]} cy=${a[1]} r="7" />`}
    ${b && html`<path d=${`M${b[0] - 6} ${b[1] - 6}l12 12m0-12l-12 12`} />`}
  </g>`;
}

/**
 * Places in pixels: `benign` and `attacked` by row, where shown, and `all` of them as [x, y, row].
 * @param {any} plane
 * @param {string} shown
 * @param {number} width
 * @param {number} height
 */
function placed(plane, shown, width, height) {
  const extent = (/** @type {"x" | "y"} */ axis) => /** @type {[number, number]} */ (d3.extent([...plane.benign[axis], ...plane.attacked[axis]]));
  const x = d3.scaleLinear(extent("x"), [MARGIN, width - MARGIN]);
  const y = d3.scaleLinear(extent("y"), [height - MARGIN, MARGIN]);
  const of = (/** @type {any} */ side) => side.x.map((/** @type {number} */ value, /** @type {number} */ i) => [x(value), y(side.y[i]), i]);
  const benign = shown === "attacked" ? [] : of(plane.benign);
  const attacked = shown === "benign" ? [] : of(plane.attacked);
  return { benign, attacked, all: [...benign, ...attacked] };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{points: any, plane: any, by: string, inCell: (i: number) => boolean, theme: any, width: number, height: number}} what
 */
function draw(canvas, { points, plane, by, inCell, theme, width, height }) {
  const fine = devicePixelRatio || 1;
  [canvas.width, canvas.height] = [width * fine, height * fine];
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.scale(fine, fine);
  const groups = d3.group(plane.index.keys(), (/** @type {number} */ i) => (inCell(i) ? plane[by][i] : -1));
  const order = [...groups].sort(([a], [b]) => a - b); // what is not chosen lies beneath
  for (const [label, rows] of order) {
    pen.fillStyle = pen.strokeStyle = label < 0 ? theme.faint : classColour(theme, label);
    pen.globalAlpha = label < 0 ? 0.6 : 0.75;
    for (const i of rows) {
      const p = points.benign[i];
      if (p) pen.fillRect(p[0] - 1.5, p[1] - 1.5, 3, 3);
    }
    pen.beginPath();
    for (const i of rows) {
      const p = points.attacked[i];
      if (!p) continue;
      pen.moveTo(p[0] - 2, p[1] - 2);
      pen.lineTo(p[0] + 2, p[1] + 2);
      pen.moveTo(p[0] + 2, p[1] - 2);
      pen.lineTo(p[0] - 2, p[1] + 2);
    }
    pen.stroke();
  }
}

/**
 * The nearest image in the direction of an arrow key; without a chosen one the first.
 * @param {[number, number, number][]} all
 * @param {number} from row of the chosen image
 * @param {string} key
 */
function neighbour(all, from, key) {
  /** @type {Record<string, [number, number]>} */
  const directions = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
  const direction = directions[key];
  if (!direction || all.length === 0) return -1;
  const start = all.find(([, , i]) => i === from);
  if (!start) return all[0][2];
  const [dx, dy] = direction;
  let [best, least] = [-1, Infinity];
  for (const [x, y, i] of all) {
    const [along, across] = [(x - start[0]) * dx + (y - start[1]) * dy, Math.abs((x - start[0]) * dy - (y - start[1]) * dx)];
    const far = along + 3 * across;
    if (i !== from && along > 0 && far < least) [best, least] = [i, far];
  }
  return best;
}

export default {
  id: "overview",
  title: "Data overview",
  shows: "Every image by the activations that the last layer reads, benign and under attack, brought into a plane: classes that lie apart, and where the attack moves them.",
  equation: "x ↦ a(x) ∈ ℝᵐ ↦ first two principal components",
  source: "Visual Analytics of Neuron Vulnerability, data overview",
  Show,
};
