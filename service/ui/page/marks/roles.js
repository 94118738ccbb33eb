/** What each cluster does for each class: blue is for it, orange against it. */
import { useChoice } from "../lib/choice.js";
import { useClassName } from "../lib/classes.js";
import { useTheme } from "../lib/colours.js";
import d3 from "../lib/d3.js";
import { number } from "../lib/format.js";
import { html, memo, useMemo } from "../lib/html.js";
import { moveByKeys } from "../lib/keys.js";

const LINE = 22;
/** More classes than this have no room for their names. */
const NAMED = 20;

/** @param {{page: any, width: number, onChoose: (cluster: any) => void}} props */
export function Roles({ page, width, onChoose }) {
  const theme = useTheme();
  const name = useClassName();
  const { cluster: chosen } = useChoice();
  const [left, top] = [112, page.classes.length > NAMED ? 8 : 74];
  const step = Math.max(3, Math.min(44, (width - left - 34) / page.classes.length));
  const colour = useMemo(() => {
    /** @type {number[]} */
    const sizes = page.items.flatMap((/** @type {any} */ { role }) => role.map(Math.abs));
    const far = d3.max(sizes) || 1;
    return d3.scaleLinear([-far, 0, far], [theme.adversarial, theme.ground, theme.benign]);
  }, [page, theme]);
  const focus = page.items[chosen ?? 0] ? chosen ?? 0 : 0;
  const height = top + LINE * page.items.length + 2;
  return html`<svg class="picture" width=${left + step * page.classes.length + 34} height=${height} role="listbox" aria-label="Clusters" onKeyDown=${moveByKeys}>
    <g aria-hidden="true">${page.classes.length <= NAMED && page.classes.map((/** @type {number} */ y, /** @type {number} */ i) => html`<text key=${y}
      transform=${`translate(${left + (i + 0.6) * step},${top - 6}) rotate(-45)`}>${name(y, 10)}</text>`)}</g>
    ${page.items.map((/** @type {any} */ item, /** @type {number} */ i) => {
      const selected = i === chosen;
      const best = d3.greatestIndex(item.role) ?? 0;
      const size = `${item.neurons.length} ${item.neurons.length === 1 ? "neuron" : "neurons"}`;
      const said = `cluster ${i}: ${size}, most for ${name(page.classes[best])} (${number(item.role[best])})`;
      return html`<g key=${i} role="option" data-cluster=${i} data-at=${`0,${i}`} tabindex=${i === focus ? 0 : -1} aria-label=${said}
          aria-selected=${selected ? "true" : "false"} onClick=${() => onChoose(item)}>
        <title>${said}</title>
        <rect class="cell-ground" x="1" y=${top + i * LINE + 1} width=${left + step * page.classes.length} height=${LINE - 2} rx="3" fill="transparent" />
        <text x="8" y=${top + (i + 0.5) * LINE} dominant-baseline="central">${i} (${size})</text>
        <${Row} role=${item.role} left=${left} y=${top + i * LINE + 3} step=${step} colour=${colour} theme=${theme} />
      </g>`;
    })}
  </svg>`;
}

/** Not drawn anew while clusters are chosen. */
const Row = memo((/** @type {any} */ { role, left, y, step, colour, theme }) => role.map((/** @type {number} */ value, /** @type {number} */ j) =>
  html`<rect key=${j} x=${left + j * step} y=${y} width=${Math.max(2, step - 1)} height=${LINE - 6} fill=${colour(value)} stroke=${theme.faint} stroke-width="0.5" />`));
