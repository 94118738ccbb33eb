/** Saving what a figure shows as a file that needs nothing else. */

/** Properties that style sheets give to marks, and that a lone picture must carry itself. */
const CARRIED = [
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "opacity", "font-family",
  "font-size", "font-weight", "text-anchor", "dominant-baseline", "visibility", "image-rendering",
];

/**
 * A copy of a picture on the page's background, with its styles written into it.
 * @param {SVGSVGElement} picture
 * @returns {Promise<SVGSVGElement>}
 */
async function alone(picture) {
  const copy = /** @type {SVGSVGElement} */ (picture.cloneNode(true));
  const [from, to] = [[picture, ...picture.querySelectorAll("*")], [copy, ...copy.querySelectorAll("*")]];
  from.forEach((element, i) => {
    const style = getComputedStyle(element);
    for (const name of CARRIED) to[i].setAttribute(name, style.getPropertyValue(name));
    for (const name of ["class", "tabindex", "style"]) to[i].removeAttribute(name);
  });
  const { width, height } = sizeOf(picture);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("viewBox", picture.getAttribute("viewBox") ?? `0 0 ${width} ${height}`);
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  ground.setAttribute("width", "100%");
  ground.setAttribute("height", "100%");
  ground.setAttribute("fill", getComputedStyle(document.body).backgroundColor);
  copy.prepend(ground);
  await Promise.all([...copy.querySelectorAll("image")].map(embed));
  return copy;
}

/**
 * Write the bytes of a picture within a picture into it: a file has no address to load it from.
 * @param {SVGImageElement} image
 */
async function embed(image) {
  const href = image.getAttribute("href");
  if (!href || href.startsWith("data:")) return;
  const bytes = await (await fetch(href)).blob();
  const reader = new FileReader();
  await new Promise((resolve, reject) => {
    reader.onload = resolve;
    reader.onerror = reject;
    reader.readAsDataURL(bytes);
  });
  image.setAttribute("href", String(reader.result));
}

/**
 * @param {Element} element
 * @returns {{width: number, height: number}} in pixels
 */
function sizeOf(element) {
  const box = element.getBoundingClientRect();
  return { width: Math.max(1, Math.round(box.width)), height: Math.max(1, Math.round(box.height)) };
}

/**
 * The picture of a figure as an SVG file. What is drawn on a canvas beneath the marks becomes an image in it.
 * @param {Element} figure holds an `svg`, and perhaps a `canvas` beneath it
 * @returns {Promise<Blob>}
 */
export async function asSvg(figure) {
  const picture = /** @type {SVGSVGElement} */ (figure.querySelector("svg.picture"));
  const copy = await alone(picture);
  const canvas = figure.querySelector("canvas");
  if (canvas) {
    const [outer, inner] = [picture.getBoundingClientRect(), canvas.getBoundingClientRect()];
    const image = document.createElementNS("http://www.w3.org/2000/svg", "image");
    const place = { x: inner.x - outer.x, y: inner.y - outer.y, width: inner.width, height: inner.height };
    for (const [name, value] of Object.entries(place)) image.setAttribute(name, String(value));
    image.setAttribute("href", canvas.toDataURL());
    copy.insertBefore(image, copy.children[1] ?? null);
  }
  return new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" });
}

/**
 * The picture of a figure as a PNG file, twice as fine as the screen shows it.
 * @param {Element} figure
 * @returns {Promise<Blob>}
 */
export async function asPng(figure) {
  const { width, height } = sizeOf(/** @type {Element} */ (figure.querySelector("svg.picture")));
  const url = URL.createObjectURL(await asSvg(figure));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [2 * width, 2 * height];
    /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).drawImage(image, 0, 0, 2 * width, 2 * height);
    return await new Promise((resolve) => canvas.toBlob((blob) => resolve(/** @type {Blob} */ (blob)), "image/png"));
  } finally {
    URL.revokeObjectURL(url);
  }
}

/**
 * Give the reader a file.
 * @param {Blob} blob
 * @param {string} name
 */
export function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
