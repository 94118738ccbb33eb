/** Sheets: the small pictures of several images, which come in one answer. */
import { address, file } from "./api.js";
import { useAsking } from "./asking.js";

/**
 * @typedef {object} Sheet
 * @property {ImageBitmap} picture a row an image, a column a picture
 * @property {number} width of one picture
 * @property {number} height
 * @property {(index: number, what: string) => {x: number, y: number} | null} place where a picture begins
 */

/** Sheets that are kept. */
const KEPT = 24;
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
  if (kept.size > KEPT) kept.delete(/** @type {string} */ (kept.keys().next().value));
  return found.asked;
}

/** Forget every sheet: somebody else may be signed in from now on. */
export function forgetSheets() {
  kept.clear();
}

/**
 * @param {string} url
 * @returns {Promise<Sheet>}
 */
async function load(url) {
  const picture = await createImageBitmap(await file(url));
  const query = new URL(url, location.href).searchParams;
  const [images, pictures] = ["images", "pictures"].map((name) => (query.get(name) ?? "").split(","));
  const [width, height] = [picture.width / pictures.length, picture.height / images.length];
  return {
    picture, width, height,
    place: (index, what) => {
      const [row, column] = [images.indexOf(String(index)), pictures.indexOf(what)];
      return row < 0 || column < 0 ? null : { x: column * width, y: row * height };
    },
  };
}

/**
 * @param {string | null} url
 * @returns {import("./asking.js").Asked}
 */
export function useSheet(url) {
  return useAsking(url, () => readSheet(/** @type {string} */ (url)), () => kept.get(/** @type {string} */ (url))?.value);
}
