"""Rates on the page of an audit: each with its interval, and with the attack that it is of."""

from playwright.sync_api import expect

from openapi.base import as_written
from openapi.intervals import wilson
from openapi.text import counted
from tests.page.conftest import Tab
from tests.service.analyses.conftest import Place


def as_shown(successes: int, n: int) -> str:
    low, high = (100 * end for end in wilson(successes, n))
    return f"{100 * successes / n:.1f} % [{low:.1f}, {high:.1f}]"


def test_rates_have_their_intervals(tab: Tab, place: Place, whole: str) -> None:
    headline = place.api.get(f"/v1/audits/{whole}").json()["headline"]
    facts = tab.explore(whole).locator("dl.facts")
    expect(facts).to_contain_text(f"Worst case, {headline['threat_label']}")
    for share in (headline["clean_accuracy"], headline["worst_case"]):
        expect(facts).to_contain_text(as_shown(round(share * headline["n"]), headline["n"]))


def test_the_matrix_is_of_an_attack_of_its_own(tab: Tab, place: Place, made_up: str) -> None:
    matrix = place.api.get(f"/v1/audits/{made_up}/matrix").json()
    caption = tab.explore(made_up).locator("[data-view=matrix] figcaption")
    expect(caption).to_contain_text("PGD, L∞, ε\u00a0=\u00a08/255, 10 steps, the attack of the analysis of neurons")
    expect(caption).to_contain_text(as_shown(matrix["fooled"], matrix["correct"]))


#: The module as the page has loaded it, asked for these pairs.
_ASKED = """async (pairs) => {
  const loaded = performance.getEntriesByType("resource").find(({ name }) => name.endsWith("/lib/format.js"));
  const { counted, radius } = await import(loaded.name);
  return %s;
}"""


def test_one_is_counted_as_one(tab: Tab) -> None:
    tab.open("/")
    nouns = ("image", "class", "query", "key", "epoch", "batch")
    wanted = [[n, noun] for noun in nouns for n in (0, 1, 2, 12_345)]
    assert tab.page.evaluate(_ASKED % "pairs.map(([n, noun]) => counted(n, noun))", wanted) == [
        counted(int(n), str(noun)) for n, noun in wanted
    ]


def test_a_radius_is_written_as_the_report_writes_it(tab: Tab) -> None:
    numbers = [8 / 255, 80 / 255, 51 / 255, 0.0313725, 0.5 / 255, 0.03, 1.0, 3.0, 0.1234567, 200 / 255]
    tab.open("/")
    assert tab.page.evaluate(_ASKED % "pairs.map(radius)", numbers) == [as_written(number) for number in numbers]
