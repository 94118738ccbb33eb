/** d3 is one classic script that the document loads before all modules; here it has a type. */

/** @type {typeof import("d3")} */
const d3 = /** @type {any} */ (globalThis).d3;
export default d3;
