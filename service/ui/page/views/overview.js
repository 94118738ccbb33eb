/** Data overview: where the activations of benign images lie, and where the attack moves them. */
import { counted } from "../lib/format.js";
import { useRead } from "../lib/asking.js";
import { choose, useChoice, useSetting } from "../lib/choice.js";
import { useClassName } from "../lib/classes.js";
import { classColour, useTheme } from "../lib/colours.js";
import d3 from "../lib/d3.js";
import { html, useMemo } from "../lib/html.js";
import { useWidth } from "../lib/measure.js";
import { Plane } from "../marks/plane.js";
import { Answer } from "../parts/answer.js";
import { Select } from "../parts/controls.js";
import { Figure } from "../parts/figure.js";
import { Legend } from "../parts/notes.js";
import { TableBehind } from "../parts/table.js";

const COLOURS = /** @type {[string, string][]} */ ([["label", "true label"], ["predicted", "predicted label"], ["adversarial", "adversarial label"]]);
const SHOWN = /** @type {[string, string][]} */ ([["both", "both"], ["benign", "benign"], ["attacked", "under attack"]]);

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
    <${Figure} name="overview" caption=${`${counted(plane.index.length, "image")} by the activations of ${plane.layer} (${plane.method.toUpperCase()}); a click chooses the nearest.`}>
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
  const { cell, image } = useChoice();
  const name = useClassName();
  const n = plane.index.length;
  const points = useMemo(() => ({ x: [...plane.benign.x, ...plane.attacked.x], y: [...plane.benign.y, ...plane.attacked.y] }), [plane]);
  const groups = useMemo(() => grouped(plane, by, shown, cell, theme), [plane, by, shown, cell?.label, cell?.adversarial, theme]);
  const rows = useMemo(() => new Map(plane.index.map((/** @type {number} */ index, /** @type {number} */ i) => [index, i])), [plane]);
  return html`<${Plane} name="overview.zoom" points=${points} groups=${groups} items=${n} width=${width} height=${Math.round(Math.min(420, Math.max(260, 0.7 * width)))}
    label="Images in a plane. Arrow keys choose the nearest image in their direction."
    chosen=${image === null ? -1 : rows.get(image) ?? -1} say=${(/** @type {number} */ i) => `image ${plane.index[i]}: ${name(plane.label[i])}, under attack ${name(plane.adversarial[i])}`}
    onChoose=${(/** @type {number} */ i, /** @type {any} */ options) => choose({ image: plane.index[i] === image ? null : plane.index[i] }, options)} />`;
}

/**
 * The points of each colour: benign ones first, then attacked ones; what is not of the chosen cell lies beneath.
 * @param {any} plane
 * @param {string} by
 * @param {string} shown
 * @param {import("../lib/choice.js").Cell | null} cell
 * @param {import("../lib/colours.js").Theme} theme
 * @returns {import("../marks/points.js").Group[]}
 */
function grouped(plane, by, shown, cell, theme) {
  const n = plane.index.length;
  const inCell = (/** @type {number} */ i) => !cell || (plane.label[i] === cell.label && plane.adversarial[i] === cell.adversarial);
  const of = d3.group(d3.range(n), (/** @type {number} */ i) => (inCell(i) ? plane[by][i] : -1));
  return [...of].sort(([a], [b]) => a - b).flatMap(([label, rows]) => {
    const look = { colour: label < 0 ? theme.dim : classColour(theme, label) };
    const benign = { ...look, shape: /** @type {const} */ ("dot"), rows };
    const attacked = { ...look, shape: /** @type {const} */ ("cross"), rows: rows.map((i) => n + i) };
    return shown === "both" ? [benign, attacked] : [shown === "benign" ? benign : attacked];
  });
}

export default {
  id: "overview",
  settings: ["colour", "images", "zoom"],
  title: "Data overview",
  shows: "Every image by the activations that the last layer reads, benign and under attack, brought into a plane: classes that lie apart, and where the attack moves them.",
  equation: "a(x), the m activations of x, and a(x′) by their first two principal components (or t-SNE)",
  source: "Visual Analytics of Neuron Vulnerability, data overview",
  needs: { analysis: "neurons.vulnerability", what: "embedding" },
  Show,
};
