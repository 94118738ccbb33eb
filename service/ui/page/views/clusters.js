/** Clusters: neurons of alike roles, by a dendrogram that is cut by dragging. */
import { useAmiss } from "../lib/amiss.js";
import { address } from "../lib/api.js";
import { useRead } from "../lib/asking.js";
import { choose, setQuery, useChoice, useSetting } from "../lib/choice.js";
import { useClassName } from "../lib/classes.js";
import { counted, number, short } from "../lib/format.js";
import { html, useMemo } from "../lib/html.js";
import { useWidth } from "../lib/measure.js";
import { whole } from "../lib/rules.js";
import { Dendrogram } from "../marks/dendrogram.js";
import { Roles } from "../marks/roles.js";
import { Answer } from "../parts/answer.js";
import { Slider } from "../parts/controls.js";
import { Figure } from "../parts/figure.js";
import { TableBehind } from "../parts/table.js";

const USUAL = 8;
const MOST = 60;
/** A picture of fields takes no more neurons at once. */
const TOGETHER = 64;

/** @param {{audit: import("../parts/view.js").Audit}} props */
function Show({ audit }) {
  const asked = useRead(`${audit.at}/dendrogram`);
  return html`<${Answer} asked=${asked}>${(/** @type {any} */ tree) => html`<${Clusters} audit=${audit} tree=${tree} />`}<//>`;
}

/** @param {{audit: import("../parts/view.js").Audit, tree: any}} props */
function Clusters({ audit, tree }) {
  const [ref, width] = useWidth();
  const most = Math.min(MOST, tree.order.length);
  const [text] = useSetting("clusters.count", String(Math.min(USUAL, most)), whole(1, most));
  const heights = useMemo(() => tree.merges.map((/** @type {number[]} */ [, , height]) => height).sort((/** @type {number} */ a, /** @type {number} */ b) => b - a), [tree]);
  const count = Number(text);
  const cut = (/** @type {number} */ wanted) => setQuery({ "clusters.count": wanted === USUAL ? null : String(wanted), cluster: null }, { replace: true });
  const asked = useRead(address(`${audit.at}/clusters`, { count, limit: 1000 }));
  return html`<div ref=${ref}>
    <div class="controls"><${Slider} label="Clusters" value=${count} min=${1} max=${most} step=${1} onInput=${cut} /></div>
    <${Answer} asked=${asked}>${(/** @type {any} */ page) => html`
      <${Figure} name="dendrogram" caption=${`${counted(tree.order.length, "neuron")} of ${short(tree.layer)}, ${tree.linkage} linkage; drag the line to cut elsewhere.`}>
        <${Dendrogram} tree=${tree} clusters=${page.items} height=${page.height} heights=${heights} most=${most} width=${width} onCut=${cut} />
      <//>
      <${Figure} name="roles" caption="Mean contribution of each cluster's neurons to each class">
        <${Roles} page=${page} width=${width} onChoose=${pick} />
      <//>
      <${Chosen} page=${page} />
      <${List} page=${page} />`}<//>
  </div>`;

  /** @param {any} cluster */
  function pick(cluster) {
    choose({ cluster: cluster.cluster, neurons: cluster.neurons.slice(0, TOGETHER), layer: null });
  }
}

/** @param {{page: any}} props */
function Chosen({ page }) {
  const { cluster, neurons } = useChoice();
  const found = page.items[cluster ?? -1];
  useAmiss("cluster", cluster === null || found ? null : `there are ${counted(page.items.length, "cluster")}, 0 to ${page.items.length - 1}`);
  if (!found) return html`<p class="hint">Choosing a cluster chooses its neurons: their fields, as union or intersection, are shown above.</p>`;
  return html`<p>Cluster ${found.cluster}: ${counted(found.neurons.length, "neuron")}${neurons.length < found.neurons.length ? `, ${neurons.length} of them chosen` : ""}. <a href="#fields">Their fields</a></p>`;
}

/** @param {{page: any}} props */
function List({ page }) {
  const name = useClassName();
  return html`<${TableBehind} caption="the clusters and their roles" rows=${page.items} columns=${[
    { name: "cluster", of: (/** @type {any} */ row) => row.cluster },
    { name: "neurons", of: (/** @type {any} */ row) => row.neurons.length },
    { name: "joined at", of: (/** @type {any} */ row) => row.height, show: (/** @type {number} */ value) => number(value) },
    ...page.classes.map((/** @type {number} */ y, /** @type {number} */ i) => ({ name: name(y), of: (/** @type {any} */ row) => row.role[i] })),
    { name: "which", of: (/** @type {any} */ row) => row.neurons.join(" "), show: (/** @type {string} */ value) => short(value, 60) },
  ]} />`;
}

export default {
  id: "clusters",
  settings: ["count"],
  title: "Clusters",
  shows: "Neurons that do alike for the classes lie beneath one branch. Drag the line, or the slider, to cut the tree into more or fewer clusters; choosing one chooses its neurons.",
  equation: "role of i = (mean of c_i(x, y) over x taken for y)_y;  joined by Ward's criterion or average correlation",
  source: "Visual Analytics of Neuron Vulnerability, hierarchical clustering; the vectors are a reconstruction",
  needs: { analysis: "neurons.vulnerability", what: "clusters" },
  Show,
};
