/** What explanations come to over all images: shares, scores against chance, attacks compared, units masked and dissected. */
import { useSetting } from "../lib/choice.js";
import { useTheme } from "../lib/colours.js";
import { attackText, counted, number, percent, short, visible } from "../lib/format.js";
import { html, memo } from "../lib/html.js";
import { useWidth } from "../lib/measure.js";
import { KINDS, kindColours, ORDER } from "../marks/group-map.js";
import { Intervals } from "../marks/intervals.js";
import { Lines } from "../marks/lines.js";
import { Select } from "../parts/controls.js";
import { Figure } from "../parts/figure.js";
import { Legend } from "../parts/notes.js";
import { TableBehind } from "../parts/table.js";

/** @typedef {{section: any}} Props section: `explain` of the report */

/** Not drawn anew when something else is chosen: nothing in it depends on that. */
export const Overall = memo((/** @type {Props} */ { section }) => html`<h3>Over all ${section.n} explained images</h3>
    <${Shares} section=${section} />
    ${section.refinement && html`<p>${refinedText(section.refinement)}</p>`}
    ${section.curve && html`<${Curve} curve=${section.curve} />`}
    ${section.attacks.length > 1 && html`<${Compared} section=${section} />`}
    ${section.masking && html`<${Masking} masking=${section.masking} />`}
    ${section.dissection && html`<${Dissection} dissection=${section.dissection} />`}`);

/**
 * What refinement comes to, in words.
 * @param {{n: number, before: number, after: number, success: number}} mean
 */
function refinedText({ n, before, after, success }) {
  return `Refinement leaves an L2 norm of ${number(after)} of ${number(before)} on average over ${counted(n, "image")}; ${percent(success)} still fool.`;
}

/** @param {Props} props */
function Shares({ section }) {
  const [ref, width] = useWidth();
  const theme = useTheme();
  const colours = kindColours(theme);
  const rows = ORDER.slice(0, 4).map((kind) => ({
    name: KINDS[kind], sides: [{ value: section.shares[KINDS[kind]], ci95: section.intervals[KINDS[kind]], colour: kind === "2" ? "var(--edge)" : colours[kind] }],
  }));
  return html`<div ref=${ref}>
    <${Figure} name="explain-shares" caption=${`Mean shares of the perturbed groups by what they do, with 95 % intervals over images; ${attackText(section.attack)}, groups of ${section.grid} × ${section.grid} pixels, κ = ${number(section.kappa)}.`}>
      <${Intervals} rows=${rows} width=${width} title="Shares of groups" /><//>
    <${TableBehind} caption="shares of groups" rows=${rows} columns=${[
      { name: "kind", of: (/** @type {any} */ row) => row.name }, { name: "share", of: (/** @type {any} */ row) => row.sides[0].value },
      { name: "low", of: (/** @type {any} */ row) => row.sides[0].ci95[0] }, { name: "high", of: (/** @type {any} */ row) => row.sides[0].ci95[1] },
    ]} /></div>`;
}

/** The share of the perturbation's norm where classes are seen, against how narrowly that is taken. */
function Curve(/** @type {{curve: any}} */ { curve }) {
  const [ref, width] = useWidth();
  const theme = useTheme();
  const lines = [
    { key: "true", name: "on the true class's map", colour: theme.benign, dash: "" }, { key: "true_chance", name: "chance", colour: theme.benign, dash: "2 4" },
    { key: "target", name: "on the target's map", colour: theme.adversarial, dash: "" }, { key: "target_chance", name: "chance", colour: theme.adversarial, dash: "2 4" },
  ];
  const series = lines.map(({ key, ...rest }) => ({ ...rest, points: curve.quantiles.map((/** @type {number} */ x, /** @type {number} */ i) => ({ x, y: curve[key][i] })) }));
  const rows = curve.quantiles.map((/** @type {number} */ quantile, /** @type {number} */ i) => ({ quantile, i }));
  return html`<div ref=${ref}>
    <${Figure} name="explain-interpretability" caption="Interpretability score IS(δ, c) against the quantile of the map above which a pixel belongs to its class; dotted: chance.">
      <${Lines} series=${series} width=${width} x="quantile" y="score" title="Interpretability score against the quantile" range=${[0, 1]} /><//>
    <${Legend} items=${lines.filter(({ dash }) => !dash).map(({ name, colour }) => ({ name, colour, shape: "line" }))} />
    <${TableBehind} caption="interpretability scores" rows=${rows} columns=${[
      { name: "quantile", of: (/** @type {any} */ row) => row.quantile },
      ...lines.map(({ key }) => ({ name: key.replace("_", ", "), of: (/** @type {any} */ row) => curve[key][row.i] })),
    ]} /></div>`;
}

/** @param {Props} props */
function Compared({ section }) {
  return html`<${TableBehind} caption=${`attacks compared; ${counted(section.common, "image")} are fooled by each`} rows=${section.attacks} columns=${[
    { name: "attack", of: (/** @type {any} */ row) => visible(row.id) }, { name: "tried", of: (/** @type {any} */ row) => row.tried },
    { name: "fooled", of: (/** @type {any} */ row) => row.n }, { name: "L2", of: (/** @type {any} */ row) => row.l2 },
    { name: "groups left alone", of: (/** @type {any} */ row) => row.sparsity },
    ...["suppression", "balanced", "promotion", "negligible"].map((kind) => ({ name: kind, of: (/** @type {any} */ row) => row.shares?.[kind] ?? null })),
    { name: "IS, true", of: (/** @type {any} */ row) => row.interpretability?.true.score ?? null },
    { name: "IS, target", of: (/** @type {any} */ row) => row.interpretability?.target.score ?? null },
    { name: "L2 refined", of: (/** @type {any} */ row) => row.refinement?.after ?? null },
  ]} />`;
}

/** Accuracy against the number of units that are zeroed as a defence. */
function Masking(/** @type {{masking: any}} */ { masking }) {
  const [ref, width] = useWidth();
  const theme = useTheme();
  const attacks = Object.keys(masking.attacks);
  const [what, setWhat] = useSetting("explain.attack", attacks[0] ?? "clean", ["clean", ...attacks]);
  const groups = /** @type {[string, string, string][]} */ ([["sensitive", theme.adversarial, "the most sensitive units"], ["random", theme.benign, "as many random ones"]]);
  const series = groups.map(([group, colour, name]) => ({
    name, colour, dash: group === "random" ? "6 4" : "",
    points: masking.points.filter((/** @type {any} */ point) => point.group === group).sort((/** @type {any} */ a, /** @type {any} */ b) => a.masked - b.masked)
      .map((/** @type {any} */ point) => ({ x: point.masked, y: what === "clean" ? point.clean_accuracy : point.robust_accuracy[what] })),
  }));
  return html`<div ref=${ref}><h3>Masked units</h3>
    <div class="controls"><${Select} label="Accuracy on" value=${what} options=${[["clean", "clean images"], ...attacks.map((id) => [id, visible(id)])]} onChange=${setWhat} /></div>
    <${Figure} name="explain-masking" caption=${`Units of ${short(masking.layer)} zeroed as a defence, ${counted(masking.n, "image")}; attacks are made anew.`}>
      <${Lines} series=${series} width=${width} x="units zeroed" y="accuracy" title="Accuracy against units zeroed" range=${[0, 1]} format=${(/** @type {number} */ share) => percent(share, 0)} /><//>
    <${Legend} items=${series.map(({ name, colour }) => ({ name, colour, shape: "line" }))} />
    <${TableBehind} caption="masked units" rows=${masking.points} columns=${[
      { name: "group", of: (/** @type {any} */ row) => row.group }, { name: "units", of: (/** @type {any} */ row) => row.masked },
      { name: "clean", of: (/** @type {any} */ row) => row.clean_accuracy },
      ...attacks.map((id) => ({ name: visible(id), of: (/** @type {any} */ row) => row.robust_accuracy[id] })),
    ]} /></div>`;
}

/** Which concepts units detect. */
function Dissection(/** @type {{dissection: any}} */ { dissection }) {
  return html`<h3>Units and concepts</h3>
    <p>${`${dissection.detectors} of ${counted(dissection.units.length, "unit")} of ${short(dissection.layer)} detect a concept (IoU above ${number(dissection.iou)}); Spearman's correlation of IoU and σ is ${number(dissection.spearman)}.`}</p>
    <${TableBehind} caption="units and the concepts that they overlap with most" rows=${dissection.units} columns=${[
      { name: "unit", of: (/** @type {any} */ row) => row.unit }, { name: "concept", of: (/** @type {any} */ row) => row.concept },
      { name: "IoU", of: (/** @type {any} */ row) => row.iou }, { name: "σ", of: (/** @type {any} */ row) => row.sensitivity },
    ]} />`;
}
