/** Hardening: what a training against attacks changed, layer by layer and image by image. */
import { useRead } from "../lib/asking.js";
import { useChoice, useSetting } from "../lib/choice.js";
import { useTheme } from "../lib/colours.js";
import { counted, percent, short, visible } from "../lib/format.js";
import { html } from "../lib/html.js";
import { useWidth } from "../lib/measure.js";
import { Intervals } from "../marks/intervals.js";
import { LayerChanges } from "../marks/layer-changes.js";
import { Lines } from "../marks/lines.js";
import { Answer } from "../parts/answer.js";
import { VerdictBadge } from "../parts/badges.js";
import { Select } from "../parts/controls.js";
import { Figure } from "../parts/figure.js";
import { Missing } from "../parts/missing.js";
import { Legend } from "../parts/notes.js";
import { TableBehind } from "../parts/table.js";
import { Images } from "./hardening-images.js";

const SIDES = [{ name: "before", colour: "var(--adversarial)", shape: "ring" }, { name: "after", colour: "var(--benign)" }];
const QUANTITIES = /** @type {[string, string][]} */ ([["sensitivity", "mean sensitivity σ"], ["of_omega", "mean σ over Ω of the uploaded model"], ["ratio", "mean ratio σ / |a|"]]);
/** @type {Record<string, string>} */
const FINDINGS = { improved: "Improved beyond chance, and nothing hints at masked gradients.", not_improved: "Not improved.", masked: "Gradients look masked: the rise cannot be trusted." };

/** @param {{audit: import("../parts/view.js").Audit}} props */
function Show({ audit }) {
  const asked = useRead(`${audit.at}/report.json`);
  return html`<${Answer} asked=${asked}>${(/** @type {any} */ report) => {
    const { hardening } = report;
    if (!hardening) return html`<${Missing} report=${report} part="hardening" ask='"harden": {"train_dataset_id": "dst_…"}' />`;
    return html`<${Hardened} audit=${audit} hardening=${hardening} method=${report.config.harden?.method ?? ""} />`;
  }}<//>`;
}

/** @param {{audit: import("../parts/view.js").Audit, hardening: any, method: string}} props */
function Hardened({ audit, hardening, method }) {
  return html`<p>${method ? method.toUpperCase() : "The hardening"}, by its rules <${VerdictBadge} verdict=${hardening.verdict} />. ${FINDINGS[hardening.finding] ?? ""}
      ${(hardening.reasons ?? []).map((/** @type {string} */ reason) => ` ${visible(reason)}.`).join("")}
      ${hardening.model_id && html` The hardened model is <a href=${`/?model=${hardening.model_id}`}>a model of its own</a>: <code>${hardening.model_id}</code>.`}</p>
    <${Accuracies} hardening=${hardening} />
    <${Layers} hardening=${hardening} />
    <${Images} audit=${audit} hardening=${hardening} />
    ${hardening.log?.length > 1 && html`<${Training} log=${hardening.log} />`}`;
}

/**
 * Rows of before and after: clean, every attack, the worst cases.
 * @param {any} before
 * @param {any} after
 */
function sides(before, after) {
  const later = new Map(after.attacks.map((/** @type {any} */ attack) => [attack.id, attack]));
  const worst = new Map(after.worst_case.map((/** @type {any} */ one) => [one.threat_model, one]));
  const label = (/** @type {any} */ one) => one.threat?.label ?? one.threat_model;
  const side = (/** @type {any} */ one) => ({ value: one.accuracy ?? one.robust_accuracy, ci95: one.ci95 });
  const row = (/** @type {string} */ name, /** @type {any} */ a, /** @type {any} */ b) => ({ name, n: a.n, before: side(a), after: side(b) });
  return [
    row("clean", before.clean, after.clean),
    ...before.attacks.filter((/** @type {any} */ { id }) => later.has(id)).map((/** @type {any} */ one) => row(visible(one.id), one, later.get(one.id))),
    ...before.worst_case.filter((/** @type {any} */ { threat_model }) => worst.has(threat_model)).map((/** @type {any} */ one) => row(`worst case, ${label(one)}`, one, worst.get(one.threat_model))),
  ];
}

/** Accuracies before and after, each with its interval. */
function Accuracies(/** @type {{hardening: any}} */ { hardening }) {
  const [ref, width] = useWidth();
  const theme = useTheme();
  const looks = [{ name: "the whole comparison", of: hardening }, ...(hardening.scrutiny ? [{ name: `the closer look at ${counted(hardening.scrutiny.n, "image")}`, of: hardening.scrutiny }] : [])];
  const [look, setLook] = useSetting("hardening.look", "0", looks.map((_, i) => String(i)));
  const { before, after } = looks[Number(look)].of;
  const rows = sides(before, after);
  const shown = rows.map((row) => ({ name: row.name, sides: [{ ...row.before, colour: theme.adversarial, hollow: true }, { ...row.after, colour: theme.benign }] }));
  return html`<div ref=${ref}>
    ${looks.length > 1 && html`<div class="controls"><${Select} label="Accuracies of" value=${look} options=${looks.map(({ name }, i) => [String(i), name])} onChange=${setLook} /></div>`}
    <${Figure} name="hardening-accuracies" caption=${`Share of ${rows[0].n} held-out images that are classified rightly, with 95 % intervals; attacks are made anew on each model.`}>
      <${Intervals} rows=${shown} width=${width} title="Accuracy before and after" /><//>
    <${Legend} items=${SIDES} />
    <${TableBehind} caption="accuracies before and after" rows=${rows} columns=${[
      { name: "images under", of: (/** @type {any} */ row) => row.name }, { name: "n", of: (/** @type {any} */ row) => row.n },
      ...["before", "after"].flatMap((key) => [
        { name: key, of: (/** @type {any} */ row) => row[key].value, show: (/** @type {number} */ value) => percent(value) },
        { name: `${key}, low`, of: (/** @type {any} */ row) => row[key].ci95[0], show: (/** @type {number} */ value) => percent(value) },
        { name: `${key}, high`, of: (/** @type {any} */ row) => row[key].ci95[1], show: (/** @type {number} */ value) => percent(value) },
      ]),
    ]} /></div>`;
}

/** σ and ratio of every layer, before and after. */
function Layers(/** @type {{hardening: any}} */ { hardening }) {
  const [ref, width] = useWidth();
  const { layer: chosen } = useChoice();
  const layers = hardening.scrutiny?.neurons;
  const [key, setKey] = useSetting("hardening.layers", "sensitivity", QUANTITIES.map(([name]) => name));
  const title = html`<h3>Layer by layer</h3>`;
  if (!layers) return html`${title}<p class="hint">Layers are compared where the hardening has a close look: <code>"harden": {"scrutiny": {}}</code>.</p>`;
  const label = QUANTITIES.find(([name]) => name === key)?.[1] ?? key;
  const rows = layers.map((/** @type {any} */ { name, stabilised, before, after, rival }) => ({
    name, stabilised, before: before[key] ?? null, after: after?.[key] ?? null, rival: rival?.[key] ?? null,
  }));
  const rival = rows.some((/** @type {any} */ row) => row.rival !== null);
  return html`<div ref=${ref}>${title}
    <div class="controls"><${Select} label="Of each layer" value=${key} options=${QUANTITIES} onChange=${setKey} /></div>
    <${Figure} name=${`hardening-${key}`} caption="Each model on adversarial pairs of its own; bold: the layers whose neurons were stabilised. Choosing a layer shows its neurons.">
      <${LayerChanges} rows=${rows} width=${width} label=${label} /><//>
    <${Legend} items=${[...SIDES, ...(rival ? [{ name: `${hardening.rival?.method ?? "rival"}`, colour: "var(--ink)", shape: "line" }] : [])]} />
    <${TableBehind} caption="layers before and after" rows=${layers} rowProps=${(/** @type {any} */ row) => (row.name === chosen ? { class: "chosen" } : {})} columns=${[
      { name: "layer", of: (/** @type {any} */ row) => row.name }, { name: "stabilised", of: (/** @type {any} */ row) => (row.stabilised ? "yes" : "") },
      ...QUANTITIES.flatMap(([name, said]) => ["before", "after", ...(rival ? ["rival"] : [])].map((side) => ({ name: `${said}, ${side}`, of: (/** @type {any} */ row) => row[side]?.[name] ?? null }))),
    ]} /></div>`;
}

/** The training, epoch by epoch. */
function Training(/** @type {{log: any[]}} */ { log }) {
  const [ref, width] = useWidth();
  const theme = useTheme();
  const lines = [
    { name: "clean accuracy", colour: theme.benign, key: "clean_accuracy" },
    { name: "robust accuracy (PGD at the training ε)", colour: theme.adversarial, key: "robust_accuracy" },
  ];
  const series = lines.map(({ key, ...rest }) => ({ ...rest, points: log.map((epoch) => ({ x: epoch.epoch, y: epoch[key] })) }));
  return html`<div ref=${ref}><h3>The training</h3>
    <${Figure} name="hardening-training" caption="Accuracies on a few training images after each epoch: for watching, not for judging. Epoch 0 is the model as it came.">
      <${Lines} series=${series} width=${width} x="epoch" y="accuracy" title="Accuracy by epoch" range=${[0, 1]} format=${(/** @type {number} */ share) => percent(share, 0)} /><//>
    <${Legend} items=${lines.map(({ name, colour }) => ({ name, colour, shape: "line" }))} />
    <${TableBehind} caption="the training by epoch" rows=${log} columns=${[
      { name: "epoch", of: (/** @type {any} */ row) => row.epoch }, { name: "loss", of: (/** @type {any} */ row) => row.loss },
      { name: "L_adv", of: (/** @type {any} */ row) => row.l_adv }, { name: "L_sns", of: (/** @type {any} */ row) => row.l_sns },
      { name: "clean", of: (/** @type {any} */ row) => row.clean_accuracy }, { name: "robust", of: (/** @type {any} */ row) => row.robust_accuracy },
      { name: "σ over Ω", of: (/** @type {any} */ row) => row.sensitivity }, { name: "note", of: (/** @type {any} */ row) => row.note ?? "", show: (/** @type {string} */ note) => short(note, 80) },
    ]} /></div>`;
}

export default {
  id: "hardening",
  settings: ["look", "layers"],
  title: "Hardening",
  shows: "The same attacks on the uploaded and on the hardened model: accuracies, how much each layer's neurons move, and which images were won or lost.",
  equation: "min L_adv + λ L_sns,  L_sns = Σ over l in S, m in Ω_l of |F_l^m(x) − F_l^m(x′)|₁ / dim(F_l^m)",
  source: "SNS, Eq. 12, 13, Algorithm 1, Fig. 17; won and lost: McNemar's exact test",
  Show,
};
