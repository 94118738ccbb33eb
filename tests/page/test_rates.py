"""Rates on the page of an audit: each with its interval, and with the attack that it is of."""

from playwright.sync_api import expect

from openapi.intervals import wilson
from tests.page.conftest import Tab
from tests.service.analyses.conftest import Place


def as_shown(successes: int, n: int) -> str:
    low, high = (100 * end for end in wilson(successes, n))
    return f"{100 * successes / n:.1f} % [{low:.1f}, {high:.1f}]"


def test_rates_have_their_intervals(tab: Tab, place: Place, whole: str) -> None:
    headline = place.api.get(f"/v1/audits/{whole}").json()["headline"]
    facts = tab.explore(whole).locator("dl.facts")
    for share in (headline["clean_accuracy"], headline["worst_case"]):
        expect(facts).to_contain_text(as_shown(round(share * headline["n"]), headline["n"]))


def test_the_matrix_is_of_an_attack_of_its_own(tab: Tab, place: Place, made_up: str) -> None:
    matrix = place.api.get(f"/v1/audits/{made_up}/matrix").json()
    caption = tab.explore(made_up).locator("[data-view=matrix] figcaption")
    expect(caption).to_contain_text("PGD, linf, eps 0.0314, 10 steps, the attack of the analysis of neurons")
    expect(caption).to_contain_text(as_shown(matrix["fooled"], matrix["correct"]))
