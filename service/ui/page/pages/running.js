/** An audit that is under way: its progress moves by the events that the service sends. */
import { count, duration, moment, number, percent, visible } from "../lib/format.js";
import { html, useEffect, useState } from "../lib/html.js";
import { useMaySubmit } from "../lib/session.js";
import { Note } from "../parts/notes.js";

const TYPES = ["status", "phase", "progress", "artifact", "retry"];
/** Events that are listed. */
const LISTED = 12;
/** The job is read anew at most this often, however many events arrive. */
const PAUSE_MS = 300;
/** And at least this often: of progress in quick succession the service tells the first alone, and a proxy may hold events up. */
const PATIENCE_MS = 5000;

/** @param {{at: string, info: any, renew: () => Promise<void>, cancel: () => void}} props */
export function Running({ at, info, renew, cancel }) {
  const [events, setEvents] = useState(/** @type {any[]} */ ([]));
  useEffect(() => {
    const source = new EventSource(`${at}/events`);
    /** @type {any} */
    let handle = null;
    const heard = (/** @type {MessageEvent} */ message) => {
      const event = JSON.parse(message.data);
      if (event.type !== "progress") setEvents((before) => [event, ...before].slice(0, LISTED));
      handle ??= setTimeout(() => {
        handle = null;
        renew();
      }, PAUSE_MS);
    };
    for (const type of TYPES) source.addEventListener(type, heard);
    const regular = setInterval(renew, PATIENCE_MS);
    return () => {
      source.close();
      clearTimeout(handle);
      clearInterval(regular);
    };
  }, [at]);
  const { training, progress, phase, seconds_left: left, waiting_for: waiting, queue_position: before } = info;
  return html`<section aria-labelledby="under-way">
    <h2 id="under-way">Under way: ${phase ?? info.status}</h2>
    <p><label>${progress ? `${count(Math.floor(progress.done))} of ${count(Math.floor(progress.total))} ${progress.unit}` : before ? `waiting for a worker, behind ${before} of yours` : "waiting for a worker"}
      <br /><progress max=${progress?.total ?? 1} value=${progress?.done ?? 0}></progress></label></p>
    ${left !== null && left !== undefined && html`<p>About ${duration(left)} left of what is planned so far.</p>`}
    ${training && html`<${Training} now=${training} />`}
    ${waiting && html`<${Note}><p>Waiting: ${waiting.detail ?? waiting.title}</p><//>`}
    ${useMaySubmit() && html`<p><button type="button" class="plain" onClick=${cancel} disabled=${info.status === "cancelling"}>Cancel the audit</button></p>`}
    <p class="hint">What it finds is shown here as soon as it has ended.</p>
    <h3>What happened</h3>
    <ol reversed>${events.map((event) => html`<li key=${event.id}>${moment(event.at)} ${told(event)}</li>`)}</ol>
  </section>`;
}

/** Where the training of a hardening stands: `training` of the audit. */
function Training(/** @type {{now: any}} */ { now }) {
  const fact = (/** @type {string} */ name, /** @type {string} */ value) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  return html`<h3>The training</h3>
    <dl class="facts">
      ${fact("Epoch", `${now.epoch} of ${now.epochs}`)} ${fact("Loss", number(now.loss))}
      ${fact("Clean accuracy", percent(now.clean_accuracy))} ${fact("Under attack", percent(now.robust_accuracy))}
    </dl>
    <p class="hint">Accuracies on a few training images, of the last epoch that was judged.</p>`;
}

/** @param {any} event */
function told(event) {
  const said = [event.status, event.phase, event.name, event.detail].filter(Boolean).map(String).join(", ");
  return visible(`${event.type}: ${said}`);
}
