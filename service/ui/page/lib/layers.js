/** The layers of an audit, and which one is looked at. */
import { address } from "./api.js";
import { useRead } from "./asking.js";
import { useChoice } from "./choice.js";

/** What sorts neurons, and how it is called. */
export const MEASURES = /** @type {Record<string, string>} */ ({
  cross: "adversarial − benign contribution",
  change: "change of the activation",
  benign_delta: "change for the benign class",
  adversarial_delta: "change for the adversarial class",
  benign_drop: "drop of the benign probability",
  adversarial_rise: "rise of the adversarial probability",
  deviation: "deviation from the class's band",
  map_benign: "field on the benign map",
  map_adversarial: "field on the adversarial map",
  sensitivity: "sensitivity σ",
  ratio: "ratio σ / |a|",
  neuron: "number",
});

/**
 * @param {import("../parts/view.js").Audit} audit
 * @returns {import("./asking.js").Asked}
 */
export function useLayers(audit) {
  return useRead(address(`${audit.at}/layers`, { limit: 1000 }));
}

/**
 * The address of one neuron. A layer's name may hold slashes, which a path cannot.
 * @param {import("../parts/view.js").Audit} audit
 * @param {string} layer
 * @param {number} neuron
 * @returns {string}
 */
export function neuronAddress(audit, layer, neuron) {
  const name = encodeURIComponent(layer.replaceAll("~", "~0").replaceAll("/", "~1"));
  return `${audit.at}/neurons/${name}/${neuron}`;
}

/**
 * Which images measures are over: the chosen image, else the fooled ones of the chosen cell, else all that were fooled.
 * @param {import("../parts/view.js").Audit} audit
 * @param {boolean} measured whether there are measures of images at all; sensitivities are over all pairs
 * @returns {{query: Record<string, number>, text: string} | null} null while that is not known
 */
export function useScope(audit, measured) {
  const { cell, image } = useChoice();
  const matrix = useRead(measured && cell && image === null ? `${audit.at}/matrix` : null);
  if (!measured) return { query: {}, text: "all pairs" };
  if (image !== null) return { query: { index: image }, text: `image ${image}` };
  if (!cell) return { query: {}, text: "all fooled images" };
  if (!matrix.value) return null;
  const { label, adversarial } = cell;
  const found = matrix.value.cells.find((/** @type {any} */ one) => one.label === label && one.adversarial === adversarial);
  if (!found?.fooled) return { query: {}, text: "all fooled images (the chosen cell has none)" };
  return { query: { label, adversarial }, text: `the ${found.fooled} fooled images of the chosen cell` };
}
