/**
 * Sending a file, with its progress, and waiting until a worker has looked into it.
 *
 * Files go in parts (tus 1.0): after a lost connection it goes on where the service has got to.
 */
import { call, send } from "./api.js";
import { Problem, problemOf } from "./problem.js";

/** Bytes of a part. What is smaller goes in one request, which a service refuses by its size before it is sent. */
const PART = 16 * 2 ** 20;
/** Seconds between two tries, and tries without any byte that came. */
const PAUSE = 2;
const TRIES = 30;
const VERSION = { "Tus-Resumable": "1.0.0" };

/**
 * Upload a file.
 * @param {"models" | "datasets"} folder
 * @param {File} file
 * @param {Record<string, any>} metadata
 * @param {(share: number) => void} onProgress
 * @returns {Promise<any>} what was made of it, as the API answers it
 */
export async function upload(folder, file, metadata, onProgress) {
  if (file.size <= PART) {
    const form = new FormData();
    form.append("metadata", JSON.stringify(metadata));
    form.append("file", file, file.name);
    const { text } = await sent("POST", `/v1/${folder}`, {}, form, (loaded, total) => onProgress(total ? loaded / total : 0));
    return JSON.parse(text);
  }
  const address = await begun(file);
  await patiently(0, (offset) => part(address, file, offset, onProgress), file.size, address);
  return send("POST", `/v1/${folder}`, { upload_id: address.split("/").pop(), metadata });
}

/**
 * Begin an upload in parts.
 * @param {File} file
 * @returns {Promise<string>} its address
 */
async function begun(file) {
  const name = btoa(String.fromCharCode(...new TextEncoder().encode(file.name)));
  const headers = { ...VERSION, "Upload-Length": String(file.size), "Upload-Metadata": `filename ${name}` };
  const { location } = await sent("POST", "/v1/uploads", headers, null);
  return /** @type {string} */ (location);
}

/**
 * Send parts until all have come; after a failure that may pass, from where the service has got to.
 * @param {number} offset
 * @param {(offset: number) => Promise<number>} step sends a part and returns where the next one begins
 * @param {number} size
 * @param {string} address
 */
async function patiently(offset, step, size, address) {
  for (let failed = 0; offset < size; ) {
    const before = offset;
    try {
      offset = await step(offset);
      failed = 0;
    } catch (error) {
      if (!(error instanceof Problem) || !passes(error.status) || ++failed > TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE * 1000));
      offset = await reached(address, before);
      if (offset > before) failed = 0;
    }
  }
}

/** Whether the same may succeed later: no answer, a busy service, a part that another request has brought. */
function passes(/** @type {number} */ status) {
  return [0, 408, 409, 423, 429, 500, 502, 503, 504].includes(status);
}

/**
 * Where the service has got to; what was known before where it does not answer.
 * @param {string} address
 * @param {number} before
 */
async function reached(address, before) {
  try {
    return (await call(address)).offset;
  } catch (error) {
    if (error instanceof Problem && !passes(error.status)) throw error;
    return before; // no answer at all is a TypeError
  }
}

/**
 * Send the part that begins at an offset.
 * @param {string} address
 * @param {File} file
 * @param {number} offset
 * @param {(share: number) => void} onProgress
 * @returns {Promise<number>} where the next one begins
 */
async function part(address, file, offset, onProgress) {
  const headers = { ...VERSION, "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" };
  const told = (/** @type {number} */ loaded) => onProgress((offset + loaded) / file.size);
  const { reached } = await sent("PATCH", address, headers, file.slice(offset, offset + PART), told);
  return Number(reached);
}

/**
 * One request whose progress is told, which `fetch` does not.
 * @param {string} method
 * @param {string} url
 * @param {Record<string, string>} headers
 * @param {XMLHttpRequestBodyInit | null} body
 * @param {(loaded: number, total: number) => void} [told]
 * @returns {Promise<{text: string, location: string | null, reached: string | null}>}
 * @throws {Problem}
 */
function sent(method, url, headers, body, told) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    if (told) request.upload.onprogress = ({ loaded, total }) => told(loaded, total);
    const header = (/** @type {string} */ name) => request.getResponseHeader(name);
    request.onload = () =>
      request.status < 300
        ? resolve({ text: request.responseText, location: header("Location"), reached: header("Upload-Offset") })
        : reject(problemOf(request.status, request.responseText));
    request.onerror = () => reject(new Problem(0, "The connection broke while the file was sent"));
    request.send(body);
  });
}

/**
 * Wait until an upload is ready or rejected.
 * @param {"models" | "datasets"} folder
 * @param {string} id
 * @returns {Promise<any>}
 */
export async function inspected(folder, id) {
  for (;;) {
    const found = await call(`/v1/${folder}/${id}?wait=20`);
    if (found.status !== "inspecting") return found;
  }
}
