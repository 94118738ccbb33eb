/**
 * The views of an audit, from top to bottom.
 *
 * A new view is one module beside this one and one line here. The module's default export is a `View` (see
 * `parts/view.js`): `id` (the section's `data-view`), `settings` (what it keeps in the address), `title`, `shows`, `equation`, `source`, `needs` (the analysis without which it has nothing to show), and `Show`, a component that is
 * given the audit. In `Show`
 *
 * - `useRead(address(`${audit.at}/…`, {…}))` asks the API (the frame shows the view as ready once all is answered),
 * - `useChoice()` says what is chosen anywhere, `choose({…})` chooses, `useSetting("VIEW.name", usual)` keeps a setting of the
 *   view's own: all of it stands in the address,
 * - `Answer`, `Figure`, `Table`, `TableBehind`, `Legend`, `Select` and `Slider` of `parts/` are what is shared.
 */
import clusters from "./clusters.js";
import explain from "./explain.js";
import fields from "./fields.js";
import hardening from "./hardening.js";
import images from "./images.js";
import layers from "./layers.js";
import matrix from "./matrix.js";
import neurons from "./neurons.js";
import overview from "./overview.js";
import regions from "./regions.js";

/** @type {import("../parts/view.js").View[]} */
export const VIEWS = [overview, matrix, images, neurons, fields, clusters, layers, explain, regions, hardening];
