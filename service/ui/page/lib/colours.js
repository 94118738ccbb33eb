/**
 * Colours that people of every colour vision tell apart (Okabe and Ito 2008; Tol's "muted" beyond eight), in the shade
 * that fits the present theme. Nothing is told by colour alone: names, shapes or places say it as well.
 */
import { useEffect, useState } from "./html.js";

const LIGHT = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#806600", "#56b4e9", "#882255", "#44605a", "#7a5fb5", "#a8780a", "#2e7d8c", "#b0413e"];
const DARK = ["#4aa3df", "#f0803c", "#2fc79b", "#e39ac4", "#e0cc3a", "#9bd7ff", "#d977a8", "#a9c4bd", "#b9a3ec", "#e6b450", "#7fd0dd", "#f08a87"];

/** faint: of surfaces and lines; dim: of marks that are not meant. @typedef {{classes: string[], benign: string, adversarial: string, ground: string, ink: string, faint: string, dim: string, dark: boolean}} Theme */

/** @returns {boolean} whether the page is dark at present */
export function isDark() {
  const set = document.documentElement.dataset.theme;
  return set ? set === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

/** @returns {Theme} */
export function themeNow() {
  const dark = isDark();
  return dark
    ? { classes: DARK, benign: DARK[0], adversarial: DARK[1], ground: "#14181c", ink: "#e8eaed", faint: "#3a424a", dim: "#5f6b77", dark }
    : { classes: LIGHT, benign: LIGHT[0], adversarial: LIGHT[1], ground: "#ffffff", ink: "#1b1f23", faint: "#d5dae0", dim: "#a3adb8", dark };
}

/**
 * The colour of a class. There are more classes than colours: their names say the rest.
 * @param {Theme} theme
 * @param {number} label
 * @returns {string}
 */
export function classColour(theme, label) {
  return theme.classes[label % theme.classes.length];
}

/**
 * The present theme; what draws on a canvas draws anew when it changes.
 * @returns {Theme}
 */
export function useTheme() {
  const [theme, setTheme] = useState(themeNow);
  useEffect(() => {
    const renew = () => setTheme(themeNow());
    const query = matchMedia("(prefers-color-scheme: dark)");
    query.addEventListener("change", renew);
    addEventListener("tremor-theme", renew);
    return () => {
      query.removeEventListener("change", renew);
      removeEventListener("tremor-theme", renew);
    };
  }, []);
  return theme;
}

/**
 * Set the theme, or leave it to the system.
 * @param {"light" | "dark" | null} wanted
 */
export function setTheme(wanted) {
  if (wanted) {
    document.documentElement.dataset.theme = wanted;
    localStorage.setItem("tremor-theme", wanted);
  } else {
    delete document.documentElement.dataset.theme;
    localStorage.removeItem("tremor-theme");
  }
  dispatchEvent(new Event("tremor-theme"));
}

/** Take up the theme that was set before. */
export function recallTheme() {
  const found = localStorage.getItem("tremor-theme");
  if (found === "light" || found === "dark") document.documentElement.dataset.theme = found;
}
