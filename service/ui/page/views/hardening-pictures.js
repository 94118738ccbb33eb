/** Images that a hardening won and lost, as they are and under an attack on either model, where examples are kept. */
import { useRead } from "../lib/asking.js";
import { choose } from "../lib/choice.js";
import { useClassName } from "../lib/classes.js";
import { counted, percent, visible } from "../lib/format.js";
import { html } from "../lib/html.js";
import { moveByKeys } from "../lib/keys.js";
import { Answer } from "../parts/answer.js";
import { Figure } from "../parts/figure.js";

/** Images of one kind whose pictures are shown at once. */
const SHOWN = 6;
const [SIDE, GAP, FOOT] = [128, 14, 40];

/**
 * @typedef {object} Compared an image, as the hardening's file says it
 * @property {number} index
 * @property {number} label
 * @property {boolean} won
 * @property {string} attack
 * @property {string} benign a picture, as an address that holds it
 * @property {{predicted: number, confidence: number, fooled: boolean, picture: string}} before
 * @property {{predicted: number, confidence: number, fooled: boolean, picture: string}} after
 */

/** @param {{id: string, chosen: number | null, label: number | null, width: number}} props id: of the hardening; label: of the chosen cell */
export function ComparedPictures({ id, chosen, label, width }) {
  const listed = useRead(`/v1/hardenings/${id}/artifacts`);
  return html`<${Answer} asked=${listed}>${(/** @type {any} */ page) => {
    const file = page.items.find((/** @type {any} */ one) => one.kind === "pictures");
    if (!file) return html`<p class="hint">Pictures of images won and lost are there where the audit asks for <code>"keep_examples": true</code>.</p>`;
    return html`<${Loaded} href=${file.href} chosen=${chosen} label=${label} width=${width} />`;
  }}<//>`;
}

/** @param {{href: string, chosen: number | null, label: number | null, width: number}} props */
function Loaded({ href, chosen, label, width }) {
  const asked = useRead(href);
  return html`<${Answer} asked=${asked}>${(/** @type {{images: Compared[]}} */ { images }) => {
    const one = images.find(({ index }) => index === chosen);
    const of = images.filter((image) => label === null || image.label === label);
    return html`${one && html`<${One} image=${one} width=${width} />`}
      ${chosen !== null && !one && html`<p class="hint">Of image ${chosen} no pictures are kept: they are of ${counted(images.length, "image")} that were won or lost.</p>`}
      <${Cards} title="Won" images=${of.filter(({ won }) => won).slice(0, SHOWN)} chosen=${chosen} />
      <${Cards} title="Lost" images=${of.filter(({ won }) => !won).slice(0, SHOWN)} chosen=${chosen} />`;
  }}<//>`;
}

/** The chosen image, in one drawing that can be saved. */
function One(/** @type {{image: Compared, width: number}} */ { image, width }) {
  const name = useClassName();
  const said = useSaid();
  const items = [
    { href: image.benign, over: "benign", under: name(image.label, 18) },
    { href: image.before.picture, over: "attacked before", under: said(image.before) },
    { href: image.after.picture, over: "attacked after", under: said(image.after) },
  ];
  const across = Math.max(1, Math.min(items.length, Math.floor((width + GAP) / (SIDE + GAP))));
  const title = `Image ${image.index} under ${visible(image.attack)}, made on the uploaded and on the hardened model`;
  return html`<${Figure} name=${`image-${image.index}-hardening`} caption=${`${title}: ${image.won ? "won" : "lost"}.`}>
    <svg class="picture" width=${across * (SIDE + GAP) - GAP} height=${Math.ceil(items.length / across) * (SIDE + FOOT)} role="img"
        aria-label=${`${title}. ${items.map(({ over, under }) => `${over}: ${under}`).join(". ")}`}>
      ${items.map(({ href, over, under }, i) => html`<g key=${over} transform=${`translate(${(i % across) * (SIDE + GAP)},${Math.floor(i / across) * (SIDE + FOOT)})`}>
        <image href=${href} width=${SIDE} height=${SIDE} /><text y=${SIDE + 14}>${over}</text><text class="muted" y=${SIDE + 29} font-size="11">${under}</text>
      </g>`)}
    </svg><//>`;
}

/** Images to choose from, three pictures each. */
function Cards(/** @type {{title: string, images: Compared[], chosen: number | null}} */ { title, images, chosen }) {
  const name = useClassName();
  const said = useSaid();
  if (images.length === 0) return null;
  const focus = images.some(({ index }) => index === chosen) ? chosen : images[0].index;
  return html`<p class="hint">${title}: benign, attacked before, attacked after</p>
    <div class="images" role="listbox" aria-label=${`Pictures of images ${title.toLowerCase()}`} onKeyDown=${moveByKeys}>${images.map((image, i) => html`<div key=${image.index}
        class="image" role="option" data-index=${image.index} data-at=${`0,${i}`} tabindex=${image.index === focus ? 0 : -1} aria-selected=${image.index === chosen ? "true" : "false"}
        onClick=${() => choose({ image: image.index === chosen ? null : image.index })}>
      <div class="three">${[image.benign, image.before.picture, image.after.picture].map((href, j) => html`<img key=${j} class="pixels" src=${href} alt="" width="128" height="128" />`)}</div>
      <div>Image ${image.index}: ${name(image.label)}</div>
      <div>before: ${said(image.before)}</div>
      <div>after: ${said(image.after)}</div>
    </div>`)}</div>`;
}

/** What a model says of an attacked image, in words. */
function useSaid() {
  const name = useClassName();
  return (/** @type {Compared["before"]} */ { predicted, confidence }) => `${name(predicted, 18)} ${percent(confidence, 0)}`;
}
