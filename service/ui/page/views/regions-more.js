/** What the search for single pixels comes to over all images: success against budget, and density against meaning. */
import { choose, useChoice } from "../lib/choice.js";
import { useTheme } from "../lib/colours.js";
import { counted, interval, number, percent } from "../lib/format.js";
import { html, memo, useMemo } from "../lib/html.js";
import { useWidth } from "../lib/measure.js";
import { Lines } from "../marks/lines.js";
import { Plane } from "../marks/plane.js";
import { Figure } from "../parts/figure.js";
import { TableBehind } from "../parts/table.js";

/** `regions` of the report. Only the plane in it is drawn anew when something else is chosen. */
export const Overall = memo((/** @type {{section: any}} */ { section }) => {
  const share = section.vulnerable / section.n;
  return html`<h3>Over all ${section.n} searched images</h3>
    <p>${`In ${section.vulnerable} of ${section.n} (${percent(share)} ${interval(share, section.n)}) a single pixel decides; ${counted(section.queries, "query")}. Regions by ${section.segmentation}, values ${section.values}, ${percent(section.budget, 0)} of each region's pixels tried.`}</p>
    <${Budget} curve=${section.curve} />
    <${Densities} section=${section} />`;
});

/** @param {{curve: any}} props */
function Budget({ curve }) {
  const [ref, width] = useWidth();
  const theme = useTheme();
  const rows = curve.budget.map((/** @type {number} */ x, /** @type {number} */ i) => ({ x, y: curve.success[i] }));
  const shown = (/** @type {number} */ share) => percent(share, 0);
  if (rows.length < 2) return null;
  return html`<div ref=${ref}>
    <${Figure} name="regions-budget" caption="Images in which a pixel that decides is found, against the share of each region's pixels that are tried.">
      <${Lines} series=${[{ name: "images", colour: theme.adversarial, points: rows }]} width=${width} x="share tried" y="images" title="Success against budget" range=${[0, 1]} format=${shown} /><//>
    <${TableBehind} caption="success against budget" rows=${rows} columns=${[
      { name: "share tried", of: (/** @type {any} */ row) => row.x }, { name: "images", of: (/** @type {any} */ row) => row.y },
    ]} /></div>`;
}

/** Every region of every image: how much it means against how many of its pixels decide. */
function Densities(/** @type {{section: any}} */ { section }) {
  const [ref, width] = useWidth();
  const theme = useTheme();
  const { image } = useChoice();
  const { value, n, p_within: p } = section.spearman;
  const rows = useMemo(() => section.samples.flatMap((/** @type {any} */ { index, label, regions }) => regions
    .filter((/** @type {any} */ { semantic }) => semantic !== null).map((/** @type {any} */ region) => ({ index, label, ...region }))), [section]);
  const points = useMemo(() => ({
    x: rows.map((/** @type {any} */ { semantic }) => semantic), y: rows.map((/** @type {any} */ { density }) => density),
  }), [rows]);
  const groups = useMemo(() => [{ colour: theme.benign, shape: /** @type {const} */ ("dot"), rows: [...rows.keys()] }], [rows, theme]);
  const caption = `Each point is a region of an image (${rows.length}): its semantic amount (${section.semantic}) and the density of pixels that decide. Spearman's correlation ${number(value)}, n = ${n}${p === null ? "" : `, p within images ${number(p)}`}.`;
  if (rows.length === 0) return null;
  return html`<div ref=${ref}>
    <${Figure} name="regions-density" caption=${caption}>
      <${Plane} name="regions.zoom" points=${points} groups=${groups} items=${rows.length} width=${width} height=${260} x="semantic amount" y="density"
        label="Regions by semantic amount and density. Arrow keys choose the nearest region in their direction."
        chosen=${rows.findIndex((/** @type {any} */ { index }) => index === image)} onChoose=${(/** @type {number} */ i, /** @type {any} */ options) => choose({ image: rows[i].index }, options)}
        say=${(/** @type {number} */ i) => `image ${rows[i].index}, region ${rows[i].region}: ${number(rows[i].semantic)}, ${percent(rows[i].density)}`} /><//>
    <${TableBehind} caption="regions of all images" rows=${rows} columns=${[
      { name: "image", of: (/** @type {any} */ row) => row.index }, { name: "region", of: (/** @type {any} */ row) => row.region },
      { name: "semantic", of: (/** @type {any} */ row) => row.semantic }, { name: "density", of: (/** @type {any} */ row) => row.density },
    ]} /></div>`;
}
