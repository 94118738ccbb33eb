/** Sending a file, with its progress, and waiting until a worker has looked into it. */
import { call } from "./api.js";
import { Problem, problemOf } from "./problem.js";

/**
 * Upload a file.
 * @param {"models" | "datasets"} folder
 * @param {File} file
 * @param {Record<string, any>} metadata
 * @param {(share: number) => void} onProgress
 * @returns {Promise<any>} what was made of it, as the API answers it
 */
export function upload(folder, file, metadata, onProgress) {
  const form = new FormData();
  form.append("metadata", JSON.stringify(metadata));
  form.append("file", file, file.name);
  // Not `fetch`: it does not say how much has been sent.
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/v1/${folder}`);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
    request.onload = () => (request.status < 300 ? resolve(JSON.parse(request.responseText)) : reject(problemOf(request.status, request.responseText)));
    request.onerror = () => reject(new Problem(0, "The connection broke while the file was sent"));
    request.send(form);
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
