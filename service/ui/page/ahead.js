/**
 * Asks for what an audit's first views show while the other modules are still on their way. It is loaded by itself, since
 * it needs little; what it asks for is taken up by whoever asks for the same.
 */
import { ahead, has, read } from "./lib/api.js";
import { auditAt } from "./lib/places.js";
import { sessionNow } from "./lib/session-now.js";

/** @param {string} at */
async function begin(at) {
  const info = await ahead(at);
  if (info.status !== "succeeded") return;
  if (await has(at, "neurons.vulnerability")) {
    await Promise.allSettled(["embedding", "matrix"].map((what) => read(`${at}/${what}`)));
  }
  read(`${at}/report.json`).catch(() => {});
}

const id = auditAt(location.pathname);
if (id !== null && sessionNow().signed_in) begin(`/v1/audits/${encodeURIComponent(id)}`).catch(() => {}); // its view says what is wrong
