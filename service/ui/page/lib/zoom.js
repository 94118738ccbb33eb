/** How far a picture is zoomed, and onto what: it stands in the address once one has let go. */
import { useSetting } from "./choice.js";
import { useState } from "./html.js";
import { like } from "./rules.js";

/**
 * @typedef {object} Zoom
 * @property {number} k how often larger, 1 or more
 * @property {number} x middle of what is seen, as a share of the whole
 * @property {number} y
 */

export const MOST = 64;
const STEP = 1.5;
/** @type {Zoom} */
const ALL = { k: 1, x: 0.5, y: 0.5 };

/**
 * The nearest zoom that shows nothing beyond the edges.
 * @param {Zoom} zoom
 * @returns {Zoom}
 */
function within({ k, x, y }) {
  const held = Math.min(MOST, Math.max(1, k));
  const middle = (/** @type {number} */ at) => Math.min(1 - 0.5 / held, Math.max(0.5 / held, at));
  return { k: held, x: middle(x), y: middle(y) };
}

/** @param {string} text */
function parsed(text) {
  const [k, x, y] = text.split(",").map(Number);
  return text === "" ? ALL : within({ k, x, y });
}

const NUMBER = "(\\d{1,3}|\\d{0,3}\\.\\d{1,9})";
const RULE = like(new RegExp(`^${NUMBER},${NUMBER},${NUMBER}$`), "2,0.5,0.5: how often larger, and the middle of what is seen");

/**
 * The zoom of a picture.
 * @param {string} name of the setting
 * @returns {{zoom: Zoom, show: (zoom: Zoom) => void, keep: (zoom: Zoom) => void, larger: (times: number, at?: {x: number, y: number}) => Zoom}}
 *   show: for now, as while something is dragged; keep: in the address; larger: the zoom so many steps in, about a place
 */
export function useZoom(name) {
  const [text, setText] = useSetting(name, "", RULE);
  const [passing, pass] = useState(/** @type {Zoom | null} */ (null));
  const zoom = passing ?? parsed(text);
  const show = (/** @type {Zoom} */ wanted) => pass(within(wanted));
  const keep = (/** @type {Zoom} */ wanted) => {
    const { k, x, y } = within(wanted);
    pass(null);
    setText(k === 1 ? "" : [k, x, y].map((value) => String(Number(value.toFixed(4)))).join(","), { replace: true });
  };
  const larger = (/** @type {number} */ times, at = { x: zoom.x, y: zoom.y }) => {
    const k = Math.min(MOST, Math.max(1, zoom.k * STEP ** times));
    const stays = (/** @type {"x" | "y"} */ axis) => at[axis] + ((zoom[axis] - at[axis]) * zoom.k) / k;
    return within({ k, x: stays("x"), y: stays("y") });
  };
  return { zoom, show, keep, larger };
}
