/** The frame: who is signed in, which page an address is, and the theme. */
import { call, forget, onSignedOut, send } from "./lib/api.js";
import { isDark, setTheme, useTheme } from "./lib/colours.js";
import { usePath } from "./lib/location.js";
import { html, useEffect, useState } from "./lib/html.js";
import { auditAt } from "./lib/places.js";
import { asProblem } from "./lib/problem.js";
import { sessionNow } from "./lib/session-now.js";
import { forgetSheets } from "./lib/sheets.js";
import { Signed } from "./lib/session.js";
import { AuditPage } from "./pages/audit.js";
import { AuditsPage } from "./pages/audits.js";
import { NewAuditPage } from "./pages/new-audit.js";
import { SignInPage } from "./pages/sign-in.js";
import { ProblemNote } from "./parts/notes.js";

/** @typedef {import("./lib/session.js").Session} Session */

export function App() {
  const [session, setSession] = useState(sessionNow);
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  const [ended, setEnded] = useState(false);
  useEffect(() => {
    const again = (/** @type {PageTransitionEvent} */ event) => {
      if (event.persisted) call("/ui/session").then(setSession, (error) => setProblem(asProblem(error)));
    };
    addEventListener("pageshow", again); // the page as it was left: somebody may have signed in or out meanwhile
    const silence = onSignedOut(() => {
      forgetAll();
      setEnded(true);
      setSession({ auth: "keys", signed_in: false });
    });
    return () => {
      removeEventListener("pageshow", again);
      silence();
    };
  }, []);
  const signedIn = (/** @type {Session} */ found) => {
    forgetAll();
    setEnded(false);
    setSession(found);
  };
  const leave = () => send("DELETE", "/ui/session").then(signedIn, (error) => setProblem(asProblem(error)));
  return html`
    <a class="skip" href="#main">To the content</a>
    <${Top} session=${session} leave=${leave} />
    <main id="main" tabindex="-1">
      ${problem && html`<${ProblemNote} problem=${problem} />`}
      ${!session.signed_in && html`<${SignInPage} ended=${ended} onSignedIn=${signedIn} />`}
      ${session.signed_in && html`<${Signed.Provider} value=${session}><${Routed} /><//>`}
    </main>`;
}

function forgetAll() {
  forget();
  forgetSheets();
}

function Routed() {
  const path = usePath();
  const audit = auditAt(path);
  if (audit !== null) return html`<${AuditPage} key=${audit} id=${audit} />`;
  if (path === "/ui/new") return html`<${NewAuditPage} />`;
  if (path === "/" || path === "/ui" || path === "/ui/") return html`<${AuditsPage} />`;
  return html`<h1>There is no such page</h1><p><a href="/">All audits</a></p>`;
}

/** @param {{session: Session, leave: () => void}} props */
function Top({ session, leave }) {
  useTheme();
  const path = usePath();
  const current = (/** @type {string} */ address) => (path === address ? "page" : undefined);
  return html`<header class="top">
    <a class="brand" href="/">Tremor</a>
    <nav aria-label="Pages">
      <a href="/" aria-current=${current("/")}>Audits</a>
      ${session.scope !== "read" && html`<a href="/ui/new" aria-current=${current("/ui/new")}>New audit</a>`}
      <a href="/schema">API</a>
    </nav>
    <div class="right">
      <button type="button" class="small" onClick=${() => setTheme(isDark() ? "light" : "dark")}>
        ${isDark() ? "Light" : "Dark"} theme</button>
      ${session.auth === "keys" && session.signed_in && html`<span class="hint">${session.name}</span>
        <button type="button" class="small" onClick=${leave}>Sign out</button>`}
    </div>
  </header>`;
}
