/** Neuron vulnerability: neurons by any measure, and what the attack does through each. */
import { address } from "../lib/api.js";
import { useAmiss } from "../lib/amiss.js";
import { useRead } from "../lib/asking.js";
import { choose, useChoice, useSetting } from "../lib/choice.js";
import { useClassName } from "../lib/classes.js";
import { counted, short } from "../lib/format.js";
import { html } from "../lib/html.js";
import { MEASURES, neuronAddress, useLayers, useScope } from "../lib/layers.js";
import { whole } from "../lib/rules.js";
import { useWidth } from "../lib/measure.js";
import { Bands } from "../marks/bands.js";
import { NeuronStrip, valueOf } from "../marks/neuron-strip.js";
import { Answer } from "../parts/answer.js";
import { Select } from "../parts/controls.js";
import { Figure } from "../parts/figure.js";
import { Legend } from "../parts/notes.js";
import { TableBehind } from "../parts/table.js";

const SIZES = ["50", "200", "1000"];

/** @param {{audit: import("../parts/view.js").Audit}} props */
function Show({ audit }) {
  const asked = useLayers(audit);
  return html`<${Answer} asked=${asked}>${(/** @type {any} */ { items }) => html`<${Neurons} audit=${audit} layers=${items} />`}<//>`;
}

/** @param {{audit: import("../parts/view.js").Audit, layers: any[]}} props */
function Neurons({ audit, layers }) {
  const { layer: wanted, image, neurons } = useChoice();
  const usual = layers.find(({ measures }) => measures.length > 0) ?? layers[layers.length - 1];
  const layer = layers.find(({ name }) => name === wanted) ?? usual;
  useAmiss("layer", wanted === null || layer.name === wanted ? null : "there is no such layer");
  const measured = layer.measures.length > 0;
  const scope = useScope(audit, measured);
  const sorts = [...layer.measures, ...(layer.sensitivity ? ["sensitivity", "ratio"] : []), "neuron"];
  const [sort, setSort] = useSetting("neurons.measure", sorts[sorts.indexOf("cross")] ?? sorts[0], sorts);
  const [size, setSize] = useSetting("neurons.shown", "200", SIZES);
  const [from, setFrom] = useSetting("neurons.from", "0", whole(0, layer.neurons - 1));
  const start = Number(from);
  const asked = useRead(scope && address(`${audit.at}/neurons`, {
    layer: layer.name, sort, ...scope.query, limit: size, cursor: start || null,
  }));
  const curves = useRead(measured && image !== null ? `${audit.at}/images/${image}` : null);
  return html`<div class="controls">
      <${Select} label="Measure" value=${sort} options=${sorts.map((key) => [key, MEASURES[key]])} onChange=${setSort} />
      <${Select} label="Layer" value=${layer.name} options=${layers.map(({ name }) => [name, short(name, 40)])}
        onChange=${(/** @type {string} */ name) => choose({ layer: name === usual.name ? null : name, neurons: [] })} />
      <${Select} label="At once" value=${size} options=${SIZES} onChange=${setSize} />
    </div>
    <${Answer} asked=${asked}>${(/** @type {any} */ page) => html`<${Ranked} page=${page} curves=${curves.value?.curves ?? null}
      start=${start} all=${layer.neurons} size=${Number(size)} setFrom=${setFrom} over=${scope?.text} />`}<//>
    ${neurons.length > 0 && html`<${One} audit=${audit} layer=${layer.name} neuron=${neurons[neurons.length - 1]} />`}`;
}

/** @param {any} props */
function Ranked({ page, curves, start, all, size, setFrom, over }) {
  const [ref, width] = useWidth();
  const name = useClassName();
  const { neurons } = useChoice();
  const names = page.items[0]?.measures ? Object.keys(page.items[0].measures) : [];
  const caption = `Ranks ${start + 1} to ${start + page.items.length} of ${counted(all, "neuron")} of ${short(page.layer)}, over ${over}.`;
  const sides = curves
    ? [{ name: `c(x, ${name(curves.benign.label, 14)}) and its band`, colour: "var(--benign)", shape: "line" },
       { name: `c(x′, ${name(curves.adversarial.label, 14)}) and its band`, colour: "var(--adversarial)", shape: "line" }]
    : [{ name: "for the benign class", colour: "var(--benign)" }, { name: "for the adversarial class", colour: "var(--adversarial)" }];
  return html`<div ref=${ref}>
    <${Figure} name="neurons" caption=${caption}><${NeuronStrip} page=${page} curves=${curves} start=${start} width=${width} /><//>
    ${names.length > 0 && html`<${Legend} items=${sides} />`}
    ${all > page.items.length && html`<p class="buttons">
      <button type="button" class="small" disabled=${start === 0} onClick=${() => setFrom(String(Math.max(0, start - size)))}>Ranks before</button>
      <button type="button" class="small" disabled=${page.next_cursor === null} onClick=${() => setFrom(page.next_cursor)}>Next ranks</button></p>`}
    <${TableBehind} caption=${caption} rows=${page.items} rowProps=${(/** @type {any} */ row) => (neurons.includes(row.neuron) ? { class: "chosen" } : {})}
      columns=${[
        { name: "neuron", of: (/** @type {any} */ row) => row.neuron },
        { name: "σ", of: (/** @type {any} */ row) => row.sensitivity },
        { name: "ratio", of: (/** @type {any} */ row) => row.ratio },
        ...names.map((key) => ({ name: MEASURES[key] ?? key, of: (/** @type {any} */ row) => valueOf(row, key) })),
      ]} />
  </div>`;
}

/** @param {{audit: import("../parts/view.js").Audit, layer: string, neuron: number}} props */
function One({ audit, layer, neuron }) {
  const [ref, width] = useWidth();
  const name = useClassName();
  const asked = useRead(neuronAddress(audit, layer, neuron));
  return html`<div ref=${ref}><h3>Neuron ${neuron}</h3>
    <${Answer} asked=${asked}>${(/** @type {any} */ { bands, origin }) => html`
      ${origin && html`<p class="hint">${short(origin, 80)}</p>`}
      ${bands ? html`
        <${Figure} name=${`neuron-${neuron}-bands`} caption="Mean contribution to each class over the benign images taken for it, and the band of 95 % of them">
          <${Bands} bands=${bands} width=${Math.min(width, 620)} /><//>
        <${TableBehind} caption=${`bands of neuron ${neuron}`} rows=${bands} columns=${[
          { name: "class", of: (/** @type {any} */ band) => name(band.label, 60) },
          { name: "images", of: (/** @type {any} */ band) => band.n },
          { name: "mean", of: (/** @type {any} */ band) => band.mean },
          { name: "low", of: (/** @type {any} */ band) => band.low },
          { name: "high", of: (/** @type {any} */ band) => band.high },
        ]} />` : html`<p class="hint">Bands are known of the neurons that the last layer reads.</p>`}`}<//>
  </div>`;
}

export default {
  id: "neurons",
  settings: ["measure", "shown", "from"],
  title: "Neuron vulnerability",
  shows: "Neurons from the most vulnerable on. Above: the measure. Below: how the attack changes their contributions to the benign and the adversarial class; of a chosen image, both contributions over the bands of the classes. Choosing neurons shows what excites them.",
  equation: "c_i(x, y) = a_i(x) W[y, i],  Σ_i c_i(x′, y) − c_i(x, y) = z_y(x′) − z_y(x)",
  source: "Visual Analytics of Neuron Vulnerability, neuron view; σ: SNS, Eq. 1",
  needs: { analysis: "neurons", what: "neurons" },
  Show,
};
