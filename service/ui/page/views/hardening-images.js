/** Which images a hardening won and lost, and what became of a chosen one under every attack. */
import { address } from "../lib/api.js";
import { useRead } from "../lib/asking.js";
import { choose, useChoice } from "../lib/choice.js";
import { useClassName } from "../lib/classes.js";
import { counted, number, percent, visible } from "../lib/format.js";
import { html } from "../lib/html.js";
import { useWidth } from "../lib/measure.js";
import { Answer } from "../parts/answer.js";
import { OnceNear } from "../parts/once-near.js";
import { Table, TableBehind } from "../parts/table.js";
import { ComparedPictures } from "./hardening-pictures.js";

/** Images of one kind that are named at once. */
const MOST = 60;
/** Pixels that are kept free for the pictures, about. */
const HEIGHT = 60;

/** @param {{audit: import("../parts/view.js").Audit, hardening: any}} props */
export function Images({ audit, hardening }) {
  const { cell, image } = useChoice();
  const [ref, width] = useWidth();
  const name = useClassName();
  const classes = (hardening.classes ?? []).filter((/** @type {any} */ { label }) => !cell || label === cell.label);
  const sum = (/** @type {string} */ key) => classes.reduce((/** @type {number} */ total, /** @type {any} */ one) => total + one[key], 0);
  return html`<h3>Image by image${cell ? `, ${name(cell.label)}` : ""}</h3>
    ${hardening.gains.map((/** @type {any} */ gain) => html`<p key=${gain.threat_model}>${gain.threat?.label ?? gain.threat_model}: ${counted(gain.gained, "image")} are held by the hardened model alone, ${gain.lost} by the uploaded one alone, of ${gain.n}${gain.p === undefined ? "" : ` (McNemar's test, p = ${number(gain.p)})`}.</p>`)}
    <div ref=${ref}><${OnceNear} height=${HEIGHT}><${ComparedPictures} id=${hardening.id} chosen=${image} label=${cell?.label ?? null} width=${width} /><//></div>
    ${image !== null && html`<${One} audit=${audit} hardening=${hardening} index=${image} />`}
    ${classes.length > 0 && html`
      <${Named} title=${`Won (${sum("gained")})`} images=${classes.flatMap((/** @type {any} */ { won }) => won)} chosen=${image} />
      <${Named} title=${`Lost (${sum("given_up")})`} images=${classes.flatMap((/** @type {any} */ { lost }) => lost)} chosen=${image} />
      <${TableBehind} caption="images won and lost by class" rows=${classes} columns=${[
        { name: "class", of: (/** @type {any} */ row) => name(row.label, 60) }, { name: "images", of: (/** @type {any} */ row) => row.n },
        { name: "robust before", of: (/** @type {any} */ row) => row.before }, { name: "robust after", of: (/** @type {any} */ row) => row.after },
        { name: "won", of: (/** @type {any} */ row) => row.gained }, { name: "lost", of: (/** @type {any} */ row) => row.given_up },
        { name: "images won", of: (/** @type {any} */ row) => row.won.join(" ") }, { name: "images lost", of: (/** @type {any} */ row) => row.lost.join(" ") },
      ]} />`}`;
}

/** Images by their numbers, each of which can be chosen. */
function Named(/** @type {{title: string, images: number[], chosen: number | null}} */ { title, images, chosen }) {
  if (images.length === 0) return html`<p>${title}</p>`;
  const shown = [...images].sort((a, b) => a - b);
  return html`<p>${title}${shown.length > MOST ? `, the first ${MOST} by number` : ""}:</p>
    <ul class="numbers" aria-label=${title}>${shown.slice(0, MOST).map((index) => html`<li key=${index}><button type="button" class="small" data-index=${index}
      aria-pressed=${index === chosen ? "true" : "false"} aria-label=${`Image ${index}`} onClick=${() => choose({ image: index === chosen ? null : index })}>${index}</button></li>`)}</ul>`;
}

/** A chosen image under every attack, before and after. */
function One(/** @type {{audit: import("../parts/view.js").Audit, hardening: any, index: number}} */ { audit, hardening, index }) {
  const before = useRead(address(`${audit.at}/samples`, { index }));
  const after = useRead(address(`/v1/hardenings/${hardening.id}/samples`, { index }));
  const name = useClassName();
  return html`<${Answer} asked=${before}>${(/** @type {any} */ old) => html`<${Answer} asked=${after}>${(/** @type {any} */ found) => {
    const [a, b] = [old.items[0], found.items[0]];
    if (!a || !b) return html`<p class="hint">Image ${index} was not compared.</p>`;
    const said = (/** @type {any} */ one, /** @type {boolean} */ fooled) => `${fooled ? "taken for" : "held as"} ${name(one.predicted)}`;
    const rows = [
      { attack: "clean", before: said(a, !a.correct), after: said(b, !b.correct), p: null, q: null },
      ...Object.keys(a.attacks).filter((id) => id in b.attacks).map((id) => ({
        attack: visible(id), before: a.correct ? said(a.attacks[id], a.attacks[id].success) : "wrong already", after: b.correct ? said(b.attacks[id], b.attacks[id].success) : "wrong already",
        p: a.attacks[id].confidence, q: b.attacks[id].confidence,
      })),
    ];
    return html`<${Table} caption=${`image ${index}, ${name(a.label, 60)}, before and after`} rows=${rows} columns=${[
      { name: "images under", of: (/** @type {any} */ row) => row.attack }, { name: "before", of: (/** @type {any} */ row) => row.before },
      { name: "confidence before", of: (/** @type {any} */ row) => row.p, show: (/** @type {number | null} */ value) => percent(value) },
      { name: "after", of: (/** @type {any} */ row) => row.after },
      { name: "confidence after", of: (/** @type {any} */ row) => row.q, show: (/** @type {number | null} */ value) => percent(value) },
    ]} />`;
  }}<//>`}<//>`;
}
