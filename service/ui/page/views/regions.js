/** Regions: in which parts of an image a single pixel decides. */
import { useAmiss } from "../lib/amiss.js";
import { address } from "../lib/api.js";
import { useRead } from "../lib/asking.js";
import { useChoice, useSetting } from "../lib/choice.js";
import { useClassName } from "../lib/classes.js";
import { counted, number, percent, visible } from "../lib/format.js";
import { html, useMemo } from "../lib/html.js";
import { whole } from "../lib/rules.js";
import { useWidth } from "../lib/measure.js";
import { Pictures } from "../marks/pictures.js";
import { Segments } from "../marks/segments.js";
import { Answer } from "../parts/answer.js";
import { Select } from "../parts/controls.js";
import { Figure } from "../parts/figure.js";
import { ImageCards } from "../parts/image-cards.js";
import { Missing } from "../parts/missing.js";
import { Pager, usePlaceInList } from "../parts/pager.js";
import { TableBehind } from "../parts/table.js";
import { Overall } from "./regions-more.js";

const PAGE = 6;
const WHICH = /** @type {[string, string][]} */ ([["all", "all"], ["true", "a pixel decides"], ["false", "no pixel decides"]]);

/** @param {{audit: import("../parts/view.js").Audit}} props */
function Show({ audit }) {
  const asked = useRead(`${audit.at}/report.json`);
  return html`<${Answer} asked=${asked}>${(/** @type {any} */ report) => (report.regions?.n
    ? html`<${Searched} audit=${audit} section=${report.regions} />`
    : html`<${Missing} report=${report} part="regions" ask='"regions": {}' />`)}<//>`;
}

/** @param {{audit: import("../parts/view.js").Audit, section: any}} props */
function Searched({ audit, section }) {
  const { cell, image } = useChoice();
  const name = useClassName();
  const [which, setWhich] = useSetting("regions.which", "all", WHICH.map(([key]) => key));
  const [start, setStart] = usePlaceInList("regions.from");
  const asked = useRead(address(`${audit.at}/regions`, {
    label: cell?.label, vulnerable: which === "all" ? null : which, limit: PAGE, cursor: start || null,
  }));
  const known = useMemo(() => new Set(section.samples.map((/** @type {any} */ { index }) => index)), [section]);
  return html`
    ${image !== null && (known.has(image) ? html`<${One} audit=${audit} index=${image} />`
      : html`<p class="hint">Image ${image} is none of the ${section.n} searched ones, which are images that the model gets right.</p>`)}
    <h3>Searched images${cell ? ` of ${name(cell.label)}` : ""}</h3>
    <div class="controls"><${Select} label="Images" value=${which} options=${WHICH} onChange=${setWhich} /></div>
    <${Answer} asked=${asked}>${(/** @type {any} */ page) => html`
      <${ImageCards} at=${audit.at} label="Searched images" chosen=${image} cards=${page.items.map((/** @type {any} */ sample) => ({
        index: sample.index, fooled: sample.vulnerable_regions > 0, pictures: sample.pictures,
        lines: [`Image ${sample.index}: ${name(sample.label)}`,
          sample.vulnerable_regions ? `a pixel decides in ${sample.vulnerable_regions} of ${counted(sample.regions.length, "region")}` : "no single pixel decides",
          `${counted(sample.queries, "query")}`],
      }))} />
      <${Pager} name="regions.from" page=${page} n=${cell || which !== "all" ? null : section.n} start=${start} size=${PAGE} onGo=${setStart} />`}<//>
    <${Overall} section=${section} />`;
}

/** @param {{audit: import("../parts/view.js").Audit, index: number}} props */
function One({ audit, index }) {
  const asked = useRead(`${audit.at}/regions/${index}`);
  return html`<h3>Image ${index}</h3><${Answer} asked=${asked}>${(/** @type {any} */ found) => html`<${Detail} at=${audit.at} found=${found} />`}<//>`;
}

/** @param {{at: string, found: any}} props */
function Detail({ at, found }) {
  const [ref, width] = useWidth();
  const name = useClassName();
  const [text, setText] = useSetting("regions.region", "", whole(0));
  const chosen = text === "" ? null : Number(text);
  const region = found.regions.find((/** @type {any} */ one) => one.region === chosen);
  useAmiss("regions.region", chosen === null || region ? null : `image ${found.index} has no such region`);
  const picture = found.pictures.find((/** @type {any} */ { what }) => what === "regions");
  const caption = `Image ${found.index}, ${name(found.label)}: ${found.vulnerable_regions} of ${counted(found.regions.length, "region")} have a pixel that decides (crosses).`;
  const reached = (/** @type {any} */ one) => Object.entries(one.classes).sort(([, a], [, b]) => Number(b) - Number(a)).map(([y, n]) => `${name(Number(y))} ${n}`).join(", ");
  const hits = found.hits.y.map((/** @type {number} */ y, /** @type {number} */ i) => ({ y, x: found.hits.x[i], value: found.hits.value[i], label: found.hits.label[i] }));
  return html`<div ref=${ref}>
    <${Figure} name=${`image-${found.index}-regions`} caption=${caption}>
      ${found.segments ? html`<${Segments} found=${found} href=${picture.href} chosen=${chosen} width=${width}
          onChoose=${(/** @type {number | null} */ wanted) => setText(wanted === null ? "" : String(wanted), { replace: true })} />`
        : html`<${Pictures} at=${at} index=${found.index} items=${[{ ...picture, name: "regions" }]} width=${width} title=${caption} />`}<//>
    <p class="said" role="status">${region ? told(region, reached(region)) : "Choose a region to read what was found in it."}</p>
    <${TableBehind} caption=${`regions of image ${found.index}`} rows=${found.regions} rowProps=${(/** @type {any} */ row) => (row.region === chosen ? { class: "chosen" } : {})} columns=${[
      { name: "region", of: (/** @type {any} */ row) => row.region }, { name: "name", of: (/** @type {any} */ row) => row.name },
      { name: "pixels", of: (/** @type {any} */ row) => row.pixels }, { name: "tried", of: (/** @type {any} */ row) => row.tried },
      { name: "vulnerable", of: (/** @type {any} */ row) => row.vulnerable }, { name: "density", of: (/** @type {any} */ row) => row.density },
      { name: "success rate", of: (/** @type {any} */ row) => row.success_rate }, { name: "first hit", of: (/** @type {any} */ row) => row.first_hit },
      { name: "semantic", of: (/** @type {any} */ row) => row.semantic }, { name: "classes reached", of: reached },
    ]} />
    <${TableBehind} caption=${`pixels of image ${found.index} that decide`} rows=${hits} columns=${[
      { name: "y", of: (/** @type {any} */ row) => row.y }, { name: "x", of: (/** @type {any} */ row) => row.x },
      { name: "value", of: (/** @type {any} */ row) => row.value.map((/** @type {number} */ v) => number(v)).join(" ") },
      { name: "taken for", of: (/** @type {any} */ row) => name(row.label, 60) },
    ]} /></div>`;
}

/**
 * What was found in a region, in words.
 * @param {any} region
 * @param {string} reached
 */
function told({ region, name, vulnerable, tried, density, semantic }, reached) {
  return [
    `Region ${region}${name ? ` (${visible(name)})` : ""}: ${vulnerable} of ${tried} pixels tried decide (density ${percent(density)}).`,
    semantic === null ? "" : `Its semantic amount is ${number(semantic)}.`,
    reached ? `Classes reached: ${reached}.` : "",
  ].join(" ");
}

export default {
  id: "regions",
  settings: ["which", "from", "region", "zoom"],
  title: "Regions",
  shows: "The parts of an image, and the single pixels in them with which the model takes it for something else: where they lie, how many they are, and whether parts that mean more hold more of them.",
  equation: "p is vulnerable if argmax z(x with p = v) ≠ y for some value v,  density(R) = vulnerable pixels of R / tried pixels of R",
  source: "Analyzing Adversarial Robustness in Pixel Space (arXiv:2106.09872); budget and semantic amount are ours",
  Show,
};
