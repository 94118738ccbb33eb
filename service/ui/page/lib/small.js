/** Pictures of images, as they are stored: the page enlarges them itself, and a picture of 32 × 32 pixels is soon there. */

/**
 * The address of a picture, pixel by pixel.
 * @param {string} href as the API says it, with which a pixel becomes several
 * @returns {string}
 */
export function small(href) {
  return `${href}${href.includes("?") ? "&" : "?"}scale=1`;
}
