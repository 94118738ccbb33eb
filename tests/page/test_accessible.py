"""axe-core finds nothing on any view, in both themes, wide and narrow; nothing sticks out at 390 pixels."""

import json
from typing import Any

import pytest

from tests.page.conftest import Tab
from tests.page.tools import PACKAGES

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


def test_axe_finds_what_is_wrong(tab: Tab, made_up: str) -> None:
    page = tab.explore(made_up)
    page.evaluate("document.querySelector('img').removeAttribute('alt')")
    assert any(found.startswith("image-alt") for found in violations(tab))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_list(tab: Tab, made_up: str, theme: Any) -> None:
    tab.page.emulate_media(color_scheme=theme)
    tab.page.set_viewport_size({"width": 390, "height": 844})
    page = tab.open("/")
    page.locator(f'a[href="/ui/audits/{made_up}"]').wait_for()
    assert violations(tab) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
