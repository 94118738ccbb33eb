/** Many points in a plane, on a canvas: one can zoom, find the nearest, and go from point to point by keys. */
import { useTheme } from "../lib/colours.js";
import d3 from "../lib/d3.js";
import { html, useEffect, useMemo, useRef, useState } from "../lib/html.js";
import { useZoom } from "../lib/zoom.js";
import { BottomAxis, LeftAxis } from "./axis.js";
import { box, drawPoints, nearest, neighbour, placed, seen, SHAPES, shapesOf, span } from "./points.js";

/**
 * @typedef {object} PlaneProps
 * @property {string} name of the zoom in the address
 * @property {{x: ArrayLike<number>, y: ArrayLike<number>}} points
 * @property {import("./points.js").Group[]} groups which points are drawn and how, the last on top
 * @property {number} items point i is of thing i modulo this; the points of a thing are joined
 * @property {number} width
 * @property {number} height
 * @property {string} [x] what lies along the axes; without them there are none
 * @property {string} [y]
 * @property {string} label
 * @property {number} chosen a thing, −1 for none
 * @property {(item: number, options?: {replace?: boolean}) => void} onChoose
 * @property {(item: number) => string} say
 */

/** Points farther from the pointer than so many pixels are not meant. */
const NEAR = 24;
/** A press that moves farther than this moves the picture. */
const STILL = 4;

/** @param {PlaneProps} props */
export function Plane({ name, points, groups, items, width, height, x: below, y: beside, label, chosen, onChoose, say }) {
  const theme = useTheme();
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const pressed = useRef(/** @type {{x: number, y: number, zoom: import("../lib/zoom.js").Zoom, moved: boolean} | null} */ (null));
  const [hovered, hover] = useState(-1);
  const { zoom, show, keep, larger } = useZoom(name);
  const area = useMemo(() => box(width, height, Boolean(below)), [width, height, below]);
  const shares = useMemo(() => placed(points, Boolean(below)), [points, below]);
  const find = useMemo(() => nearest(shares, groups, area), [shares, groups, area]);
  const view = seen(zoom, area);
  useEffect(() => {
    if (canvas.current) drawPoints(canvas.current, { shares, groups, view, area, width, height });
  }, [shares, groups, zoom.k, zoom.x, zoom.y, area, theme]);
  /** Where the pointer is, as a share of the whole. */
  const at = (/** @type {MouseEvent} */ event) => {
    const edge = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
    return view.share(event.clientX - edge.x, event.clientY - edge.y);
  };
  const near = (/** @type {MouseEvent} */ event) => find(at(event), NEAR / zoom.k) % items;
  const move = (/** @type {PointerEvent} */ event) => {
    const from = pressed.current;
    if (!from || !(event.buttons & 1) || zoom.k === 1) return hover(near(event));
    from.moved ||= Math.hypot(event.clientX - from.x, event.clientY - from.y) > STILL;
    if (!from.moved) return;
    /** @type {Element} */ (event.currentTarget).setPointerCapture(event.pointerId);
    const by = (/** @type {number} */ pixels, /** @type {number} */ full) => pixels / (full * from.zoom.k);
    show({ ...from.zoom, x: from.zoom.x - by(event.clientX - from.x, area.w), y: from.zoom.y - by(event.clientY - from.y, area.h) });
  };
  const release = () => {
    if (pressed.current?.moved) keep(zoom);
  };
  const click = (/** @type {MouseEvent} */ event) => {
    const moved = pressed.current?.moved;
    pressed.current = null;
    const item = moved ? -1 : near(event);
    if (item >= 0) onChoose(item);
  };
  const wheel = (/** @type {WheelEvent} */ event) => {
    if (!event.ctrlKey && document.activeElement !== event.currentTarget) return; // the page scrolls
    event.preventDefault();
    keep(larger(event.deltaY < 0 ? 1 : -1, at(event)));
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    const steps = /** @type {Record<string, number>} */ ({ "+": 1, "=": 1, "-": -1, 0: -99 })[event.key];
    const next = steps === undefined ? neighbour(shares, groups, items, chosen, event.key) : -1;
    if (steps === undefined && next < 0) return;
    event.preventDefault();
    if (steps !== undefined) return keep(larger(steps));
    const [x, y] = [shares[2 * next], shares[2 * next + 1]];
    if (!view.holds(x, y)) keep({ ...zoom, x, y });
    onChoose(next % items, { replace: true });
  };
  const shapes = useMemo(() => shapesOf(groups, points.x.length), [groups, points]);
  const marked = (/** @type {number} */ item) => html`<${Marked} places=${d3.range(item, points.x.length, items).filter((row) => shapes[row])
    .map((row) => ({ shape: SHAPES[shapes[row]], place: view.pixel(shares[2 * row], shares[2 * row + 1]) }))} />`;
  return html`<canvas ref=${canvas} style=${{ width: `${width}px`, height: `${height}px` }} aria-hidden="true"></canvas>
    <svg class="picture plane" width=${width} height=${height} role="application" tabindex="0" aria-label=${`${label} + and − zoom, 0 shows all.`}
        onPointerDown=${(/** @type {PointerEvent} */ event) => (pressed.current = { x: event.clientX, y: event.clientY, zoom, moved: false })}
        onPointerMove=${move} onPointerUp=${release} onPointerLeave=${() => hover(-1)} onKeyDown=${key} onClick=${click} onWheel=${wheel}>
      <rect width=${width} height=${height} fill="transparent" />
      ${below && html`<${LeftAxis} scale=${axis(points.y, view.y, [area.top + area.h, area.top], true)} x=${area.left} width=${area.w} label=${beside} />
        <${BottomAxis} scale=${axis(points.x, view.x, [area.left, area.left + area.w], false)} y=${area.top + area.h} label=${below} />`}
      ${hovered >= 0 && html`${marked(hovered)}<text class="label" x=${area.left + 8} y=${area.top + area.h - 8}>${say(hovered)}</text>`}
      ${chosen >= 0 && marked(chosen)}
    </svg>
    <p class="buttons">
      <button type="button" class="small" onClick=${() => keep(larger(1))}>Zoom in</button>
      <button type="button" class="small" disabled=${zoom.k === 1} onClick=${() => keep(larger(-1))}>Zoom out</button>
      <button type="button" class="small" disabled=${zoom.k === 1} onClick=${() => keep(larger(-99))}>Show all</button>
    </p>`;
}

/**
 * The scale of an axis for the part that is seen.
 * @param {ArrayLike<number>} values
 * @param {[number, number]} part shares of their extent
 * @param {[number, number]} range
 * @param {boolean} upwards whether the shares run downwards while the values rise
 */
function axis(values, part, range, upwards) {
  const [low, high] = span(values, true);
  const value = (/** @type {number} */ share) => low + (high - low) * share;
  return d3.scaleLinear(upwards ? [value(1 - part[1]), value(1 - part[0])] : part.map(value), range);
}

/** @param {{places: {shape: "dot" | "cross", place: [number, number]}[]}} props */
function Marked({ places }) {
  const line = places.map(({ place }) => place.join(" "));
  return html`<g class="chosen-frame" fill="none">
    ${line.length > 1 && html`<path d=${`M${line.join("L")}`} stroke-width="1.5" />`}
    ${places.map(({ shape, place: [x, y] }, i) => (shape === "dot" ? html`<circle key=${i} cx=${x} cy=${y} r="7" />`
      : html`<path key=${i} d=${`M${x - 6} ${y - 6}l12 12m0-12l-12 12`} />`))}
  </g>`;
}
