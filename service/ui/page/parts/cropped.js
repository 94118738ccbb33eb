/** One small picture of a sheet: a window onto it, since a drawing for each picture would be a layer of its own. */
import { html } from "../lib/html.js";

/** @param {{sheet: import("../lib/sheets.js").Sheet | null, index: number, what: string, alt: string}} props sheet: null until it is there */
export function Cropped({ sheet, index, what, alt }) {
  const place = sheet?.place(index, what) ?? null;
  const box = sheet && place ? `${place.x} ${place.y} ${sheet.width} ${sheet.height}` : "0 0 1 1";
  return html`<svg class="pixels" role="img" aria-label=${alt} viewBox=${box}>
    ${sheet && place && html`<image href=${sheet.picture.src} width=${sheet.picture.naturalWidth} height=${sheet.picture.naturalHeight} />`}
  </svg>`;
}
