"""The form of a new audit: what is typed is sent, what cannot be read is told at its field, a reload keeps all."""

import json
import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.page.conftest import Tab
from tests.service.analyses.conftest import Place


def opened(tab: Tab, place: Place) -> Page:
    return tab.open(f"/ui/new?model={place.model}&dataset={place.dataset}")


def will_send(page: Page, **fields: Any) -> None:
    """The form says that it will send these, once it has taken in what was typed."""
    for name, value in fields.items():
        written = json.dumps({name: value}, indent=2).strip("{}\n ")
        expect(page.locator("details.behind pre")).to_contain_text(written)


def test_a_list_is_typed_in_one_line(tab: Tab, place: Place) -> None:
    page = opened(tab, place)
    samples = page.get_by_label("samples", exact=True)
    for text, value in (
        ("3,14,15", [3, 14, 15]),
        ("[3, 14]", [3, 14]),
        ("7", [7]),
        ("random", "random"),
        ("0, 2,", [0, 2]),
    ):
        samples.fill(text)
        will_send(page, samples=value)
    page.get_by_role("button", name="Start the audit").click()
    expect(page).to_have_url(re.compile(r"/ui/audits/aud_\w+$"))
    made = place.api.get(f"/v1/audits/{page.url.rpartition('/')[2]}").json()
    assert made["request"]["samples"] == [0, 2]
    place.api.post(f"/v1/audits/{made['id']}/cancel").raise_for_status()


def test_lines_that_are_no_labels_are_told_at_their_field(tab: Tab, place: Place) -> None:
    page = opened(tab, place)
    labels = page.get_by_label("labels", exact=True)
    for text, said in (
        ("team", "Line 1 has no colon: write key: value"),
        ("team: vision\nvision", "Line 2 has no colon: write key: value"),
        (": vision", "Line 1 has no key before its colon: write key: value"),
        ("team: vision\nteam: speech", "Line 2 has the key of an earlier line: team"),
    ):
        labels.fill(text)
        expect(page.locator(".field", has=labels).locator(".wrong")).to_have_text(said)
        expect(labels).to_have_attribute("aria-invalid", "true")
        page.get_by_role("button", name="Start the audit").click()
        expect(page).to_have_url(re.compile(r"/ui/new\?"))
    labels.fill("team: vision\n\nsite: a:b")
    expect(page.locator(".wrong")).to_have_count(0)
    will_send(page, labels={"team": "vision", "site": "a:b"})
    assert page.evaluate("document.querySelector('form.schema-form').checkValidity()")


def test_a_reload_keeps_what_was_filled_in(tab: Tab, place: Place) -> None:
    page = opened(tab, place)
    page.get_by_role("button", name="Add to attacks").click()
    page.get_by_label("attacks 1", exact=True).select_option("pgd")
    page.get_by_label("eps", exact=True).fill("8/255")
    page.get_by_label("labels", exact=True).fill("team: vision")
    will_send(page, labels={"team": "vision"})
    before = page.locator("details.behind pre").text_content()
    page.reload()
    expect(page.get_by_label("attacks 1", exact=True)).to_have_value("pgd")
    expect(page.get_by_label("eps", exact=True)).to_have_value("8/255")
    expect(page.get_by_label("labels", exact=True)).to_have_value("team: vision")
    expect(page.locator("details.behind pre")).to_have_text(str(before))
    tab.open("/")
    page.go_back()
    expect(page.get_by_label("eps", exact=True)).to_have_value("8/255")
