/** Points of a plane: where they are, which is nearest, and drawing them. All places are shares of the plane's extent. */
import d3 from "../lib/d3.js";

/**
 * @typedef {object} Group points of one look
 * @property {string} colour
 * @property {"dot" | "cross"} shape
 * @property {number[]} rows
 */
/** @typedef {{left: number, top: number, w: number, h: number}} Area the part of a picture that points are in, in pixels */
/**
 * @typedef {object} Seen what a zoom shows
 * @property {[number, number]} x shares from left to right
 * @property {[number, number]} y from top to bottom
 * @property {(x: number, y: number) => [number, number]} pixel of a share
 * @property {(px: number, py: number) => {x: number, y: number}} share of a pixel
 * @property {(x: number, y: number) => boolean} holds whether a share is seen
 */

const MARGIN = 12;

/**
 * @param {number} width
 * @param {number} height
 * @param {boolean} axes whether there are axes beside it
 * @returns {Area}
 */
export function box(width, height, axes) {
  const [left, top, foot] = axes ? [52, 20, 36] : [MARGIN, MARGIN, MARGIN];
  return { left, top, w: Math.max(1, width - left - MARGIN), h: Math.max(1, height - top - foot) };
}

/**
 * Points as shares of their extent, from the left and from the top: x₀, y₀, x₁, …
 * @param {{x: ArrayLike<number>, y: ArrayLike<number>}} points
 * @param {boolean} axes whether zero is to be among what is seen
 * @returns {Float64Array}
 */
export function placed({ x, y }, axes) {
  const found = new Float64Array(2 * x.length);
  const [[left, right], [low, high]] = [span(x, axes), span(y, axes)];
  const [wide, tall] = [right - left, high - low];
  for (let i = 0; i < x.length; i++) {
    found[2 * i] = (x[i] - left) / wide;
    found[2 * i + 1] = (high - y[i]) / tall;
  }
  return found;
}

/**
 * From where to where a quantity goes; never nowhere.
 * @param {ArrayLike<number>} values
 * @param {boolean} zero whether it goes through zero
 * @returns {[number, number]}
 */
export function span(values, zero) {
  const [low = 0, high = 1] = d3.extent(/** @type {number[]} */ (values));
  const [from, to] = zero ? [Math.min(0, low), Math.max(0, high)] : [low, high];
  return to > from ? [from, to] : [from - (zero ? 0 : 0.5), from + (zero ? 1 : 0.5)];
}

/**
 * @param {import("../lib/zoom.js").Zoom} zoom
 * @param {Area} area
 * @returns {Seen}
 */
export function seen({ k, x, y }, { left, top, w, h }) {
  const [x0, y0] = [x - 0.5 / k, y - 0.5 / k];
  return {
    x: [x0, x0 + 1 / k],
    y: [y0, y0 + 1 / k],
    pixel: (sx, sy) => [left + (sx - x0) * k * w, top + (sy - y0) * k * h],
    share: (px, py) => ({ x: x0 + (px - left) / (k * w), y: y0 + (py - top) / (k * h) }),
    holds: (sx, sy) => sx >= x0 && sx <= x0 + 1 / k && sy >= y0 && sy <= y0 + 1 / k,
  };
}

/**
 * What finds the nearest point that is drawn. Points lie in a grid of squares, so that only those around a place are looked
 * at: it is made when it is first asked, in a few milliseconds for tens of thousands.
 * @param {Float64Array} shares
 * @param {Group[]} groups
 * @param {Area} area
 * @returns {(place: {x: number, y: number}, within: number) => number} the point, −1 where none is within so many pixels
 */
export function nearest(shares, groups, area) {
  /** @type {Squares | null} */
  let squares = null;
  return ({ x, y }, within) => {
    squares ??= sorted(shares, groups, area);
    const { across, down, starts, rows } = squares;
    const [px, py] = [x * area.w, y * area.h];
    const [left, right] = [clamp((px - within) / SQUARE, across), clamp((px + within) / SQUARE, across)];
    const [top, bottom] = [clamp((py - within) / SQUARE, down), clamp((py + within) / SQUARE, down)];
    let [best, least] = [-1, within];
    for (let line = top; line <= bottom; line++) {
      for (let i = starts[line * across + left]; i < starts[line * across + right + 1]; i++) {
        const row = rows[i];
        const far = Math.hypot(shares[2 * row] * area.w - px, shares[2 * row + 1] * area.h - py);
        if (far < least) [best, least] = [row, far];
      }
    }
    return best;
  };
}

/** Pixels of a side of a square. */
const SQUARE = 12;

/** @typedef {{across: number, down: number, starts: Int32Array, rows: Int32Array}} Squares starts: of each square, and the end */

/**
 * Rows by the square that they lie in, line by line.
 * @param {Float64Array} shares
 * @param {Group[]} groups
 * @param {Area} area
 * @returns {Squares}
 */
function sorted(shares, groups, { w, h }) {
  const [across, down] = [Math.ceil(w / SQUARE) + 1, Math.ceil(h / SQUARE) + 1];
  const square = (/** @type {number} */ row) =>
    clamp((shares[2 * row + 1] * h) / SQUARE, down) * across + clamp((shares[2 * row] * w) / SQUARE, across);
  const starts = new Int32Array(across * down + 1);
  for (const group of groups) for (const row of group.rows) starts[square(row) + 1]++;
  for (let i = 1; i < starts.length; i++) starts[i] += starts[i - 1];
  const [next, rows] = [starts.slice(), new Int32Array(starts[starts.length - 1])];
  for (const group of groups) for (const row of group.rows) rows[next[square(row)]++] = row;
  return { across, down, starts, rows };
}

/**
 * @param {number} at
 * @param {number} count
 */
function clamp(at, count) {
  return Math.min(count - 1, Math.max(0, Math.floor(at)));
}

/**
 * The nearest point of another thing in the direction of an arrow key; without a chosen thing the first; −1 for none.
 * @param {Float64Array} shares
 * @param {Group[]} groups
 * @param {number} items
 * @param {number} from the chosen thing
 * @param {string} key
 */
export function neighbour(shares, groups, items, from, key) {
  const directions = /** @type {Record<string, [number, number]>} */ ({ ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] });
  const direction = directions[key];
  const rows = groups.flatMap((group) => group.rows);
  if (!direction || rows.length === 0) return -1;
  const start = rows.find((row) => row % items === from);
  if (start === undefined) return rows[0];
  const [dx, dy] = direction;
  let [best, least] = [-1, Infinity];
  for (const row of rows) {
    const [x, y] = [shares[2 * row] - shares[2 * start], shares[2 * row + 1] - shares[2 * start + 1]];
    const [along, across] = [x * dx + y * dy, Math.abs(x * dy - y * dx)];
    const far = along + 3 * across;
    if (row % items !== from && along > 0 && far < least) [best, least] = [row, far];
  }
  return best;
}

/** By the numbers that `shapesOf` gives. */
export const SHAPES = /** @type {const} */ ([null, "dot", "cross"]);

/**
 * The shape of every point, as its place in `SHAPES`; 0 where it is not drawn.
 * @param {Group[]} groups
 * @param {number} count points
 * @returns {Uint8Array}
 */
export function shapesOf(groups, count) {
  const found = new Uint8Array(count);
  for (const { rows, shape } of groups) {
    for (const row of rows) found[row] = SHAPES.indexOf(shape);
  }
  return found;
}

/**
 * Draw every point, pixel by pixel: a canvas takes ten times as long for tens of thousands of shapes.
 * @param {HTMLCanvasElement} canvas
 * @param {{shares: Float64Array, groups: Group[], view: Seen, area: Area, width: number, height: number}} what
 */
export function drawPoints(canvas, { shares, groups, view, area, width, height }) {
  const fine = devicePixelRatio || 1;
  const [w, h] = [Math.round(width * fine), Math.round(height * fine)];
  [canvas.width, canvas.height] = [w, h];
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = pen.createImageData(w, h);
  const pixels = new Uint32Array(image.data.buffer);
  const [sx, sy] = [(fine * area.w) / (view.x[1] - view.x[0]), (fine * area.h) / (view.y[1] - view.y[0])];
  const [ox, oy] = [fine * area.left - view.x[0] * sx, fine * area.top - view.y[0] * sy];
  // What lies outside of the area is not drawn; one pixel of a mark may.
  const edge = fine * (MARGIN / 2);
  const [left, right] = [fine * area.left - edge, fine * (area.left + area.w) + edge];
  const [top, bottom] = [fine * area.top - edge, fine * (area.top + area.h) + edge];
  const times = enlarged(groups.reduce((sum, { rows }) => sum + rows.length, 0));
  for (const { colour, shape, rows } of groups) {
    const [ink, mark] = [packed(colour, 215), offsets(shape, fine, times, w)];
    for (const row of rows) {
      const [x, y] = [ox + shares[2 * row] * sx, oy + shares[2 * row + 1] * sy];
      if (x < left || x > right || y < top || y > bottom) continue;
      const at = Math.round(y) * w + Math.round(x);
      for (const offset of mark) pixels[at + offset] = ink;
    }
  }
  pen.putImageData(image, 0, 0);
}

/**
 * A colour as a pixel.
 * @param {string} colour `#rrggbb`
 * @param {number} alpha of 255
 */
function packed(colour, alpha) {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return ((alpha << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

/**
 * How much larger marks are than where there are tens of thousands: few have room to be seen well.
 * @param {number} count
 */
function enlarged(count) {
  return count <= 500 ? 2.2 : count <= 4000 ? 1.6 : 1;
}

/**
 * Where the pixels of a mark lie around its middle, in a picture so many pixels wide.
 * @param {"dot" | "cross"} shape
 * @param {number} fine pixels of the screen in one of the page
 * @param {number} times larger than usual
 * @param {number} width
 * @returns {number[]}
 */
function offsets(shape, fine, times, width) {
  const [r, thick] = shape === "dot" ? [Math.round(1.2 * fine * times), Infinity] : [Math.round(2.2 * fine * Math.sqrt(times)), 0.6 * (fine * times - 1)];
  const found = [];
  for (let y = -r; y <= r; y++) {
    for (let x = -r; x <= r; x++) {
      const round = shape !== "dot" || r < 2 || x * x + y * y <= (r + 0.3) ** 2;
      if (round && Math.abs(Math.abs(x) - Math.abs(y)) <= thick) found.push(y * width + x);
    }
  }
  return found;
}
