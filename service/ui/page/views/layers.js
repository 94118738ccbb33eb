/** Layers: where in the network neurons tremble, against ε, across targets, and what suppressing them does. */
import { counted } from "../lib/format.js";
import { useRead } from "../lib/asking.js";
import { useChoice, useSetting } from "../lib/choice.js";
import { html } from "../lib/html.js";
import { useLayers } from "../lib/layers.js";
import { useWidth } from "../lib/measure.js";
import { LayerBars } from "../marks/layer-bars.js";
import { Answer } from "../parts/answer.js";
import { Select } from "../parts/controls.js";
import { Figure } from "../parts/figure.js";
import { Legend } from "../parts/notes.js";
import { TableBehind } from "../parts/table.js";
import { Importance, Suppression, Sweep } from "./layers-more.js";

/**
 * @typedef {object} Quantity
 * @property {string} name
 * @property {(layer: any) => number | null | undefined} of
 * @property {(layer: any) => number | null | undefined} mark
 * @property {string} markName
 * @property {number} [max]
 */

/** @type {Record<string, Quantity>} */
const QUANTITIES = {
  sensitivity: { name: "mean sensitivity σ", of: (layer) => layer.sensitivity?.mean, mark: (layer) => layer.sensitivity?.max, markName: "its largest neuron" },
  ratio: { name: "mean ratio σ / |a|", of: (layer) => layer.ratio?.mean, mark: (layer) => layer.ratio?.mean_top, markName: "mean over Ω" },
  jaccard: { name: "Jaccard similarity across targets", of: (layer) => layer.similarity?.jaccard, mark: (layer) => layer.similarity?.jaccard_chance, markName: "chance", max: 1 },
  levenshtein: { name: "Levenshtein similarity across targets", of: (layer) => layer.similarity?.levenshtein, mark: (layer) => layer.similarity?.levenshtein_chance, markName: "chance", max: 1 },
};

/** @param {{audit: import("../parts/view.js").Audit}} props */
function Show({ audit }) {
  const asked = useLayers(audit);
  const report = useRead(`${audit.at}/report.json`);
  return html`<${Answer} asked=${asked}>${(/** @type {any} */ { items }) => html`<${Bars} layers=${items} /><${Sweep} layers=${items} />`}<//>
    <${Answer} asked=${report}>${(/** @type {any} */ { neurons }) => html`
      ${neurons?.suppression && html`<${Suppression} section=${neurons.suppression} />`}
      ${neurons?.importance && html`<${Importance} section=${neurons.importance} />`}`}<//>`;
}

/** @param {{layers: any[]}} props */
function Bars({ layers }) {
  const [ref, width] = useWidth();
  const { layer: chosen } = useChoice();
  const there = Object.keys(QUANTITIES).filter((key) => layers.some((layer) => typeof QUANTITIES[key].of(layer) === "number"));
  const [key, setKey] = useSetting("layers.shown", there[0] ?? "sensitivity", there);
  const quantity = QUANTITIES[key];
  if (there.length === 0) return html`<p class="hint">No layer was measured.</p>`;
  const rows = layers.map((layer) => ({ name: layer.name, value: quantity.of(layer) ?? null, mark: quantity.mark(layer) ?? null }));
  return html`<div ref=${ref}>
    <div class="controls"><${Select} label="Of each layer" value=${key} options=${there.map((one) => [one, QUANTITIES[one].name])} onChange=${setKey} /></div>
    <${Figure} name=${`layers-${key}`} caption=${`${counted(layers.length, "layer")} in order of execution; choosing one shows its neurons.`}>
      <${LayerBars} rows=${rows} width=${width} label=${quantity.name} markName=${quantity.markName} max=${quantity.max} /><//>
    <${Legend} items=${[{ name: quantity.name, colour: "var(--benign)" }, { name: quantity.markName, colour: "var(--adversarial)", shape: "line" }]} />
    <${TableBehind} caption="the layers" rows=${layers} rowProps=${(/** @type {any} */ row) => (row.name === chosen ? { class: "chosen" } : {})} columns=${[
      { name: "layer", of: (/** @type {any} */ row) => row.name },
      { name: "kind", of: (/** @type {any} */ row) => row.kind },
      { name: "neurons", of: (/** @type {any} */ row) => row.neurons },
      { name: "dead", of: (/** @type {any} */ row) => row.dead?.length ?? null },
      { name: "Ω", of: (/** @type {any} */ row) => row.omega?.length ?? null },
      { name: "largest σ", of: (/** @type {any} */ row) => row.sensitivity?.max ?? null },
      ...there.map((one) => ({ name: QUANTITIES[one].name, of: (/** @type {any} */ row) => QUANTITIES[one].of(row) ?? null })),
    ]} />
  </div>`;
}

export default {
  id: "layers",
  settings: ["shown", "tap", "attack"],
  title: "Layers",
  shows: "How much the neurons of each layer move between an image and its adversarial twin, absolutely and in proportion; whether different targets move the same neurons; what becomes of accuracy when they are suppressed.",
  equation: "σ_i = mean over pairs |F_i(x) − F_i(x′)|,  σ_ratio = σ / |F(x)|,  F_i becomes β F_i for i in Ω",
  source: "SNS, Eq. 1, 2, 9, 10, 11, Fig. 9, 14",
  needs: { analysis: "neurons", what: "layers" },
  Show,
};
