/** Components without a build step: Preact, its hooks, and `html` for markup. */
import { Component, h } from "preact";
import htm from "htm";

/** @type {(strings: TemplateStringsArray, ...values: any[]) => any} */
export const html = htm.bind(h);

/**
 * A component that is not drawn anew while what it is given is the same, one by one.
 * @param {(props: any) => any} draw
 * @returns {any}
 */
export function memo(draw) {
  return class extends Component {
    /** @param {any} next */
    shouldComponentUpdate(next) {
      const names = new Set([...Object.keys(next), ...Object.keys(this.props)]);
      return [...names].some((name) => next[name] !== /** @type {any} */ (this.props)[name]);
    }

    render() {
      return draw(this.props);
    }
  };
}

export { createContext, render, Component, Fragment } from "preact";
export {
  useCallback,
  useContext,
  useEffect,
  useErrorBoundary,
  useId,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from "preact/hooks";
