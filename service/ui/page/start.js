/** What the document loads: everything else is imported from here. */
import { App } from "./app.js";
import { recallTheme } from "./lib/colours.js";
import { html, render } from "./lib/html.js";
import { followLinks } from "./lib/location.js";

recallTheme();
followLinks();
render(html`<${App} />`, /** @type {Element} */ (document.querySelector("#page")));
