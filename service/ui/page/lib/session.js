/** Who is signed in, for the parts of the page that not everybody may use. */
import { createContext, useContext } from "./html.js";

/** @typedef {import("./session-now.js").Session} Session */

/** @type {import("preact").Context<Session | null>} */
export const Signed = createContext(/** @type {Session | null} */ (null));

/** What those who may not are told. */
export const READ_ONLY = "Your key may only read: with one of scope submit you can upload and start audits here.";

/** @returns {boolean} whether one may upload, start and cancel: with a key of scope `read` one only looks */
export function useMaySubmit() {
  return useContext(Signed)?.scope !== "read";
}
