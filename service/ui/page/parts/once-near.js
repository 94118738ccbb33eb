/** What is drawn only once somebody is about to see it: a click never waits for what lies far below. */
import { html, useEffect, useRef, useState } from "../lib/html.js";

/**
 * Children that come into being when their place comes near the window, and stay from then on.
 * @param {{children: any, height: number}} props height: pixels that are kept free until then, so that little moves
 */
export function OnceNear({ children, height }) {
  const ref = useRef(/** @type {Element | null} */ (null));
  const [near, setNear] = useState(false);
  useEffect(() => {
    if (near || !ref.current) return;
    const observer = new IntersectionObserver(([entry]) => entry.isIntersecting && setNear(true), { rootMargin: "25% 0px" });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [near]);
  return near ? children : html`<div ref=${ref} style=${{ height: `${height}px` }}></div>`;
}
