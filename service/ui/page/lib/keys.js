/** Moving through many things with the arrow keys: one of them can be reached by Tab, arrows go on from there. */

const STEPS = /** @type {Record<string, [number, number]>} */ ({
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
});

/**
 * Handle a key within a container whose things carry `data-at="COLUMN,ROW"`.
 * Enter and the space bar do what a click does.
 * @param {KeyboardEvent} event
 */
export function moveByKeys(event) {
  const thing = event.target instanceof Element ? event.target.closest("[data-at]") : null;
  if (!thing || !(event.currentTarget instanceof Element)) return;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    thing.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    return;
  }
  const [x, y] = /** @type {[number, number]} */ (at(thing));
  const next = event.key in STEPS ? stepped(event.currentTarget, x, y, STEPS[event.key]) : ended(event, thing);
  if (!next) return;
  event.preventDefault();
  thing.setAttribute("tabindex", "-1");
  next.setAttribute("tabindex", "0");
  /** @type {HTMLElement} */ (next).focus();
}

/** @param {Element} thing */
function at(thing) {
  return /** @type {string} */ (thing.getAttribute("data-at")).split(",").map(Number);
}

/**
 * @param {Element} container
 * @param {number} x
 * @param {number} y
 * @param {[number, number]} step
 */
function stepped(container, x, y, [dx, dy]) {
  const found = container.querySelector(`[data-at="${x + dx},${y + dy}"]`);
  if (found || dy !== 0) return found;
  return container.querySelector(dx > 0 ? `[data-at="0,${y + 1}"]` : `[data-at="${x},${y - 1}"]`); // a line's end
}

/**
 * @param {KeyboardEvent} event
 * @param {Element} thing
 */
function ended(event, thing) {
  const all = /** @type {Element} */ (event.currentTarget).querySelectorAll("[data-at]");
  if (event.key === "Home") return all[0] === thing ? null : all[0];
  if (event.key === "End") return all[all.length - 1] === thing ? null : all[all.length - 1];
  return null;
}
