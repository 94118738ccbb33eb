/** What is said in words: problems, waiting, choices. */
import { html } from "../lib/html.js";

/**
 * What went wrong, as the API says it.
 * @param {{problem: import("../lib/problem.js").Problem, children?: any}} props
 */
export function ProblemNote({ problem, children }) {
  if (problem.analysis) return html`<p class="hint">${problem.detail}.</p>`; // nothing went wrong: it was not asked for
  return html`<div class="note problem" role="alert">
    <p><strong>${problem.title}.</strong> ${problem.detail}</p>
    ${problem.errors.length > 0 && html`<ul>${problem.errors.map(({ pointer, detail }) => html`<li key=${pointer + detail}>
      <code>${pointer}</code> ${detail}</li>`)}</ul>`}
    ${children}
  </div>`;
}

/** @param {{children?: any}} props */
export function Note({ children }) {
  return html`<div class="note">${children}</div>`;
}

/** @param {{text?: string}} props */
export function Wait({ text = "Loading…" }) {
  return html`<p class="wait" role="status">${text}</p>`;
}

/**
 * What stands for what in a picture.
 * @param {{items: {name: any, colour: string, shape?: "dot" | "cross" | "line" | "band" | "ring" | "square" | "outline"}[]}} props
 */
export function Legend({ items }) {
  return html`<ul class="legend">${items.map(({ name, colour, shape = "dot" }, i) => html`<li key=${i}>
    <svg width="14" height="14" aria-hidden="true">${mark(shape, colour)}</svg> ${name}</li>`)}</ul>`;
}

/**
 * @param {string} shape
 * @param {string} colour
 */
function mark(shape, colour) {
  if (shape === "cross") return html`<path d="M3 3 11 11M11 3 3 11" stroke=${colour} stroke-width="2" />`;
  if (shape === "line") return html`<path d="M1 7H13" stroke=${colour} stroke-width="2.5" />`;
  if (shape === "band") return html`<rect x="1" y="3" width="12" height="8" fill=${colour} fill-opacity="0.3" />`;
  if (shape === "square") return html`<rect x="2" y="2" width="10" height="10" fill=${colour} />`;
  if (shape === "outline") return html`<rect x="2" y="2" width="10" height="10" fill="none" stroke=${colour} />`;
  if (shape === "ring") return html`<circle cx="7" cy="7" r="4.5" fill="none" stroke=${colour} stroke-width="2.5" />`;
  return html`<circle cx="7" cy="7" r="5" fill=${colour} />`;
}
