/** Explanations: what the parts of a perturbation promote and suppress, where classes are seen, and what it needs. */
import { useAmiss } from "../lib/amiss.js";
import { address } from "../lib/api.js";
import { useRead } from "../lib/asking.js";
import { useChoice, useSetting } from "../lib/choice.js";
import { useClassName } from "../lib/classes.js";
import { useTheme } from "../lib/colours.js";
import { number, percent } from "../lib/format.js";
import { html, useMemo } from "../lib/html.js";
import { like } from "../lib/rules.js";
import { useWidth } from "../lib/measure.js";
import { GroupMap, groupText, kindColours, KINDS, ORDER } from "../marks/group-map.js";
import { Pictures } from "../marks/pictures.js";
import { Answer } from "../parts/answer.js";
import { Select } from "../parts/controls.js";
import { Figure } from "../parts/figure.js";
import { ImageCards } from "../parts/image-cards.js";
import { Missing } from "../parts/missing.js";
import { Legend } from "../parts/notes.js";
import { Pager, usePlaceInList } from "../parts/pager.js";
import { TableBehind } from "../parts/table.js";
import { Overall } from "./explain-more.js";

const PAGE = 6;
const GROUP = like(/^\d{1,5}-\d{1,5}$/, "2-5, row and column");
const SHOWN = /** @type {[string, string][]} */ ([
  ["kind", "kind of effect"], ["psr", "PSR"], ["promotion", "promotion p of the target"], ["suppression", "suppression s of the true class"],
]);

/** @param {{audit: import("../parts/view.js").Audit}} props */
function Show({ audit }) {
  const asked = useRead(`${audit.at}/report.json`);
  return html`<${Answer} asked=${asked}>${(/** @type {any} */ report) => (report.explain?.n
    ? html`<${Explained} audit=${audit} section=${report.explain} />`
    : html`<${Missing} report=${report} part="explain" ask='"explain": {}' />`)}<//>`;
}

/** @param {{audit: import("../parts/view.js").Audit, section: any}} props */
function Explained({ audit, section }) {
  const { cell, image } = useChoice();
  const name = useClassName();
  const [start, setStart] = usePlaceInList("explain.from");
  const asked = useRead(address(`${audit.at}/explanations`, { ...cell, limit: PAGE, cursor: start || null }));
  const known = useMemo(() => new Set(section.samples.map((/** @type {any} */ { index }) => index)), [section]);
  return html`
    ${image !== null && (known.has(image) ? html`<${One} audit=${audit} index=${image} />`
      : html`<p class="hint">Image ${image} is none of the ${section.n} explained ones: those that ${section.attack.name.toUpperCase()} fooled, of ${section.tried} tried.</p>`)}
    <h3>Explained images${cell ? " of the chosen cell" : ""}</h3>
    <${Answer} asked=${asked}>${(/** @type {any} */ page) => html`
      <${ImageCards} at=${audit.at} label="Explained images" chosen=${image} cards=${page.items.map((/** @type {any} */ sample) => ({
        index: sample.index, fooled: true,
        pictures: ["explained", "psr", "refined"].map((what) => sample.pictures.find((/** @type {any} */ one) => one.what === what)).filter(Boolean),
        lines: [`Image ${sample.index}: ${name(sample.label)}`, `aimed at ${name(sample.target)}`,
          `${percent(sample.shares.suppression, 0)} suppress, ${percent(sample.shares.promotion, 0)} promote, ${percent(sample.shares.balanced, 0)} both`],
      }))} />
      <${Pager} name="explain.from" page=${page} n=${cell ? null : section.n} start=${start} size=${PAGE} onGo=${setStart} />`}<//>
    <${Overall} section=${section} />`;
}

/** One explained image: its map of groups, its four maps of classes, and its refinement. */
function One(/** @type {{audit: import("../parts/view.js").Audit, index: number}} */ { audit, index }) {
  const asked = useRead(`${audit.at}/explanations/${index}`);
  return html`<h3>Image ${index}</h3>
    <${Answer} asked=${asked}>${(/** @type {any} */ found) => html`<${Groups} sample=${found} /><${Maps} at=${audit.at} sample=${found} /><${Refined} at=${audit.at} sample=${found} />`}<//>`;
}

/** @param {{sample: any}} props */
function Groups({ sample }) {
  const [ref, width] = useWidth();
  const theme = useTheme();
  const [shown, setShown] = useSetting("explain.shown", "kind", SHOWN.map(([key]) => key));
  const [text, setText] = useSetting("explain.group", "", GROUP);
  const { map } = sample;
  const group = /** @type {[number, number] | null} */ (text === "" ? null : text.split("-").map(Number));
  const there = group && map.kind[group[0]]?.[group[1]] !== undefined ? group : null;
  useAmiss("explain.group", group && !there ? `image ${sample.index} has no such group` : null);
  const colours = kindColours(theme);
  const legend = shown === "kind"
    ? ORDER.map((kind) => ({ name: KINDS[kind], colour: kind === "3" ? "var(--edge)" : colours[kind], shape: kind === "3" ? "outline" : "square" }))
    : [{ name: shown === "suppression" ? "negative: helps the true class" : shown === "psr" ? "suppression dominates" : "negative: hinders the target", colour: shown === "suppression" ? theme.adversarial : theme.benign, shape: "square" },
       { name: shown === "suppression" ? "suppresses the true class" : shown === "psr" ? "promotion dominates" : "promotes the target", colour: shown === "suppression" ? theme.benign : theme.adversarial, shape: "square" }];
  const rows = map.kind.flatMap((/** @type {number[]} */ line, /** @type {number} */ row) => line.map((kind, column) => ({
    row, column, kind: KINDS[kind], promotion: map.promotion[row][column], suppression: map.suppression[row][column], psr: map.psr[row][column],
  }))).filter((/** @type {any} */ { kind }) => kind !== KINDS[3])
    .sort((/** @type {any} */ a, /** @type {any} */ b) => Math.abs(b.promotion) + Math.abs(b.suppression) - Math.abs(a.promotion) - Math.abs(a.suppression));
  return html`<div ref=${ref}>
    <div class="controls"><${Select} label="Of each group" value=${shown} options=${SHOWN} onChange=${setShown} /></div>
    <${Figure} name=${`image-${sample.index}-promotion-suppression`} caption=${`Promotion–suppression map of image ${sample.index}: ${sample.groups} of ${map.kind.flat().length} groups are perturbed.`}>
      <${GroupMap} map=${map} shown=${shown} chosen=${there} width=${width}
        onChoose=${(/** @type {[number, number]} */ at) => setText(at.join("-"), { replace: true })} /><//>
    <${Legend} items=${legend} />
    <p class="said" role="status">${there ? groupText(map, there) : "Choose a group to read what it does."}</p>
    <${TableBehind} caption=${`groups of image ${sample.index}, the strongest first`} rows=${rows} columns=${[
      { name: "row", of: (/** @type {any} */ row) => row.row }, { name: "column", of: (/** @type {any} */ row) => row.column },
      { name: "kind", of: (/** @type {any} */ row) => row.kind }, { name: "p", of: (/** @type {any} */ row) => row.promotion },
      { name: "s", of: (/** @type {any} */ row) => row.suppression }, { name: "PSR", of: (/** @type {any} */ row) => row.psr },
    ]} /></div>`;
}

/** Where the true class and the target are seen in both images. */
function Maps(/** @type {{at: string, sample: any}} */ { at, sample }) {
  const [ref, width] = useWidth();
  const name = useClassName();
  const named = [
    ["explained", "x′"], ["explained-difference", "δ"],
    ["cam-benign-true", `x, ${name(sample.label, 14)}`], ["cam-benign-target", `x, ${name(sample.target, 14)}`],
    ["cam-adversarial-true", `x′, ${name(sample.label, 14)}`], ["cam-adversarial-target", `x′, ${name(sample.target, 14)}`],
  ];
  const items = named.map(([what, text]) => ({ ...sample.pictures.find((/** @type {any} */ one) => one.what === what), name: text })).filter(({ what }) => what);
  const scores = sample.interpretability;
  return html`<div ref=${ref}>
    <${Figure} name=${`image-${sample.index}-class-activation`} caption=${`Class activation maps C(x, y), C(x, t), C(x′, y), C(x′, t) of image ${sample.index}: violet is nowhere, yellow is most.`}>
      <${Pictures} at=${at} index=${sample.index} items=${items} width=${width} title=${`Where classes are seen in image ${sample.index}`} /><//>
    ${scores ? html`<p>${scoresText(scores)}</p>`
      : html`<p class="hint">This model has no class activation maps.</p>`}</div>`;
}

/**
 * Where a perturbation lies, in words.
 * @param {{true: {score: number, chance: number}, target: {score: number, chance: number}}} scores
 */
function scoresText({ true: own, target }) {
  return `Of the perturbation's norm ${percent(own.score, 0)} lie where the true class is seen (chance ${percent(own.chance, 0)}), ${percent(target.score, 0)} where the target is (chance ${percent(target.chance, 0)}).`;
}

/** What is left of the perturbation when all is undone that its success does not need. */
function Refined(/** @type {{at: string, sample: any}} */ { at, sample }) {
  const [ref, width] = useWidth();
  const { refinement } = sample;
  if (!refinement) return null;
  const items = [["explained", "before"], ["refined", "after"]]
    .map(([what, name]) => ({ ...sample.pictures.find((/** @type {any} */ one) => one.what === what), name })).filter(({ what }) => what);
  const saved = refinement.before > 0 ? 1 - refinement.after / refinement.before : 0;
  return html`<div ref=${ref}>
    <${Figure} name=${`image-${sample.index}-refinement`} caption=${`Refinement of image ${sample.index}: L2 ${number(refinement.before)} before, ${number(refinement.after)} after (${percent(saved, 0)} saved); it ${refinement.success ? "still fools" : "fools no more"}.`}>
      <${Pictures} at=${at} index=${sample.index} items=${items} width=${width} title="The example before and after refinement" /><//></div>`;
}

export default {
  id: "explain",
  settings: ["from", "shown", "group", "attack"],
  title: "Explanations",
  shows: "What each group of a perturbation's pixels does: it suppresses the true class, promotes the target, or both; whether it lies where the classes are seen; and how much of it is needed at all.",
  equation: "s_i = z_y(x′ without δ_i) − z_y(x′),  p_i = z_t(x′) − z_t(x′ without δ_i),  PSR_i = log₂(max(p_i, κ) / max(s_i, κ)),  IS(δ, c) = |δ where c is seen|₂ / |δ|₂",
  source: "Interpreting Adversarial Examples by Activation Promotion and Suppression; formulas reconstructed, refinement ours",
  Show,
};
