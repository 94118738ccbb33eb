"""`/schema` in a browser: its colours follow the browser's, its filter filters, its examples can be read."""

import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.service.analyses.conftest import Place


@pytest.fixture
def page(browser: Browser, place: Place) -> Iterator[Page]:
    with closing(browser.new_context()) as context:
        found = context.new_page()
        found.goto(f"{str(place.api.base_url).rstrip('/')}/schema")
        expect(found.locator(".opblock-tag").first).to_be_visible()
        yield found


def is_bright(page: Page, place: str) -> bool:
    """Whether a text's colour is bright, once it is the one that it changes into."""
    page.locator(place).first.evaluate("element => Promise.all(element.getAnimations().map(one => one.finished))")
    return brightness(page, place, "color") > 160


def brightness(page: Page, place: str, what: str) -> float:
    """Mean of the three parts of an element's colour, 0 to 255."""
    colour = str(page.locator(place).first.evaluate(f"element => getComputedStyle(element).{what}"))
    red, green, blue = (int(part) for part in re.findall(r"\d+", colour)[:3])
    return (red + green + blue) / 3


@pytest.mark.parametrize("width", [1280, 390])
def test_its_colours_follow_the_browser(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    schemes: Any = ("dark", "light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        dark = scheme == "dark"
        expect(page.locator("html")).to_have_class("dark-mode" if dark else "")
        assert not dark or brightness(page, "html", "backgroundColor") < 64
        for place in (".opblock-tag", ".problems td"):
            assert is_bright(page, place) == dark, (place, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_its_filter_leaves_the_groups_that_hold_what_is_typed(page: Page) -> None:
    groups = page.locator(".opblock-tag")
    every = groups.count()
    page.locator(".operation-filter-input").fill("webhooks")
    expect(groups).to_have_count(1)
    expect(groups).to_contain_text("webhooks")
    page.locator(".operation-filter-input").fill("")
    expect(groups).to_have_count(every)


def test_a_text_of_an_example_is_no_random_signs(page: Page) -> None:
    """And what is asked by the page is shown as it was answered."""
    operation = page.locator(".opblock", has=page.locator('[data-path="/v1/attacks"]'))
    operation.locator(".opblock-summary-control").click()
    example = operation.locator(".responses-inner .model-example .highlight-code").first
    expect(example).to_contain_text('"name": "string"')
    expect(example).to_contain_text('"paper": "string"')
    operation.locator(".try-out__btn").click()
    operation.locator("button.execute").click()
    answer = operation.locator(".live-responses-table .highlight-code").first
    expect(answer).to_contain_text('"name": "fgsm"')
