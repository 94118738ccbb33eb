/** A picture with a caption, buttons that save it, and its text alternative. */
import { html, useRef, useState } from "../lib/html.js";
import { asPng, asSvg, download } from "../lib/save.js";
import { asProblem } from "../lib/problem.js";

/**
 * Something drawn: an `svg.picture` among the children, perhaps over a `canvas`.
 * @param {{name: string, caption?: any, children?: any}} props name: of the files that are saved, without an ending
 */
export function Figure({ name, caption, children }) {
  const ref = useRef(/** @type {HTMLElement | null} */ (null));
  const [said, say] = useState("");
  const save = async (/** @type {(figure: Element) => Promise<Blob>} */ make, /** @type {string} */ ending) => {
    try {
      download(await make(/** @type {HTMLElement} */ (ref.current)), `${name}.${ending}`);
      say(`Saved as ${name}.${ending}`);
    } catch (error) {
      say(`It could not be saved: ${asProblem(error).message}`);
    }
  };
  return html`<figure class="figure" data-figure=${name}>
    <div class="figure-picture" ref=${ref}>${children}</div>
    <figcaption>
      <span>${caption}</span>
      <span class="buttons">
        <button type="button" class="small" onClick=${() => save(asSvg, "svg")}>Save SVG</button>
        <button type="button" class="small" onClick=${() => save(asPng, "png")}>Save PNG</button>
      </span>
      <span class="said" role="status">${said}</span>
    </figcaption>
  </figure>`;
}
