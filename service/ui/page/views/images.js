/** Image grid: benign, what the attack adds, adversarial, with the probabilities of both classes. */
import { address, read } from "../lib/api.js";
import { useRead } from "../lib/asking.js";
import { useChoice, useSetting } from "../lib/choice.js";
import { useClassName } from "../lib/classes.js";
import { useTheme } from "../lib/colours.js";
import { number, percent } from "../lib/format.js";
import { html, useEffect } from "../lib/html.js";
import { NAMES } from "../lib/names.js";
import { readSheet, sheetAddress, useSheet } from "../lib/sheets.js";
import { inTurn } from "../lib/turns.js";
import { Answer } from "../parts/answer.js";
import { Select } from "../parts/controls.js";
import { Cropped } from "../parts/cropped.js";
import { Figure } from "../parts/figure.js";
import { ImageCards, sheetOf } from "../parts/image-cards.js";
import { Pager, usePlaceInList } from "../parts/pager.js";
import { TableBehind } from "../parts/table.js";

const PAGE = 12;
const SORTS = /** @type {[string, string][]} */ ([
  ["index", "number"], ["linf", "largest change (L∞)"], ["l2", "largest change (L2)"],
  ["benign_probability", "surest before"], ["adversarial_probability", "surest under attack"],
]);
const WHICH = /** @type {[string, string][]} */ ([["all", "all"], ["true", "fooled"], ["false", "not fooled"]]);

/** @param {{audit: import("../parts/view.js").Audit}} props */
function Show({ audit }) {
  const { cell, image } = useChoice();
  const [sort, setSort] = useSetting("images.sort", "index", SORTS.map(([key]) => key));
  const [which, setWhich] = useSetting("images.which", "all", WHICH.map(([key]) => key));
  const [start, setStart] = usePlaceInList("images.from");
  const from = (/** @type {number | string} */ place) => address(`${audit.at}/images`, {
    ...cell, sort, fooled: which === "all" ? null : which, limit: PAGE, cursor: place || null,
  });
  const asked = useRead(from(start));
  const next = asked.value?.next_cursor;
  useEffect(() => {
    if (asked.pending || !next) return;
    return inTurn(() => prepare(audit.at, from(next)));
  }, [asked.value, asked.pending]);
  return html`
    ${image !== null && html`<${Chosen} audit=${audit} index=${image} beside=${asked.value?.items ?? []} />`}
    <div class="controls">
      <${Select} label="Images" value=${which} options=${WHICH} onChange=${setWhich} />
      <${Select} label="Sorted by" value=${sort} options=${SORTS} onChange=${setSort} />
    </div>
    <${Answer} asked=${asked}>${(/** @type {any} */ page) => html`<${Grid} at=${audit.at} page=${page} chosen=${image} />
      <${Pager} name="images.from" page=${page} n=${page.n} start=${start} size=${PAGE} onGo=${setStart} />`}<//>`;
}

/**
 * Ask for the images that follow, and their pictures, before somebody wants them.
 * @param {string} at
 * @param {string} url
 */
async function prepare(at, url) {
  try {
    const { items } = await read(url);
    const sheet = sheetOf(at, items.map(carded));
    if (sheet) await readSheet(sheet);
  } catch {
    // Whoever goes there asks again, and is told what is wrong.
  }
}

/** @param {any} item of the API's list */
function carded({ index, fooled, pictures }) {
  return { index, fooled, pictures: pictures.slice(0, 3), lines: [] };
}

/** @param {{at: string, page: any, chosen: number | null}} props */
function Grid({ at, page, chosen }) {
  const name = useClassName();
  const cards = page.items.map((/** @type {any} */ item) => {
    const { benign, attacked } = item.probabilities;
    return {
      ...carded(item),
      lines: [`Image ${item.index}: ${name(item.label)}`,
        `${name(item.predicted)} ${percent(benign.predicted, 0)}, under attack ${name(item.adversarial)} ${percent(attacked.adversarial, 0)}`,
        `L∞ ${number(item.perturbation.linf, 2)}, L2 ${number(item.perturbation.l2, 2)}`],
    };
  });
  return html`<${ImageCards} at=${at} label="Images" cards=${cards} chosen=${chosen} />`;
}

/** @param {{audit: import("../parts/view.js").Audit, index: number, beside: any[]}} props beside: the images of the list, whose pictures are there */
function Chosen({ audit, index, beside }) {
  const asked = useRead(`${audit.at}/images/${index}`);
  return html`<${Answer} asked=${asked}>${(/** @type {any} */ image) => html`<${Detail} at=${audit.at} image=${image} beside=${beside} />`}<//>`;
}

/** @param {{at: string, image: any, beside: any[]}} props */
function Detail({ at, image, beside }) {
  const theme = useTheme();
  const rows = image.classes.slice(0, 6);
  const [left, bar, line] = [110, 150, 30];
  const height = 10 + rows.length * line;
  const text = `Probabilities in image ${image.index}`;
  const shown = image.pictures.filter((/** @type {any} */ { what }) => ["benign", "difference", "adversarial", "map-benign", "map-adversarial"].includes(what));
  const list = useSheet(sheetOf(at, beside.map(carded))).value;
  const there = (/** @type {string} */ what) => list?.place(image.index, what) ?? null;
  const own = useSheet(sheetAddress(at, [image.index], shown.map((/** @type {any} */ { what }) => what).filter((/** @type {string} */ what) => !there(what)))).value;
  return html`<h3>Image ${image.index}</h3>
    <div class="images large">${shown.map((/** @type {any} */ { what, href, alt }) => html`<figure class="one" key=${what}>
      <${Cropped} sheet=${there(what) ? list : own} index=${image.index} what=${what} alt=${alt} />
      <figcaption>${NAMES[what] ?? what} <a href=${href} download=${`image-${image.index}-${what}.png`}>save</a></figcaption></figure>`)}</div>
    <${Figure} name=${`image-${image.index}-probabilities`} caption="Probability before (upper bar) and under attack (lower bar)">
      <svg class="picture" width=${left + bar + 60} height=${height} role="img" aria-label=${text}>
        ${rows.map((/** @type {any} */ row, /** @type {number} */ i) => html`<${Bars} key=${row.label} row=${row} y=${6 + i * line} left=${left} bar=${bar} theme=${theme} />`)}
      </svg>
    <//>
    <${TableBehind} caption=${text} rows=${image.classes} columns=${[
      { name: "class", of: (/** @type {any} */ row) => row.name ?? `class ${row.label}` },
      { name: "before", of: (/** @type {any} */ row) => row.benign },
      { name: "under attack", of: (/** @type {any} */ row) => row.attacked },
    ]} />`;
}

/** @param {any} props */
function Bars({ row, y, left, bar, theme }) {
  const name = useClassName();
  return html`<g>
    <text x=${left - 6} y=${y + 13} text-anchor="end">${name(row.label, 16)}</text>
    <rect x=${left} y=${y} width=${Math.max(1, bar * row.benign)} height="11" fill=${theme.benign} />
    <rect x=${left} y=${y + 13} width=${Math.max(1, bar * row.attacked)} height="11" fill=${theme.adversarial} />
    <text x=${left + bar * row.benign + 4} y=${y + 10} font-size="10">${percent(row.benign)}</text>
    <text x=${left + bar * row.attacked + 4} y=${y + 23} font-size="10">${percent(row.attacked)}</text>
  </g>`;
}

export default {
  id: "images",
  settings: ["sort", "which", "from"],
  title: "Images",
  shows: "Each image, benign, under attack, and what the attack changes (grey is nothing); before and after, the class and its probability. Choosing one shows its neurons.",
  equation: "δ = x′ − x,  p(y | x) = softmax(z(x))_y",
  source: "Visual Analytics of Neuron Vulnerability, image view",
  needs: { analysis: "neurons.vulnerability", what: "images" },
  Show,
};
