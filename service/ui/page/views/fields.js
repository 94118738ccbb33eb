/** Receptive fields: which images excite the chosen neurons, where in them, and where the attack acts. */
import { address } from "../lib/api.js";
import { useRead } from "../lib/asking.js";
import { choose, useChoice, useSetting } from "../lib/choice.js";
import { useClassName } from "../lib/classes.js";
import { number, short } from "../lib/format.js";
import { html } from "../lib/html.js";
import { moveByKeys } from "../lib/keys.js";
import { neuronAddress, useLayers } from "../lib/layers.js";
import { NAMES } from "../lib/names.js";
import { SHARE } from "../lib/rules.js";
import { sheetAddress, useSheet } from "../lib/sheets.js";
import { small } from "../lib/small.js";
import { Answer } from "../parts/answer.js";
import { Select, Slider } from "../parts/controls.js";
import { Cropped } from "../parts/cropped.js";
import { OnceNear } from "../parts/once-near.js";
import { TableBehind } from "../parts/table.js";

/** Neurons that are shown one by one; the picture of all of them together takes up to 64. */
const MOST = 3;
const IMAGES = 6;
const SIDES = ["benign", "adversarial"];
/** Pixels that a neuron's images take, about. */
const HEIGHT = 1000;
const MODES = /** @type {[string, string][]} */ ([["union", "any of them (union)"], ["intersection", "all of them (intersection)"]]);

/** @param {{audit: import("../parts/view.js").Audit}} props */
function Show({ audit }) {
  const { neurons } = useChoice();
  const asked = useLayers(audit);
  return html`<${Answer} asked=${asked}>${(/** @type {any} */ { items }) => (neurons.length === 0
    ? html`<p class="hint">Choose a neuron, above or in a cluster, to see what excites it.</p>`
    : html`<${Fields} audit=${audit} layers=${items} />`)}<//>`;
}

/** @param {{audit: import("../parts/view.js").Audit, layers: any[]}} props */
function Fields({ audit, layers }) {
  const { neurons, layer: wanted, image } = useChoice();
  const read = layers.find(({ measures }) => measures.length > 0);
  const layer = layers.find(({ name }) => name === wanted) ?? read ?? layers[layers.length - 1];
  const shade = useShade();
  if (!read || layer.name !== read.name) {
    return html`<p class="hint">Images are known of the neurons that the last layer reads${read ? ` (${short(read.name)})` : ""}.</p>`;
  }
  return html`
    <${Shading} shade=${shade} many=${neurons.length > 1} />
    ${image !== null && html`<${InImage} audit=${audit} index=${image} neurons=${neurons} query=${shade.query} />`}
    ${neurons.slice(0, MOST).map((neuron, i) => html`<${OfNeuron} key=${neuron} first=${i === 0} audit=${audit} layer=${layer.name} neuron=${neuron} query=${shade.query} />`)}
    ${neurons.length > MOST && html`<p class="hint">${neurons.length - MOST} more are chosen: their fields are in the picture of all of them.</p>`}`;
}

/** How fields are laid over an image; each number is in the address. */
function useShade() {
  const [mode, setMode] = useSetting("fields.mode", "union", MODES.map(([key]) => key));
  const [threshold, setThreshold] = useSetting("fields.threshold", "0.25", SHARE);
  const [visibility, setVisibility] = useSetting("fields.visibility", "0.2", SHARE);
  const [opacity, setOpacity] = useSetting("fields.opacity", "0.3", SHARE);
  const query = { mode, threshold: Number(threshold), visibility: Number(visibility), opacity: Number(opacity) };
  return { query, setMode, setThreshold, setVisibility, setOpacity };
}

/** @param {any} props */
function Shading({ shade, many }) {
  const { query } = shade;
  const slider = (/** @type {string} */ label, /** @type {number} */ value, /** @type {any} */ set) => html`<${Slider} label=${label} value=${value}
    min=${0} max=${1} step=${0.05} shown=${value.toFixed(2)} onInput=${(/** @type {number} */ x) => set(String(x), { replace: true })} />`;
  return html`<div class="controls">
    ${many && html`<${Select} label="Fields of" value=${query.mode} options=${MODES} onChange=${shade.setMode} />`}
    ${slider("From this share of the maximum", query.threshold, shade.setThreshold)}
    ${slider("Brightness outside", query.visibility, shade.setVisibility)}
    ${slider("Colour inside", query.opacity, shade.setOpacity)}
  </div>`;
}

/** The fields of all chosen neurons in the chosen image, and the two maps of where the attack acts. */
function InImage(/** @type {any} */ { audit, index, neurons, query }) {
  const asked = useRead(`${audit.at}/images/${index}`);
  return html`<${Answer} asked=${asked}>${(/** @type {any} */ image) => {
    const maps = image.pictures.filter((/** @type {any} */ { what }) => what.startsWith("map-"));
    const fields = image.fields ? ["benign", "adversarial"].map((side) => ({
      what: `field, ${side}`,
      href: address(`${audit.at}/images/${index}/field-${side}.png`, { neurons: neurons.join(","), ...query }),
      alt: `Image ${index}, ${side}: where ${query.mode === "union" ? "any" : "all"} of the neurons ${neurons.join(", ")} are excited`,
    })) : [];
    return html`<h3>Image ${index}</h3>
      ${fields.length + maps.length === 0 && html`<p class="hint">This image has no activation maps: fooled images of an audit with <code>"vulnerability": {"window": "auto"}</code> do, where the neurons have places.</p>`}
      <div class="images large">${[...fields, ...maps].map(({ what, href, alt }) => html`<figure class="one" key=${what}>
        <img class="pixels" src=${small(href)} alt=${alt} width="128" height="128" />
        <figcaption>${NAMES[what] ?? what} <a href=${href} download=${`image-${index}-${what.replace(", ", "-")}.png`}>save</a></figcaption></figure>`)}</div>`;
  }}<//>`;
}

/** The first neuron's images are asked for at once, those of others when somebody looks or nothing else is asked for. */
function OfNeuron(/** @type {any} */ { first, audit, layer, neuron, query }) {
  const images = html`<${ExcitingBoth} audit=${audit} layer=${layer} neuron=${neuron} query=${query} />`;
  return html`<h3>Neuron ${neuron}: the images that excite it most</h3>${first ? images : html`<${OnceNear} height=${HEIGHT}>${images}<//>`}`;
}

/** @param {any} props */
function ExcitingBoth({ audit, layer, neuron, query }) {
  const asked = useRead(neuronAddress(audit, layer, neuron));
  const room = asked.pending && !asked.value ? { minHeight: `${HEIGHT}px` } : {}; // else what comes below would be in sight until then
  return html`<div style=${room}><${Answer} asked=${asked}>${(/** @type {any} */ { images }) => html`<${Sides} audit=${audit} neuron=${neuron} images=${images} query=${query} />`}<//></div>`;
}

/** Both sides; their pictures come on one sheet. */
function Sides(/** @type {any} */ { audit, neuron, images, query }) {
  const shown = [...new Set(SIDES.flatMap((side) => images[side].slice(0, IMAGES).filter((/** @type {any} */ item) => cropped(item, side)).map((/** @type {any} */ { index }) => index)))];
  const sheet = useSheet(sheetAddress(audit.at, shown, SIDES)).value;
  return SIDES.map((side) => html`<${Exciting} key=${side} audit=${audit} neuron=${neuron} side=${side} images=${images[side]} sheet=${sheet} query=${query} />`);
}

/**
 * Whether an image is shown as it is: where it has fields, these are drawn over it, a picture each.
 * @param {any} item
 * @param {string} side
 */
function cropped(item, side) {
  return !item.fields && item.pictures.some((/** @type {any} */ { what }) => what === side);
}

/** @param {any} props */
function Exciting({ audit, neuron, side, images, sheet, query }) {
  const name = useClassName();
  const { image: chosen } = useChoice();
  const shown = images.slice(0, IMAGES);
  const title = `${side === "benign" ? "Benign" : "Adversarial"} images that excite neuron ${neuron} most`;
  const source = (/** @type {any} */ item) => item.fields
    ? { href: address(`${audit.at}/images/${item.index}/field-${side}.png`, { neurons: neuron, ...query }), alt: `Image ${item.index}, ${side}: where neuron ${neuron} is excited` }
    : item.pictures.find((/** @type {any} */ { what }) => what === side);
  return html`<p class="hint">${side === "benign" ? "benign" : "under attack"}</p>
    <div class="images small" role="listbox" aria-label=${title} onKeyDown=${moveByKeys}>
      ${shown.map((/** @type {any} */ item, /** @type {number} */ i) => {
        const picture = source(item);
        return html`<div key=${item.index} class="image" role="option" data-index=${item.index} data-at=${`${i},0`} tabindex=${i === 0 ? 0 : -1}
            aria-selected=${item.index === chosen ? "true" : "false"} onClick=${() => choose({ image: item.index === chosen ? null : item.index })}>
          ${cropped(item, side) ? html`<${Cropped} sheet=${sheet} index=${item.index} what=${side} alt=${picture.alt} />` : picture && html`<img class="pixels" src=${small(picture.href)} alt=${picture.alt} loading="lazy" width="128" height="128" />`}
          <div>Image ${item.index}</div><div>${name(item.label, 14)}</div>
          <div>${number(item.activation)}, attacked ${number(item.activation_adv)}</div>
        </div>`;
      })}
    </div>
    <${TableBehind} caption=${title} rows=${images} columns=${[
      { name: "image", of: (/** @type {any} */ item) => item.index },
      { name: "true", of: (/** @type {any} */ item) => name(item.label, 60) },
      { name: "activation", of: (/** @type {any} */ item) => item.activation },
      { name: "under attack", of: (/** @type {any} */ item) => item.activation_adv },
      { name: "picture", of: (/** @type {any} */ item) => source(item)?.href ?? null, show: (/** @type {string | null} */ href, /** @type {any} */ item) => href
        && html`<a href=${href} download=${`image-${item.index}-${side}-neuron-${neuron}.png`}>save</a>` },
    ]} />`;
}

export default {
  id: "fields",
  settings: ["mode", "threshold", "visibility", "opacity"],
  title: "Receptive fields",
  shows: "What the chosen neurons look for: the images, benign and under attack, that excite each most, and where in them; of a chosen image also which windows lower the benign and raise the adversarial probability.",
  equation: "field of i in x = {p : A_i(x)_p ≥ t max A_i(x)},  V_b(u) = P_yb(x) − P_yb(x with u from x′)",
  source: "Visual Analytics of Neuron Vulnerability, receptive fields; formulas reconstructed",
  needs: { analysis: "neurons", what: "neurons" },
  Show,
};
