/** Signing in with an API key. The key is sent once; what stays in the browser is a cookie that no script reads. */
import { send } from "../lib/api.js";
import { html, useState } from "../lib/html.js";
import { asProblem } from "../lib/problem.js";
import { Note, ProblemNote } from "../parts/notes.js";

/** @param {{ended: boolean, onSignedIn: (session: any) => void}} props ended: the session was over in the middle of something */
export function SignInPage({ ended, onSignedIn }) {
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState(false);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    setBusy(true);
    const form = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    try {
      onSignedIn(await send("POST", "/ui/session", { key: String(form.get("key")).trim() }));
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  return html`<h1>Sign in</h1>
    ${ended && html`<${Note}><p role="alert">Your session has ended. Sign in again: you will be where you were.</p><//>`}
    <form onSubmit=${submit}>
      <p><label for="key">API key</label></p>
      <p><input id="key" name="key" type="password" required autocomplete="current-password" size="48" spellcheck=${false} /></p>
      <p class="hint">As <code>tremor keys create</code> prints it. You stay signed in for 12 hours, or until the browser is closed.</p>
      ${problem && html`<${ProblemNote} problem=${problem} />`}
      <p><button type="submit" disabled=${busy}>Sign in</button></p>
    </form>`;
}
