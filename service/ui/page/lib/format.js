/** Numbers, times and names as people read them. */

/**
 * A share in percent.
 * @param {number | null | undefined} share in [0, 1]
 * @param {number} [digits] behind the point
 * @returns {string}
 */
export function percent(share, digits = 1) {
  return share === null || share === undefined ? "–" : `${(100 * share).toFixed(digits)} %`;
}

/** The quantile of the normal distribution for 95 %. */
const Z = 1.959963984540054;

/**
 * The 95 % interval of a share, as the report has it (Wilson 1927), in percent; nothing where there is no share.
 * @param {number | null | undefined} share of `n`, in [0, 1]
 * @param {number} n
 * @returns {string}
 */
export function interval(share, n) {
  if (share === null || share === undefined || n < 1) return "";
  const around = share + Z ** 2 / (2 * n);
  const half = Z * Math.sqrt((share * (1 - share)) / n + Z ** 2 / (4 * n ** 2));
  const [low, high] = [around - half, around + half].map((end) => 100 * Math.min(1, Math.max(0, end / (1 + Z ** 2 / n))));
  return `[${low.toFixed(1)}, ${high.toFixed(1)}]`;
}

/** Norms as people read them. */
const NORMS = /** @type {Record<string, string>} */ ({ linf: "L∞", l2: "L2", l1: "L1", l0: "L0" });

/** Larger numbers of grey levels are not written as a fraction of 255. */
const MOST_LEVELS = 128;

/**
 * A radius as people write it, and as reports do: its digits, if six of them say all of it; else k/255, if it is that.
 * @param {number | string} eps a fraction as it was written, or a number
 * @returns {string}
 */
export function radius(eps) {
  if (typeof eps === "string") return visible(eps);
  const [digits, levels] = [Number(eps.toPrecision(6)), Math.round(255 * eps)];
  return digits !== eps && levels >= 1 && levels <= MOST_LEVELS && levels / 255 === eps ? `${levels}/255` : String(digits);
}

/**
 * An attack of a request, with what decides how strong it is.
 * @param {{name: string, norm?: string, eps?: number | string | null, steps?: number}} attack
 * @returns {string}
 */
export function attackText({ name, norm, eps, steps }) {
  const facts = [norm && (NORMS[norm] ?? norm), eps !== null && eps !== undefined && `ε\u00a0=\u00a0${radius(eps)}`, steps !== undefined && counted(steps, "step")];
  return [name.toUpperCase(), ...facts.filter(Boolean)].join(", ");
}

/**
 * A number with a few significant digits.
 * @param {number | null | undefined} value
 * @param {number} [digits]
 * @returns {string}
 */
export function number(value, digits = 3) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6)) return value.toExponential(digits - 1);
  return String(Number(value.toPrecision(digits))).replace("-", "−");
}

/**
 * A count, in groups of three.
 * @param {number} n
 * @returns {string}
 */
export function count(n) {
  return n.toLocaleString("en");
}

/**
 * ``1 image``, ``2 images``, ``1,000 classes``.
 * @param {number} n
 * @param {string} noun as it is for one
 * @returns {string}
 */
export function counted(n, noun) {
  if (n === 1) return `1 ${noun}`;
  const many = /(s|x|(?<!epo)ch|sh)$/.test(noun) ? `${noun}es` : /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${count(n)} ${many}`;
}

/**
 * A moment, short; in the reader's time zone.
 * @param {string | null | undefined} text RFC 3339
 * @returns {string}
 */
export function moment(text) {
  if (!text) return "–";
  const pad = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const at = new Date(text);
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())} ${pad(at.getHours())}:${pad(at.getMinutes())}`;
}

/**
 * Seconds as people say them.
 * @param {number} seconds
 * @returns {string}
 */
export function duration(seconds) {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/**
 * Bytes as people say them.
 * @param {number} bytes
 * @returns {string}
 */
export function size(bytes) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let step = 0;
  for (; bytes >= 1024 && step < units.length - 1; step++) bytes /= 1024;
  return `${step && bytes < 100 ? bytes.toFixed(1) : Math.round(bytes)} ${units[step]}`;
}

/** Control characters, ends of lines and marks of direction, with which a name could look like another. */
const UNSEEN = /[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/**
 * A name from outside on one line, with everything that is not seen written as an escape.
 * @param {string} text
 * @returns {string}
 */
export function visible(text) {
  return text.replace(UNSEEN, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * A name, cut where it is too long to show.
 * @param {string} text
 * @param {number} most characters
 * @returns {string}
 */
export function short(text, most = 24) {
  const shown = visible(text);
  return shown.length > most ? `${shown.slice(0, most - 1)}…` : shown;
}
