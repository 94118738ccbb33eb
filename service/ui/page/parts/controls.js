/** Small controls: one of several, a number on a scale. */
import { html, useId } from "../lib/html.js";

/**
 * One of several values.
 * @param {{label: string, value: string, options: readonly (string | [string, string])[], onChange: (value: any) => void}} props
 *   options: a value, or a value and what it is called
 */
export function Select({ label, value, options, onChange }) {
  const id = useId();
  return html`<span class="control">
    <label for=${id}>${label}</label>
    <select id=${id} value=${value} onChange=${(/** @type {any} */ event) => onChange(event.currentTarget.value)}>
      ${options.map((option) => {
        const [key, name] = Array.isArray(option) ? option : [option, option];
        return html`<option key=${key} value=${key} selected=${key === value}>${name}</option>`;
      })}
    </select>
  </span>`;
}

/**
 * A number on a scale, that follows while it is dragged.
 * @param {{label: string, value: number, min: number, max: number, step: number, shown?: string,
 *   onInput: (value: number) => void}} props
 */
export function Slider({ label, value, min, max, step, shown, onInput }) {
  const id = useId();
  return html`<span class="control">
    <label for=${id}>${label}</label>
    <span class="scale"><input type="range" id=${id} min=${min} max=${max} step=${step} value=${value}
      onInput=${(/** @type {any} */ event) => onInput(Number(event.currentTarget.value))} />
    <output for=${id}>${shown ?? value}</output></span>
  </span>`;
}

/**
 * @param {{label: string, checked: boolean, onChange: (checked: boolean) => void}} props
 */
export function Check({ label, checked, onChange }) {
  return html`<label class="control check"><input type="checkbox" checked=${checked}
    onChange=${(/** @type {any} */ event) => onChange(event.currentTarget.checked)} /> ${label}</label>`;
}
