"""axe-core finds nothing on any view, in both themes, wide and narrow; nothing sticks out at 390 pixels."""

import json
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.page.conftest import Tab, open_tab
from tests.page.tools import PACKAGES
from tests.service.analyses.conftest import Place

_RUN = """
axe.run(document, {
  runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
  resultTypes: ["violations"],
})
"""


def violations(tab: Tab) -> list[str]:
    """What axe-core finds wrong on the page as it is now."""
    tab.page.evaluate((PACKAGES / "axe-core" / "axe.min.js").read_text())
    found: dict[str, Any] = tab.page.evaluate(_RUN)
    return [
        f"{rule['id']}: {rule['help']}: {json.dumps([node['html'][:200] for node in rule['nodes'][:3]])}"
        for rule in found["violations"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("audit", ["made_up", "whole"])
def test_the_views(tab: Tab, request: pytest.FixtureRequest, audit: str, width: int, theme: Any) -> None:
    tab.page.emulate_media(color_scheme=theme)
    tab.page.set_viewport_size({"width": width, "height": 844})
    page = tab.explore(request.getfixturevalue(audit), "?image=3")
    for details in page.locator("details").all():
        details.evaluate("element => { element.open = true }")
    tab.ready()
    assert violations(tab) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("audit", ["made_up", "whole"])
def test_everything_is_readable_at_200_percent(
    browser: Browser, place: Place, request: pytest.FixtureRequest, audit: str
) -> None:
    # A browser that is 1,280 pixels wide and enlarges by two has 640 of the pixels that styles count in.
    context = browser.new_context(viewport={"width": 640, "height": 450}, device_scale_factor=2)
    with closing(context):
        tab = open_tab(context, str(place.api.base_url))
        page = tab.explore(request.getfixturevalue(audit), "?image=3")
        assert violations(tab) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 640
        assert page.evaluate(_COVERED) == []
        assert tab.wrong() == []


#: Texts beside pictures that another element covers or that are cut off, where one looks at them.
_COVERED = """
[...document.querySelectorAll("section[data-view] :is(h2, h3, p, label, figcaption > span)")].filter((element) => {
  element.scrollIntoView({ block: "center" });
  const { left, right, top, bottom, width } = element.getBoundingClientRect();
  if (width === 0) return false;
  const seen = document.elementFromPoint(left + 2, (top + bottom) / 2);
  return right > innerWidth || left < 0 || !seen || !(element.contains(seen) || seen.contains(element));
}).map((element) => element.outerHTML.slice(0, 200))
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_form(tab: Tab, place: Place, width: int, theme: Any) -> None:
    tab.page.emulate_media(color_scheme=theme)
    tab.page.set_viewport_size({"width": width, "height": 844})
    page = tab.open(f"/ui/new?model={place.model}&dataset={place.dataset}")
    page.get_by_role("button", name="Start the audit").wait_for()
    page.get_by_role("button", name="Add to attacks").click()
    for details in page.locator("details").all():
        details.evaluate("element => { element.open = true }")
    assert violations(tab) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_axe_finds_what_is_wrong(tab: Tab, made_up: str) -> None:
    page = tab.explore(made_up)
    page.evaluate("document.querySelector('svg.pixels').removeAttribute('aria-label')")
    assert any(found.startswith("svg-img-alt") for found in violations(tab))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_list(tab: Tab, made_up: str, theme: Any) -> None:
    tab.page.emulate_media(color_scheme=theme)
    tab.page.set_viewport_size({"width": 390, "height": 844})
    page = tab.open("/")
    page.locator(f'a[href="/ui/audits/{made_up}"]').wait_for()
    assert violations(tab) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
