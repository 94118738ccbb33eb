/** A searched image with its regions: one can go from region to region; crosses are single pixels that decide. */
import { useTheme } from "../lib/colours.js";
import d3 from "../lib/d3.js";
import { html, useMemo } from "../lib/html.js";
import { moveByKeys } from "../lib/keys.js";
import { small } from "../lib/small.js";

/** @param {{found: any, href: string, chosen: number | null, onChoose: (region: number | null) => void, width: number}} props found: as `GET /regions/{index}` answers it */
export function Segments({ found, href, chosen, onChoose, width }) {
  const theme = useTheme();
  const { segments, hits } = found;
  const [h, w] = [segments.length, segments[0].length];
  const side = Math.min(width, 360) / Math.max(h, w);
  const outlines = useMemo(() => outlined(segments, side), [segments, side]);
  const crosses = useMemo(() => crossed(hits, side), [hits, side]);
  const focus = found.regions.some((/** @type {any} */ { region }) => region === chosen) ? chosen : found.regions[0]?.region;
  return html`<svg class="picture map" width=${side * w} height=${side * h} role="listbox" aria-label=${`Regions of image ${found.index}`} onKeyDown=${moveByKeys}>
    <image href=${small(href)} width=${side * w} height=${side * h} preserveAspectRatio="none" aria-hidden="true" />
    ${found.regions.map((/** @type {any} */ region, /** @type {number} */ i) => {
      const selected = region.region === chosen;
      const said = `region ${region.region}${region.name ? `, ${region.name}` : ""}: ${region.vulnerable} of ${region.tried} pixels decide`;
      return html`<g key=${region.region} role="option" data-region=${region.region} data-at=${`${i},0`} tabindex=${region.region === focus ? 0 : -1}
          aria-label=${said} aria-selected=${selected ? "true" : "false"} onClick=${() => onChoose(selected ? null : region.region)}>
        <title>${said}</title>
        <path class="segment" d=${outlines.get(region.region) ?? ""} />
      </g>`;
    })}
    <g fill="none" pointer-events="none">
      <path d=${crosses} stroke=${theme.ground} stroke-width="3.5" />
      <path d=${crosses} stroke=${theme.ink} stroke-width="1.5" />
    </g>
  </svg>`;
}

/**
 * Of each region the runs of its pixels, as one path.
 * @param {number[][]} segments
 * @param {number} side of a pixel
 * @returns {Map<number, string>}
 */
function outlined(segments, side) {
  /** @type {Map<number, string[]>} */
  const paths = new Map();
  segments.forEach((line, y) => {
    for (let x = 0; x < line.length; ) {
      const start = x;
      while (x < line.length && line[x] === line[start]) x++;
      const run = `M${(start * side).toFixed(1)} ${(y * side).toFixed(1)}h${((x - start) * side).toFixed(1)}v${side.toFixed(1)}h${((start - x) * side).toFixed(1)}z`;
      paths.get(line[start])?.push(run) ?? paths.set(line[start], [run]);
    }
  });
  return new Map([...paths].map(([region, runs]) => [region, runs.join("")]));
}

/**
 * A cross on every pixel that decides, each once.
 * @param {{y: number[], x: number[]}} hits
 * @param {number} side
 */
function crossed(hits, side) {
  const path = d3.path();
  const r = Math.max(2, 0.3 * side);
  for (const place of new Set(hits.y.map((y, i) => `${y},${hits.x[i]}`))) {
    const [y, x] = place.split(",").map((at) => (Number(at) + 0.5) * side);
    path.moveTo(x - r, y - r);
    path.lineTo(x + r, y + r);
    path.moveTo(x + r, y - r);
    path.lineTo(x - r, y + r);
  }
  return String(path);
}
