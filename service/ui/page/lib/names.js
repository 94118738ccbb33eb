/** What pictures are called. @type {Record<string, string>} */
export const NAMES = { "map-benign": "benign probability decrease", "map-adversarial": "adversarial probability increase" };
