"""What a view shows can be taken away: pictures as SVG and PNG, tables as CSV."""

import csv
import io
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.page.conftest import SIZE, Tab


def saved(page: Page, view: str, button: str) -> Path:
    with page.expect_download() as download:
        page.locator(f"[data-view={view}]").get_by_role("button", name=button).first.click()
    return Path(download.value.path())


@pytest.mark.parametrize("view", ["overview", "matrix", "neurons"])
def test_a_picture_is_a_file_that_needs_nothing_else(tab: Tab, made_up: str, view: str) -> None:
    page = tab.explore(made_up)
    text = saved(page, view, "Save SVG").read_text()
    root = ElementTree.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "class=" not in text
    assert all(not href.startswith("/") for element in root.iter() for href in [element.get("href", "")])
    shapes = [element for element in root.iter() if element.tag.rpartition("}")[2] in ("rect", "path", "image")]
    assert len(shapes) > 2 if view != "overview" else any(element.get("href") for element in shapes)
    picture = Image.open(saved(page, view, "Save PNG"))
    assert picture.size[0] >= 2 * 100
    assert len(picture.convert("RGB").getcolors(1 << 24) or []) > 3


def test_a_table_is_copied_as_csv(tab: Tab, context: BrowserContext, made_up: str) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=tab.url)
    page = tab.explore(made_up)
    view = page.locator("[data-view=matrix]")
    view.locator("summary").click()
    view.get_by_role("button", name="Copy as CSV").click()
    expect(view.locator(".table .said")).to_contain_text("rows copied")
    rows = list(csv.reader(io.StringIO(page.evaluate("navigator.clipboard.readText()"))))
    assert rows[0] == ["true", "under attack", "images", "correct before", "fooled"]
    assert sum(int(row[2]) for row in rows[1:]) == SIZE.images
    assert {row[0] for row in rows[1:]} >= {"<img src=x onerror=alert(1)>", "'=1+1", "\\u202ecat"}
