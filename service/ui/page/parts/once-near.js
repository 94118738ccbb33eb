/** What is drawn first where one looks: a click never waits for what lies below the window. */
import { html, useEffect, useRef, useState } from "../lib/html.js";
import { inTurn } from "../lib/turns.js";

/**
 * Children that come into being once their place is in sight, or else when nothing in sight waits any more.
 * @param {{children: any, height: number}} props height: pixels that are kept free until then, so that little moves
 */
export function OnceNear({ children, height }) {
  const ref = useRef(/** @type {Element | null} */ (null));
  const [begun, begin] = useState(false);
  useEffect(() => {
    if (begun || !ref.current) return;
    /** @type {(() => void) | null} */
    let leave = null;
    const observer = new IntersectionObserver(([entry]) => {
      if (entry.isIntersecting) begin(true);
      else leave ??= inTurn(() => begin(true));
    });
    observer.observe(ref.current);
    return () => {
      observer.disconnect();
      leave?.();
    };
  }, [begun]);
  return begun ? children : html`<div ref=${ref} data-later="" style=${{ height: `${height}px` }}></div>`;
}
