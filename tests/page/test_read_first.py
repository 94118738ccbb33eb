"""What has to be read before the numbers stands above them: warnings of inspections, and failed checks."""

from playwright.sync_api import expect

from tests.page.conftest import Tab
from tests.service.analyses.conftest import Place


def test_warnings_and_failed_checks_stand_above_the_views(tab: Tab, made_up: str) -> None:
    page = tab.explore(made_up)
    said = page.get_by_role("region", name="Read this first").get_by_role("listitem")
    expect(said).to_have_text(
        [
            "Model: there is no model: <b>everything</b> is made up",
            "Data set: there are no images either",
            "Check failed: Numbers are measured: they are made up",
        ]
    )
    below = """last => document.querySelector("section[data-view]").getBoundingClientRect().top
        - last.getBoundingClientRect().bottom"""
    assert said.last.evaluate(below) >= 0


def test_it_says_what_the_report_says(tab: Tab, place: Place, whole: str) -> None:
    report = place.api.get(f"/v1/audits/{whole}/report.json").json()
    page = tab.explore(whole)
    failed = [check["title"] for check in report["checks"] if check["status"] == "fail"]
    texts = [*report["model"]["warnings"], *report["dataset"]["warnings"], *failed]
    said = page.get_by_role("region", name="Read this first").get_by_role("listitem")
    expect(said).to_have_count(len(texts))
    for i, text in enumerate(texts):
        expect(said.nth(i)).to_contain_text(text)
