/** What else is known of layers: their course over ε, suppression, and importance beside sensitivity. */
import { useChoice, useSetting } from "../lib/choice.js";
import { useClassName } from "../lib/classes.js";
import { classColour, useTheme } from "../lib/colours.js";
import d3 from "../lib/d3.js";
import { counted, number, percent, short, visible } from "../lib/format.js";
import { html } from "../lib/html.js";
import { useWidth } from "../lib/measure.js";
import { Lines } from "../marks/lines.js";
import { Select } from "../parts/controls.js";
import { Figure } from "../parts/figure.js";
import { Legend } from "../parts/notes.js";
import { TableBehind } from "../parts/table.js";

/** Every layer against ε; the chosen one stands out. */
export function Sweep(/** @type {{layers: any[]}} */ { layers }) {
  const [ref, width] = useWidth();
  const theme = useTheme();
  const { layer: chosen } = useChoice();
  const swept = layers.filter(({ sweep }) => sweep);
  const taps = [...new Set(swept.flatMap(({ sweep }) => sweep.taps.map((/** @type {any} */ { tap }) => tap)))];
  const [tap, setTap] = useSetting("layers.tap", taps[0] ?? "", taps);
  if (swept.length === 0) return null;
  const rows = swept.flatMap(({ name, sweep }) => sweep.taps.filter((/** @type {any} */ one) => one.tap === tap).flatMap((/** @type {any} */ one) =>
    sweep.eps.map((/** @type {any} */ eps, /** @type {number} */ i) => ({ name, eps: value(eps), ratio: one.ratio[i], sensitivity: one.sensitivity[i] }))));
  const series = [...d3.group(rows, ({ name }) => name)].map(([name, points], i) => ({
    name, colour: chosen && name !== chosen ? theme.faint : classColour(theme, i), wide: name === chosen ? 3.5 : 1.6,
    points: points.map(({ eps, ratio }) => ({ x: eps, y: ratio })),
  }));
  return html`<div ref=${ref}><h3>Against ε</h3>
    ${taps.length > 1 && html`<div class="controls"><${Select} label="Tap" value=${tap} options=${taps} onChange=${setTap} /></div>`}
    <${Figure} name="layers-sweep" caption="Mean ratio σ / |a| of each layer, pairs made anew at every ε">
      <${Lines} series=${series} width=${width} x="ε (L∞)" y="ratio" title="Ratio of each layer against ε" /><//>
    <${Legend} items=${series.slice(0, 16).map(({ name, colour }) => ({ name: short(name), colour, shape: "line" }))} />
    <${TableBehind} caption="the layers against ε" rows=${rows} columns=${[
      { name: "layer", of: (/** @type {any} */ row) => row.name }, { name: "ε", of: (/** @type {any} */ row) => row.eps },
      { name: "ratio", of: (/** @type {any} */ row) => row.ratio }, { name: "σ", of: (/** @type {any} */ row) => row.sensitivity },
    ]} /></div>`;
}

/**
 * A fraction as it may be written: 8/255.
 * @param {number | string} eps
 */
function value(eps) {
  const [above, below = 1] = String(eps).split("/").map(Number);
  return above / below;
}

/** Accuracy when the sensitive neurons of every layer are multiplied by β, beside as many others. */
export function Suppression(/** @type {{section: any}} */ { section }) {
  const [ref, width] = useWidth();
  const theme = useTheme();
  const attacks = Object.keys(section.attacks);
  const options = [["clean", "clean images"], ...attacks.map((id) => [id, visible(id)])];
  const [what, setWhat] = useSetting("layers.attack", attacks[0] ?? "clean", ["clean", ...attacks]);
  const of = (/** @type {any} */ point) => (what === "clean" ? point.clean_accuracy : point.robust_accuracy[what]);
  const groups = /** @type {[string, string, string][]} */ ([["sensitive", theme.adversarial, `sensitive (${section.ranking})`], ["control", theme.benign, "as many others"]]);
  const series = groups.map(([group, colour, name]) => {
    const by = d3.group(section.points.filter((/** @type {any} */ point) => point.group === group), (/** @type {any} */ point) => point.beta);
    const points = [...by].sort(([a], [b]) => a - b).map(([beta, found]) => {
      const values = found.map(of);
      const [low, high] = d3.extent(values);
      return { x: beta, y: d3.mean(values) ?? null, ...(values.length > 1 ? { low, high } : {}) };
    });
    return { name, colour, dash: group === "control" ? "6 4" : "", points };
  });
  return html`<div ref=${ref}><h3>Suppression</h3>
    <div class="controls"><${Select} label="Accuracy on" value=${what} options=${options} onChange=${setWhat} /></div>
    <${Figure} name="layers-suppression" caption=${`${percent(section.fraction, 0)} of every hidden layer's neurons times β, ${counted(section.n, "image")}; attacks are made anew. The band: over control groups.`}>
      <${Lines} series=${series} width=${width} x="β" y="accuracy" title="Accuracy against β" range=${[0, 1]} format=${(/** @type {number} */ share) => percent(share, 0)} /><//>
    <${Legend} items=${series.map(({ name, colour }) => ({ name, colour, shape: "line" }))} />
    <${TableBehind} caption="suppressed networks" rows=${section.points} columns=${[
      { name: "group", of: (/** @type {any} */ row) => row.group }, { name: "repeat", of: (/** @type {any} */ row) => row.repeat },
      { name: "β", of: (/** @type {any} */ row) => row.beta }, { name: "clean", of: (/** @type {any} */ row) => row.clean_accuracy },
      ...attacks.map((id) => ({ name: visible(id), of: (/** @type {any} */ row) => row.robust_accuracy[id] })),
    ]} /></div>`;
}

/** Whether the neurons that move most are those that matter most, target by target. */
export function Importance(/** @type {{section: any}} */ { section }) {
  const name = useClassName();
  const { spearman, levenshtein } = section.mean;
  return html`<h3>Sensitive and important neurons</h3>
    <p>Of ${short(section.layer)}: Spearman's correlation of σ and importance φ is ${number(spearman)} on average (without any relation
      0 ± ${number(section.chance.spearman_sd)}), the Levenshtein similarity of both top ${section.k} ${number(levenshtein)} (chance ${number(section.chance.levenshtein)}).</p>
    <${TableBehind} caption="importance by target" rows=${section.targets} columns=${[
      { name: "target", of: (/** @type {any} */ row) => name(row.target, 60) }, { name: "tried", of: (/** @type {any} */ row) => row.tried },
      { name: "reached", of: (/** @type {any} */ row) => row.n }, { name: "Spearman", of: (/** @type {any} */ row) => row.spearman },
      { name: "Levenshtein", of: (/** @type {any} */ row) => row.levenshtein },
      { name: "important", of: (/** @type {any} */ row) => row.important?.join(" ") ?? null },
      { name: "sensitive", of: (/** @type {any} */ row) => row.sensitive?.join(" ") ?? null },
    ]} />`;
}
