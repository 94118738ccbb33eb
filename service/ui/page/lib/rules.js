/** What a setting in the address may be, and how that is said. */

/** @typedef {{holds: (text: string) => boolean, said: string}} Rule */

/**
 * @param {readonly string[]} values
 * @returns {Rule}
 */
export function oneOf(values) {
  return { holds: (text) => values.includes(text), said: `it may be ${values.join(", ")}` };
}

/**
 * A whole number.
 * @param {number} low
 * @param {number} [high]
 * @returns {Rule}
 */
export function whole(low, high = Infinity) {
  return {
    holds: (text) => /^\d{1,9}$/.test(text) && Number(text) >= low && Number(text) <= high,
    said: `it is a whole number from ${low} ${high === Infinity ? "on" : `to ${high}`}`,
  };
}

/** A share of one. @type {Rule} */
export const SHARE = {
  holds: (text) => /^(\d*\.)?\d+$/.test(text) && Number(text) <= 1,
  said: "it is a number from 0 to 1",
};

/**
 * Something that is written in a way.
 * @param {RegExp} pattern
 * @param {string} example
 * @returns {Rule}
 */
export function like(pattern, example) {
  return { holds: (text) => pattern.test(text), said: `it is written like ${example}` };
}
