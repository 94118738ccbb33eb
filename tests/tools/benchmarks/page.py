"""``python -m tests.tools.benchmarks.page``: how soon the page shows an audit and answers a click, as one table.

A made-up audit (`tests.tools.synthetic_audit`) of 2,000 neurons and 10,000 images is put into a folder, `tremor serve`
without workers answers about it, and headless Chromium opens it. An interaction lasts from the event to the first frame
in which what was chosen is marked, every view in sight has all that it asks for, nothing in sight is left for later,
and every picture in sight has come. Beside it stands the processor time of the page's main thread (scripts, styles,
layout, painting), which other load does not lengthen. With ``--data`` the audit is kept, with ``--made`` found there.
"""

import argparse
import os
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

from openapi.wire.settings import Settings
from tests.page.tools import chromium
from tests.tools.benchmarks.service.subject import serving
from tests.tools.synthetic_audit import Size, synthetic

_FIRST_GOAL, _GOAL = 1000.0, 100.0
#: Milliseconds that anything may take before the run is given up.
_PATIENCE = 120_000

#: Waits for the first frame in which a condition holds; `fire` begins it. Both are bodies of functions.
_INTERACT = """
([fire, holds, view]) => new Promise((resolve, reject) => {
  const insight = (section) => {
    const { top, bottom } = section.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };
  const come = (picture) => picture.tagName === "IMG" ? picture.complete && picture.naturalWidth > 0
    : /^(data|blob):/.test(picture.getAttribute("href"))
      || performance.getEntriesByName(new URL(picture.getAttribute("href"), location.href).href).length > 0;
  const settled = () => [...document.querySelectorAll("section[data-view]")].filter(insight)
    .every((section) => section.hasAttribute("data-ready") && !section.querySelector(".stale")
      && ![...section.querySelectorAll("[data-later]")].some(insight)
      && [...section.querySelectorAll("img, image")].filter(insight).every(come));
  const done = new Function("view", "state", `return ${holds}`);
  const state = {};
  const section = document.querySelector(`[data-view=${view}]`);
  const begun = performance.now();
  new Function("view", "state", fire)(section, state);
  const look = () => {
    if (performance.now() - begun > 60000) reject(new Error(`never: ${holds}`));
    else if (done(section, state) && settled()) requestAnimationFrame(() => resolve(performance.now() - begun));
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})
"""
#: Whether all of some sections are ready, and there are any.
_READY = "(document.querySelector('section{0}') && !document.querySelector('section{0}:not([data-ready])'))"
_CLICK = 'const click = (element) => element.dispatchEvent(new MouseEvent("click", { bubbles: true }));'
_POINT = """
const at = (element, type, x, y) => {
  const box = element.getBoundingClientRect();
  const place = { clientX: box.x + x * box.width, clientY: box.y + y * box.height };
  const buttons = type === "click" ? 0 : 1;
  element.dispatchEvent(new PointerEvent(type, { bubbles: true, buttons, pointerId: 1, ...place }));
};
"""
_NEXT = f"""{_CLICK}
  const all = [...view.querySelectorAll(state.which)].filter((one) => one.getAttribute("aria-selected") === "false");
  state.one = all[Math.floor(all.length * state.share)];
  click(state.one);
"""
_CHOSEN = 'state.one.isConnected ? state.one.getAttribute("aria-selected") === "true" : true'


@dataclass(frozen=True)
class Act:
    """Something that one does in a view: `fire` does it, `holds` says when it is seen. Both are JavaScript."""

    name: str
    view: str
    fire: str
    holds: str


def _choose(name: str, view: str, which: str, share: str = "Math.random()") -> Act:
    return Act(name, view, f"state.which = '{which}'; state.share = {share}; {_NEXT}", _CHOSEN)


def _select(name: str, view: str, label: str) -> Act:
    fire = f"""
      const labels = [...view.querySelectorAll("label")];
      const select = labels.find((one) => one.textContent.trim() === "{label}").control;
      const others = [...select.options].map((one) => one.value).filter((value) => value !== select.value);
      select.value = state.value = others[Math.floor(others.length * Math.random())];
      select.dispatchEvent(new Event("change", {{ bubbles: true }}));
      state.select = select;"""
    return Act(name, view, fire, 'location.search !== "" || state.select.value === state.value')


ACTS = (
    _choose("a cell of the matrix", "matrix", '[data-true]:not([aria-label*=": 0 images"])'),
    _choose("an image", "images", "[data-index]"),
    Act(
        "the next images",
        "images",
        f"""{_CLICK} const buttons = [...view.querySelectorAll("button")];
        const button = buttons.filter((one) => /Next|Before/.test(one.textContent) && !one.disabled).pop();
        if (button) click(button);""",
        "true",
    ),
    _choose("a neuron", "neurons", "[data-neuron]"),
    _select("neurons by another measure", "neurons", "Measure"),
    Act(
        "the cut of the dendrogram, dragged",
        "clusters",
        f"""{_POINT} const tree = view.querySelector("svg.picture"); const cut = view.querySelector("[role=slider]");
        at(tree, "pointermove", 0.5, 0.2 + 0.5 * Math.random());""",
        "true",
    ),
    _choose("a cluster", "clusters", "[data-cluster]"),
    Act(
        "the nearest image of the overview",
        "overview",
        f'{_POINT} at(view.querySelector("svg.plane"), "click", 0.2 + 0.6 * Math.random(), 0.3 + 0.4 * Math.random());',
        "true",
    ),
    Act(
        "zooming the overview",
        "overview",
        f"""{_CLICK} const buttons = [...view.querySelectorAll("button")];
        const [larger, , all] = buttons.filter((one) => /Zoom|Show all/.test(one.textContent));
        click(/zoom=/.test(location.search) ? all : larger);""",
        "true",
    ),
    _select("the overview in other colours", "overview", "Colour"),
    Act(
        "all choices taken back",
        "images",
        f"""{_CLICK} const buttons = [...document.querySelectorAll(".choices button")];
        click(buttons.find((one) => one.textContent === "Take all back"));""",
        'document.querySelectorAll(".choices button").length === 0',
    ),
    _choose("a layer", "layers", "[data-layer]"),
    _choose("an explained image", "explain", "[data-index]"),
    _choose("a searched image", "regions", "[data-index]"),
    _choose("a region", "regions", "[data-region]"),
    _select("hardened layers by another quantity", "hardening", "Of each layer"),
    Act("back", "matrix", "history.back();", "true"),
)


@dataclass
class Measured:
    """Milliseconds of every time."""

    wall: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)


def _busy(session: CDPSession) -> float:
    """Milliseconds of processor time that the main thread of the page has used."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return 1000 * float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))


def _ready(page: Page) -> None:
    page.locator("section[data-view]:not([data-ready])").first.wait_for(state="detached")


def opened(page: Page, session: CDPSession, url: str) -> dict[str, Measured]:
    """Open the audit; milliseconds until the first views, and all of them, are there."""
    found = {name: Measured() for name in ("the first view", "both views of the first row", "all ten views")}
    begun = _busy(session)
    page.goto(url, wait_until="commit")
    page.evaluate("performance.setResourceTimingBufferSize(100000)")  # it says which pictures have come
    conditions = (
        _READY.format("[data-view=overview]"),
        _READY.format("[data-view=overview]") + " && " + _READY.format("[data-view=matrix]"),
        _READY.format("[data-view]"),
    )
    for into, condition in zip(found.values(), conditions, strict=True):
        handle = page.wait_for_function(f"({condition}) && performance.now()", polling="raf")
        into.wall.append(float(handle.json_value()))
        into.busy.append(_busy(session) - begun)
    return found


def acted(page: Page, session: CDPSession, act: Act) -> tuple[float, float]:
    """Do something; milliseconds until it is seen, and of the main thread's processor time."""
    page.locator(f"[data-view={act.view}]").scroll_into_view_if_needed()
    page.evaluate("view => document.querySelector(`[data-view=${view}]`).scrollIntoView()", act.view)
    _ready(page)
    page.wait_for_timeout(150)  # what the step before left to do
    begun = _busy(session)
    wall = float(page.evaluate(_INTERACT, [act.fire, act.holds, act.view]))
    return wall, _busy(session) - begun


def _session(page: Page) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("Performance.setTimeDomain", {"timeDomain": "threadTicks"})
    session.send("Performance.enable")
    return session


def measure(url: str, times: int, width: int) -> tuple[dict[str, Measured], dict[str, Measured]]:
    """Open the audit and do everything so many times, in one browser; each opening in a profile of its own."""
    program, env = chromium()
    views, acts = dict[str, Measured](), {act.name: Measured() for act in ACTS}
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=program, args=options, env=dict[str, Any](env))
        for i in range(times + 1):
            context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
            context.set_default_timeout(_PATIENCE)
            page = context.new_page()
            session = _session(page)
            found = opened(page, session, url)
            if i:  # the first time warms up browser and service
                for name, one in found.items():
                    into = views.setdefault(name, Measured())
                    into.wall += one.wall
                    into.busy += one.busy
                for act in ACTS:
                    wall, busy = acted(page, session, act)
                    acts[act.name].wall.append(wall)
                    acts[act.name].busy.append(busy)
            context.close()
        browser.close()
    return views, acts


def table(title: str, found: dict[str, Measured], goal: float, say: Callable[[str], None] = print) -> None:
    """Medians and the largest, as a table."""
    say(f"\n| {title} | median | max | processor, median | max | goal |\n|---|---|---|---|---|---|")
    for name, one in found.items():
        cells = [f"{value:.0f} ms" for of in (one.wall, one.busy) for value in (statistics.median(of), max(of))]
        say(f"| {name} | {' | '.join(cells)} | {goal:.0f} ms |")


def main() -> None:
    """Make the audit, serve it, open it, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="keep the audit in this folder")
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--made", action="store_true", help="the audit is in the folder already")
    for name, value in vars(Size()).items():
        parser.add_argument(f"--{name}", type=int, default=value)
    given = vars(parser.parse_args())
    times, width, made, kept = (given.pop(name) for name in ("times", "width", "made", "data"))
    size = Size(**given)
    with tempfile.TemporaryDirectory() as folder:
        data = kept or Path(folder)
        audit = size.audit if made else synthetic(Settings(data_dir=data), size)
        with serving(data, 0) as service:
            print(
                f"load at the start {os.getloadavg()[0]:.1f}; {size.neurons} neurons, {size.images} images, "
                f"{times} times"
            )
            views, acts = measure(f"{service.url}/ui/audits/{audit}", times, width)
            table("opening", views, _FIRST_GOAL)
            table("interaction", acts, _GOAL)
            print(f"\nload at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
