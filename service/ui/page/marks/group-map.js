/** The groups of one perturbation: what each promotes and suppresses, as a map in which one can go from group to group. */
import { useTheme } from "../lib/colours.js";
import d3 from "../lib/d3.js";
import { number } from "../lib/format.js";
import { html, useMemo, useRef } from "../lib/html.js";

/** Kinds of groups, as the API numbers them. */
export const KINDS = /** @type {Record<string, string>} */ ({
  "-1": "suppression", 0: "balanced", 1: "promotion", 2: "negligible", 3: "not perturbed",
});
/** In which they are named. */
export const ORDER = ["-1", "0", "1", "2", "3"];
/** Shades of a quantity. */
const SHADES = 12;
const STEPS = /** @type {Record<string, [number, number]>} */ ({ ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] });

/** @typedef {"kind" | "psr" | "promotion" | "suppression"} Shown */

/**
 * The colours of kinds.
 * @param {import("../lib/colours.js").Theme} theme
 * @returns {Record<string, string>}
 */
export function kindColours(theme) {
  return { "-1": theme.benign, 0: theme.dark ? "#8b949e" : "#8a929b", 1: theme.adversarial, 2: theme.faint, 3: theme.ground };
}

/** @param {{map: any, shown: Shown, chosen: [number, number] | null, onChoose: (group: [number, number]) => void, width: number}} props */
export function GroupMap({ map, shown, chosen, onChoose, width }) {
  const theme = useTheme();
  const svg = useRef(/** @type {SVGSVGElement | null} */ (null));
  const [rows, columns] = [map.kind.length, map.kind[0]?.length ?? 0];
  const side = Math.max(1, Math.min(width, 340) / Math.max(rows, columns, 1));
  const paths = useMemo(() => painted(map, shown, side, theme), [map, shown, side, theme]);
  const click = (/** @type {PointerEvent} */ event) => {
    const box = /** @type {Element} */ (svg.current).getBoundingClientRect();
    const [row, column] = [Math.floor((event.clientY - box.y) / side), Math.floor((event.clientX - box.x) / side)];
    if (row >= 0 && row < rows && column >= 0 && column < columns) onChoose([row, column]);
  };
  const step = (/** @type {KeyboardEvent} */ event) => {
    const move = STEPS[event.key];
    if (!move) return;
    event.preventDefault();
    const [row, column] = chosen ?? [-move[0], -move[1]];
    onChoose([clamp(row + move[0], rows), clamp(column + move[1], columns)]);
  };
  return html`<svg class="picture map" ref=${svg} width=${side * columns} height=${side * rows} role="application" tabindex="0"
      aria-label="Groups of the perturbation. Arrow keys choose a group; what it does is said below." onClick=${click} onKeyDown=${step}>
    ${paths.map(([colour, path]) => html`<path key=${colour} d=${path} fill=${colour} />`)}
    <rect class="map-edge" width=${side * columns} height=${side * rows} fill="none" />
    ${chosen && html`<rect class="chosen-frame" x=${chosen[1] * side} y=${chosen[0] * side} width=${side} height=${side} fill="none" />`}
  </svg>`;
}

/**
 * What a group does, in words.
 * @param {any} map
 * @param {[number, number]} group row and column
 */
export function groupText(map, [row, column]) {
  const kind = KINDS[map.kind[row]?.[column]];
  if (!kind) return "";
  const where = `Group in row ${row}, column ${column}: ${kind}`;
  if (kind === KINDS[3]) return where;
  return `${where}. It promotes the target by ${number(map.promotion[row][column])} and suppresses the true class by ${number(map.suppression[row][column])}: PSR ${number(map.psr[row][column])}.`;
}

/**
 * Colours, and the path of all groups of that colour.
 * @param {any} map
 * @param {Shown} shown
 * @param {number} side
 * @param {import("../lib/colours.js").Theme} theme
 * @returns {[string, string][]}
 */
function painted(map, shown, side, theme) {
  const colour = shown === "kind" ? byKind(map, theme) : byValue(map, shown, theme);
  /** @type {Map<string, string[]>} */
  const paths = new Map();
  const long = side.toFixed(2);
  map.kind.forEach((/** @type {number[]} */ line, /** @type {number} */ row) => line.forEach((_, column) => {
    const found = colour(row, column);
    const square = `M${(column * side).toFixed(2)} ${(row * side).toFixed(2)}h${long}v${long}h-${long}z`;
    paths.get(found)?.push(square) ?? paths.set(found, [square]);
  }));
  return [...paths].map(([found, squares]) => [found, squares.join("")]);
}

/**
 * @param {any} map
 * @param {import("../lib/colours.js").Theme} theme
 * @returns {(row: number, column: number) => string}
 */
function byKind(map, theme) {
  const colours = kindColours(theme);
  return (row, column) => colours[map.kind[row][column]];
}

/**
 * @param {any} map
 * @param {Exclude<Shown, "kind">} shown
 * @param {import("../lib/colours.js").Theme} theme
 * @returns {(row: number, column: number) => string}
 */
function byValue(map, shown, theme) {
  const far = d3.max(map[shown].flat(), (/** @type {any} */ value) => Math.abs(value)) || 1;
  const ends = { psr: [theme.benign, theme.ground, theme.adversarial], promotion: [theme.benign, theme.ground, theme.adversarial], suppression: [theme.adversarial, theme.ground, theme.benign] };
  const ramp = d3.scaleLinear([-1, 0, 1], ends[shown]);
  return (row, column) => (map.kind[row][column] === 3 ? theme.ground : ramp(Math.round((SHADES * map[shown][row][column]) / far) / SHADES));
}

/**
 * @param {number} at
 * @param {number} count
 */
function clamp(at, count) {
  return Math.min(count - 1, Math.max(0, at));
}
