/** Names of the classes, for every view. */
import { short } from "./format.js";
import { createContext, useContext } from "./html.js";

/** @type {import("preact").Context<string[] | null>} */
export const Classes = createContext(/** @type {string[] | null} */ (null));

/** @returns {(label: number, most?: number) => string} what a class is called, cut where it is long */
export function useClassName() {
  const names = useContext(Classes);
  return (label, most = 24) => short(names?.[label] || `class ${label}`, most);
}
