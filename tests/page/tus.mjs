// A file in parts by tus-js-client: node tus.mjs ENDPOINT FILE CHUNK. It tells in lines of JSON what happens, and before
// each part, behind each pause and each error waits for a line that says how to go on: `go`, `wrong` (a part with the
// checksum of another), `pause` (send the part and pause behind it), `again`.
import crypto from "node:crypto";
import fs from "node:fs";
import readline from "node:readline";
import * as tus from "tus-js-client";

const [endpoint, path, size] = process.argv.slice(2);
const data = fs.readFileSync(path);
const chunkSize = Number(size);
const orders = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const next = async () => (await orders.next()).value ?? "stop";
let pausing = false;

const upload = new tus.Upload(data, {
  endpoint,
  chunkSize,
  retryDelays: Array(1200).fill(250), // longer than a server needs to start anew, however slow the machine
  metadata: { filename: "from-node.bin" },
  onBeforeRequest: async (request) => {
    if (request.getMethod() !== "PATCH") return;
    const offset = Number(request.getHeader("Upload-Offset"));
    tell({ part: offset, url: upload.url });
    const order = await next();
    pausing = order === "pause";
    const part = order === "wrong" ? "other" : data.subarray(offset, offset + chunkSize);
    request.setHeader("Upload-Checksum", `sha1 ${crypto.createHash("sha1").update(part).digest("base64")}`);
  },
  onChunkComplete: async (_, accepted) => {
    if (!pausing) return;
    await upload.abort();
    tell({ paused: accepted });
    if ((await next()) === "again") upload.start();
    else process.exit(1);
  },
  onError: async (error) => {
    tell({ error: error.originalResponse?.getStatus() ?? String(error) });
    if ((await next()) === "again") upload.start();
    else process.exit(1);
  },
  onSuccess: () => {
    tell({ done: upload.url });
    process.exit(0);
  },
});
upload.start();
