/** Sheets: the small pictures of several images, which come in one answer. */
import { address, file } from "./api.js";
import { useAsking } from "./asking.js";

/**
 * @typedef {object} Sheet
 * @property {HTMLImageElement} picture a row an image, a column a picture
 * @property {number} width of one picture
 * @property {number} height
 * @property {(index: number, what: string) => {x: number, y: number} | null} place where a picture begins
 */

/** Sheets that are kept. */
const KEPT = 64;
/** @type {Map<string, {asked: Promise<Sheet>, value: Sheet | undefined}>} */
const kept = new Map();

/**
 * What a sheet is asked by.
 * @param {string} at the audit's address
 * @param {number[]} images by their numbers
 * @param {string[]} pictures by their names
 * @returns {string | null} null for nothing to ask
 */
export function sheetAddress(at, images, pictures) {
  if (images.length === 0 || pictures.length === 0) return null;
  return address(`${at}/sheet.png`, { images: images.join(","), pictures: pictures.join(",") });
}

/**
 * Get a sheet; who asks for one again gets the one that is there.
 * @param {string} url as `sheetAddress` gives it
 * @returns {Promise<Sheet>}
 */
export function readSheet(url) {
  const there = kept.get(url);
  const found = there ?? { asked: load(url), value: undefined };
  if (!there) found.asked.then((sheet) => (found.value = sheet), () => kept.delete(url));
  kept.delete(url); // the one longest unasked goes first
  kept.set(url, found);
  if (kept.size > KEPT) drop(/** @type {string} */ (kept.keys().next().value));
  return found.asked;
}

/** Forget every sheet: somebody else may be signed in from now on. */
export function forgetSheets() {
  for (const url of [...kept.keys()]) drop(url);
}

/** @param {string} url */
function drop(url) {
  const found = kept.get(url)?.value;
  if (found) URL.revokeObjectURL(found.picture.src);
  kept.delete(url);
}

/**
 * @param {string} url
 * @returns {Promise<Sheet>}
 */
async function load(url) {
  const picture = new Image();
  picture.src = URL.createObjectURL(await file(url));
  await picture.decode();
  const query = new URL(url, location.href).searchParams;
  const [images, pictures] = ["images", "pictures"].map((name) => (query.get(name) ?? "").split(","));
  const [width, height] = [picture.naturalWidth / pictures.length, picture.naturalHeight / images.length];
  return {
    picture, width, height,
    place: (index, what) => {
      const [row, column] = [images.indexOf(String(index)), pictures.indexOf(what)];
      return row < 0 || column < 0 ? null : { x: column * width, y: row * height };
    },
  };
}

/**
 * One picture of a sheet as a file in its address, for drawings that are saved as they are.
 * @param {Sheet} sheet
 * @param {number} index
 * @param {string} what
 * @returns {string | null} null where the sheet has none such
 */
export function pictureAddress({ picture, width, height, place }, index, what) {
  const found = place(index, what);
  if (!found) return null;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  canvas.getContext("2d")?.drawImage(picture, found.x, found.y, width, height, 0, 0, width, height);
  return canvas.toDataURL();
}

/**
 * @param {string | null} url
 * @returns {import("./asking.js").Asked}
 */
export function useSheet(url) {
  return useAsking(url, () => readSheet(/** @type {string} */ (url)), () => kept.get(/** @type {string} */ (url))?.value);
}
