/** How wide an element is, and whether it is in sight. */
import { useEffect, useRef, useState } from "./html.js";

/**
 * The width of an element, anew when it changes.
 * @param {number} [usual] until it is known
 * @returns {[import("preact").RefObject<any>, number]}
 */
export function useWidth(usual = 640) {
  const ref = useRef(/** @type {Element | null} */ (null));
  const [width, setWidth] = useState(usual);
  useEffect(() => {
    if (!ref.current) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.max(120, Math.floor(entry.contentRect.width))));
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}

/** Pixels of a row of the grid of views, and between two views. */
const ROW = 8;
const GAP = 16;

/**
 * Let an element take as many of the grid's low rows as it is high, so that what comes below it in its column follows at
 * once, however high its neighbour is.
 * @param {import("preact").RefObject<any>} ref
 */
export function useRows(ref) {
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      element.style.gridRowEnd = `span ${Math.ceil((element.offsetHeight + GAP) / ROW)}`;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
}

/**
 * Whether an element is in sight.
 * @returns {[import("preact").RefObject<any>, boolean]}
 */
export function useNear() {
  const ref = useRef(/** @type {Element | null} */ (null));
  const [near, setNear] = useState(false);
  useEffect(() => {
    if (!ref.current) return;
    const observer = new IntersectionObserver(([entry]) => setNear(entry.isIntersecting));
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return [ref, near];
}
