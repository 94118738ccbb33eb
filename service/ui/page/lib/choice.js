/**
 * What is chosen in an audit. It stands in the query of the address (`cell=3-5&image=17&neurons=4,9&layer=…`), so that
 * choosing anything filters every view, a link shows the same to somebody else, and back goes back.
 */
import { counted } from "./format.js";
import { createContext, useContext, useMemo } from "./html.js";
import { useAmiss } from "./amiss.js";
import { go, here, usePlace } from "./location.js";
import { oneOf } from "./rules.js";

/** @typedef {{label: number, adversarial: number}} Cell */
/**
 * @typedef {object} Choice
 * @property {Cell | null} cell a cell of the prediction matrix
 * @property {number | null} image an image, by its number in the data set
 * @property {number[]} neurons neurons of the layer that the last layer reads
 * @property {string | null} layer
 * @property {number | null} cluster a cluster of the present cut
 */

/**
 * Read a choice from a query; what is no choice is none.
 * @param {URLSearchParams} query
 * @returns {Choice}
 */
export function choiceOf(query) {
  const cell = /^(\d{1,7})-(\d{1,7})$/.exec(query.get("cell") ?? "");
  const neurons = (query.get("neurons") ?? "").split(",").map(whole).filter((m) => m !== null);
  return {
    cell: cell ? { label: Number(cell[1]), adversarial: Number(cell[2]) } : null,
    image: whole(query.get("image")),
    neurons: [...new Set(/** @type {number[]} */ (neurons))].slice(0, 64),
    layer: query.get("layer") || null,
    cluster: whole(query.get("cluster")),
  };
}

/**
 * What an address says that is no choice, such as `image=abc`: nothing is chosen by it.
 * @param {URLSearchParams} query
 * @param {number | null} classes how many the model has; null while that is not known
 * @returns {[string, string][]} names, and what would be right
 */
export function noChoices(query, classes) {
  const { cell, image, neurons, cluster } = choiceOf(query);
  const outside = cell !== null && classes !== null && Math.max(cell.label, cell.adversarial) >= classes;
  const asked = (query.get("neurons") ?? "").split(",").filter(Boolean);
  /** @type {[string, boolean, string][]} */
  const wrong = [
    ["cell", cell === null || outside, outside ? `there are ${counted(classes, "class")}, 0 to ${classes - 1}` : "a cell is two classes, such as 3-5"],
    ["image", image === null, "an image is a number"],
    ["neurons", neurons.length !== new Set(asked).size, "neurons are numbers with commas between them, 64 at most"],
    ["cluster", cluster === null, "a cluster is a number"],
  ];
  return wrong.filter(([name, is]) => is && query.get(name)).map(([name, , said]) => [name, said]);
}

/**
 * Names in an address that mean nothing to a page, and names that stand there more than once.
 * @param {URLSearchParams} query
 * @param {readonly string[]} known
 * @returns {[string, string][]} names, and what is wrong with them
 */
export function strangeNames(query, known) {
  return [...new Set(query.keys())].flatMap((name) => {
    if (!known.includes(name)) return [/** @type {[string, string]} */ ([name, "there is nothing of this name here"])];
    return query.getAll(name).length > 1 ? [/** @type {[string, string]} */ ([name, "it is said more than once: the first counts"])] : [];
  });
}

/** @type {readonly string[]} */
export const CHOICES = ["cell", "image", "neurons", "layer", "cluster"];

/**
 * @param {string | null} text
 * @returns {number | null}
 */
function whole(text) {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** @type {Record<keyof Choice, (choice: any) => string | null>} */
const WRITTEN = {
  cell: (cell) => cell && `${cell.label}-${cell.adversarial}`,
  image: (image) => (image === null ? null : String(image)),
  neurons: (neurons) => neurons.join(","),
  layer: (layer) => layer,
  cluster: (cluster) => (cluster === null ? null : String(cluster)),
};

/**
 * Choose something; the rest stays as it is. null or nothing takes a choice back.
 * @param {Partial<Choice>} changes
 * @param {{replace?: boolean}} [options]
 */
export function choose(changes, options) {
  const written = Object.entries(changes).map(([name, value]) => [
    name,
    WRITTEN[/** @type {keyof Choice} */ (name)](value),
  ]);
  setQuery(Object.fromEntries(written), options);
}

/**
 * Change the query of the address; null or the empty text takes a name away.
 * @param {Record<string, string | null>} changes
 * @param {{replace?: boolean}} [options]
 */
export function setQuery(changes, options) {
  const { path, query, hash } = here();
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString().replaceAll("%2C", ",");
  go(path + (text ? `?${text}` : "") + hash, options);
}

/** The query that the views below see; off screen it may lag behind the address. */
export const Query = createContext(new URLSearchParams());

/** @returns {Choice} what is chosen */
export function useChoice() {
  const query = useContext(Query);
  return useMemo(() => choiceOf(query), [query]);
}

/**
 * A setting of a view that stands in the address.
 * @param {string} name
 * @param {string} usual what holds where the address says nothing, or nothing that it may be
 * @param {readonly string[] | import("./rules.js").Rule} [allowed] what it may be
 * @returns {[string, (value: string, options?: {replace?: boolean}) => void]}
 */
export function useSetting(name, usual, allowed) {
  const found = useContext(Query).get(name);
  const rule = Array.isArray(allowed) ? oneOf(allowed) : /** @type {import("./rules.js").Rule | undefined} */ (allowed);
  const wrong = found !== null && rule !== undefined && !rule.holds(found);
  useAmiss(name, wrong ? rule.said : null);
  return [found === null || wrong ? usual : found, (wanted, options) => setQuery({ [name]: wanted === usual ? null : wanted }, options)];
}

export { usePlace };
