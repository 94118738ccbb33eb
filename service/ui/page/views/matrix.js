/** Prediction matrix: which classes are taken for which under attack. */
import { useRead } from "../lib/asking.js";
import { choose, useChoice } from "../lib/choice.js";
import { useClassName } from "../lib/classes.js";
import { useTheme } from "../lib/colours.js";
import d3 from "../lib/d3.js";
import { attackText, counted, interval, percent } from "../lib/format.js";
import { html, memo, useMemo } from "../lib/html.js";
import { moveByKeys } from "../lib/keys.js";
import { useWidth } from "../lib/measure.js";
import { Answer } from "../parts/answer.js";
import { Figure } from "../parts/figure.js";
import { TableBehind } from "../parts/table.js";

/** More classes than this do not fit: those with the most images that change their class are shown. */
const MOST = 24;

/** @typedef {{label: number, adversarial: number, n: number, correct: number, fooled: number}} Cell */

/** @param {{audit: import("../parts/view.js").Audit}} props */
function Show({ audit }) {
  const asked = useRead(`${audit.at}/matrix`);
  return html`<${Answer} asked=${asked}>${(/** @type {any} */ matrix) => html`<${Matrix} matrix=${matrix} attack=${audit.info.request.neurons?.vulnerability?.attack} />`}<//>`;
}

/** @param {{matrix: any, attack: any}} props attack: as it was asked for; it is one of its own beside those of the verdict */
function Matrix({ matrix, attack }) {
  const [ref, width] = useWidth();
  const name = useClassName();
  const classes = useMemo(() => shownClasses(matrix), [matrix]);
  const cells = useMemo(() => new Map(matrix.cells.map((/** @type {Cell} */ cell) => [`${cell.label}-${cell.adversarial}`, cell])), [matrix]);
  const rows = [...matrix.cells].sort((a, b) => b.fooled - a.fooled || b.n - a.n);
  const share = matrix.fooled / Math.max(1, matrix.correct);
  const caption = `${attack ? attackText(attack) : matrix.attack}, the attack of the analysis of neurons, on ${counted(matrix.n, "image")}: ${matrix.correct} were classified correctly, ${matrix.fooled} of them fooled (${percent(share)} ${interval(share, matrix.correct)}).`;
  return html`<div ref=${ref}>
    <${Figure} name="matrix" caption=${caption}><${Grid} classes=${classes} cells=${cells} width=${width} /><//>
    ${classes.length < matrix.num_classes && html`<p class="hint">${classes.length} of ${counted(matrix.num_classes, "class")}: those with the most images whose class changes. The table has every cell.</p>`}
    <${TableBehind} caption="images by true and adversarial label" rows=${rows} columns=${[
      { name: "true", of: (/** @type {Cell} */ cell) => name(cell.label, 60) },
      { name: "under attack", of: (/** @type {Cell} */ cell) => name(cell.adversarial, 60) },
      { name: "images", of: (/** @type {Cell} */ cell) => cell.n },
      { name: "correct before", of: (/** @type {Cell} */ cell) => cell.correct },
      { name: "fooled", of: (/** @type {Cell} */ cell) => cell.fooled },
    ]} />
  </div>`;
}

/** @param {any} matrix */
function shownClasses(matrix) {
  const moved = new Map();
  for (const { label, adversarial, n } of matrix.cells) {
    for (const y of [label, adversarial]) moved.set(y, (moved.get(y) ?? 0) + (label === adversarial ? 0 : n));
  }
  const all = d3.range(matrix.num_classes).filter((y) => matrix.num_classes <= MOST || moved.has(y));
  return all.sort((a, b) => (moved.get(b) ?? 0) - (moved.get(a) ?? 0) || a - b).slice(0, MOST).sort((a, b) => a - b);
}

/** @param {{classes: number[], cells: Map<string, Cell>, width: number}} props */
function Grid({ classes, cells, width }) {
  const theme = useTheme();
  const name = useClassName();
  const { cell: chosen } = useChoice();
  const left = Math.min(130, width / 4);
  const side = Math.max(16, Math.min(52, (width - left - 36) / classes.length));
  const top = 84;
  const [w, h] = [left + side * classes.length + 36, top + side * classes.length + 4];
  const colour = useMemo(() => {
    const most = Math.max(1, ...[...cells.values()].filter(({ label, adversarial }) => label !== adversarial).map(({ n }) => n));
    return d3.scaleSqrt([0, most], [theme.ground, theme.adversarial]);
  }, [cells, theme]);
  const focus = chosen && classes.includes(chosen.label) && classes.includes(chosen.adversarial)
    ? `${chosen.label}-${chosen.adversarial}` : `${classes[0]}-${classes[0]}`;
  const fits = Math.floor((left - 10) / 6.6);
  return html`<svg class="picture" width=${w} height=${h} role="grid" aria-label="True label by adversarial label" onKeyDown=${moveByKeys}>
    <g aria-hidden="true">
      <text x=${left} y="12" class="muted">columns: under attack</text>
      <text x="0" y=${top - 8} class="muted">rows: true</text>
      ${classes.map((y, i) => html`<text key=${`c${y}`} transform=${`translate(${left + (i + 0.6) * side},${top - 6}) rotate(-45)`}>${name(y, 12)}</text>`)}
      ${classes.map((y, i) => html`<text key=${`r${y}`} x=${left - 6} y=${top + (i + 0.5) * side} text-anchor="end" dominant-baseline="central">${name(y, Math.max(4, fits))}</text>`)}
    </g>
    ${classes.map((label, row) => html`<g role="row" key=${label}>
      ${classes.map((adversarial, column) => {
        const key = `${label}-${adversarial}`;
        return html`<${CellMark} key=${key} cell=${cells.get(key)} label=${label} adversarial=${adversarial} at=${`${column},${row}`}
          x=${left + column * side} y=${top + row * side} side=${side} colour=${colour} theme=${theme}
          selected=${chosen?.label === label && chosen?.adversarial === adversarial} focus=${key === focus} />`;
      })}
    </g>`)}
  </svg>`;
}

/** Not drawn anew while nothing of it changes: there may be hundreds. */
const CellMark = memo((/** @type {any} */ { cell, label, adversarial, at, x, y, side, colour, theme, selected, focus }) => {
  const name = useClassName();
  const n = cell?.n ?? 0;
  const held = label === adversarial;
  const fill = held ? theme.faint : colour(n);
  const dark = d3.lab(fill).l < 58;
  const said = held ? `${name(label, 60)}, still ${name(label, 60)} under attack: ${counted(n, "image")}`
    : `${name(label, 60)} taken for ${name(adversarial, 60)} under attack: ${counted(n, "image")}, ${cell?.fooled ?? 0} fooled`;
  const click = () => n > 0 && choose({ cell: selected ? null : { label, adversarial }, image: null });
  return html`<g role="gridcell" data-true=${label} data-adversarial=${adversarial} data-at=${at} tabindex=${focus ? 0 : -1}
      aria-selected=${selected ? "true" : "false"} aria-label=${said} onClick=${click}>
    <title>${said}</title>
    <rect class="cell-ground" x=${x + 0.5} y=${y + 0.5} width=${side - 1} height=${side - 1} rx="2" fill=${fill} />
    ${side >= 22 && n > 0 && html`<text x=${x + side / 2} y=${y + side / 2} text-anchor="middle" dominant-baseline="central"
      fill=${dark ? "#ffffff" : "#14181c"} font-size=${n > 999 ? 9 : 11}>${n}</text>`}
  </g>`;
});

export default {
  id: "matrix",
  settings: [],
  title: "Prediction matrix",
  shows: "How many images of a true class (row) are taken for a class under attack (column). The diagonal withstood. Choosing a cell shows its images and the neurons behind it.",
  equation: "n(y, ŷ) = |{x : label y, argmax z(x′) = ŷ}|",
  source: "Visual Analytics of Neuron Vulnerability, data overview",
  needs: { analysis: "neurons.vulnerability", what: "matrix" },
  Show,
};
