/** One small picture of a sheet. */
import { html, useLayoutEffect, useRef } from "../lib/html.js";

/** @param {{sheet: import("../lib/sheets.js").Sheet | null, index: number, what: string, alt: string}} props sheet: null until it is there */
export function Cropped({ sheet, index, what, alt }) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const place = sheet?.place(index, what) ?? null;
  useLayoutEffect(() => {
    if (!canvas.current || !sheet || !place) return;
    const { width, height } = sheet;
    [canvas.current.width, canvas.current.height] = [width, height];
    canvas.current.getContext("2d")?.drawImage(sheet.picture, place.x, place.y, width, height, 0, 0, width, height);
  }, [sheet, place?.x, place?.y]);
  return html`<canvas ref=${canvas} class="pixels" role="img" aria-label=${alt} width="128" height="128"></canvas>`;
}
