/**
 * Whose turn it is: views in sight answer a choice at once; the others follow one after the other when that is done, so
 * that a click never waits for what nobody sees.
 */

/** What follows does so after so long at the latest, whatever is still asked for. */
const PATIENCE_MS = 3000;

/** Views in sight that wait for an answer. @type {Set<string>} */
const busy = new Set();
/** @type {Set<() => void>} */
const queue = new Set();
/** Whether somebody is about to be given the turn. */
let called = false;

const whenIdle = globalThis.requestIdleCallback ?? ((/** @type {() => void} */ run) => setTimeout(run, 50));

/**
 * Say whether a view in sight waits for something.
 * @param {string} view
 * @param {boolean} waits
 */
export function waitsInSight(view, waits) {
  if (waits) busy.add(view);
  else busy.delete(view);
  next();
}

/**
 * Do something when it is its turn.
 * @param {() => void} run
 * @returns {() => void} takes it back
 */
export function inTurn(run) {
  const once = () => {
    if (!queue.delete(once)) return;
    clearTimeout(handle);
    run();
  };
  const handle = setTimeout(once, PATIENCE_MS);
  queue.add(once);
  next();
  return () => {
    queue.delete(once);
    clearTimeout(handle);
  };
}

function next() {
  if (called || busy.size > 0 || queue.size === 0) return;
  called = true;
  whenIdle(() => {
    called = false;
    const [first] = queue;
    if (busy.size === 0) first?.();
    next();
  });
}
