"""What holds of every view: what it says of itself, what can be taken away, the way through by keys, no results."""

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.analyses.conftest import images, net
from tests.analyses.in_process import InProcess
from tests.page.conftest import Tab
from tests.page.test_accessible import violations
from tests.service.analyses.conftest import Place
from tests.service.conftest import upload

VIEWS = (
    "overview", "matrix", "images", "neurons", "fields", "clusters", "layers", "explain", "regions", "hardening",
)  # fmt: skip

#: Chromium drops the eleventh file that a page saves within a second.
_APART_MS = 110

#: What has the focus: the view it is in, how it is drawn, and whether something lies over all of it.
_FOCUSED = """
() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const { outlineStyle, outlineWidth, stroke, strokeWidth } = getComputedStyle(element);
  const { top, bottom, left, width } = element.getBoundingClientRect();
  const nav = document.querySelector(".views-nav").getBoundingClientRect();
  const outlined = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  return {
    view: element.closest("section[data-view]")?.dataset.view ?? "",
    what: element.outerHTML.slice(0, 120),
    seen: outlined || (element instanceof SVGElement && stroke !== "none" && parseFloat(strokeWidth) >= 3),
    inSight: bottom > 0 && top < innerHeight && left < innerWidth && width > 0,
    hidden: !element.closest(".views-nav") && nav.top <= 0 && bottom <= nav.bottom,
  };
}
"""


def test_tab_goes_through_every_view_in_order_and_is_seen(tab: Tab, made_up: str) -> None:
    page = tab.explore(made_up, "?image=3&neurons=4")
    order: list[str] = []
    page.locator("body").focus()
    for _ in range(400):
        page.keyboard.press("Tab")
        found = page.evaluate(_FOCUSED)
        if found is None or (order and order[-1] == "hardening" and found["view"] == ""):
            break
        assert found["seen"], found["what"]
        assert found["inSight"], found["what"]
        assert not found["hidden"], found["what"]
        if found["view"] and (not order or order[-1] != found["view"]):
            order.append(found["view"])
    assert tuple(order) == VIEWS


def test_every_picture_is_saved_and_every_view_says_what_it_shows(tab: Tab, made_up: str) -> None:
    page = tab.explore(made_up, "?image=3&neurons=4")
    for view in VIEWS:
        section = page.locator(f"section[data-view={view}]")
        section.evaluate("element => element.scrollIntoView()")
        tab.ready()
        expect(section.locator(".shows")).not_to_be_empty()
        expect(section.locator(".equation span")).not_to_be_empty()
        expect(section.locator(".equation cite")).not_to_be_empty()
        outside = section.locator("svg.picture").evaluate_all(
            "all => all.filter((one) => !one.closest('figure.figure'))"
        )
        assert outside == [], view
        for figure in section.locator("figure.figure").all():
            for ending in ("svg", "png"):
                name = f"{figure.get_attribute('data-figure')}.{ending}"
                page.wait_for_timeout(_APART_MS)
                with page.expect_download() as told:
                    figure.get_by_role("button", name=f"Save {ending.upper()}").click()
                download = told.value
                expect(figure.locator(".said")).to_have_text(f"Saved as {name}")
                assert download.suggested_filename == name
                data = Path(download.path()).read_bytes()
                if ending == "svg":
                    assert ElementTree.fromstring(data).tag.endswith("svg")
                else:
                    assert data.startswith(b"\x89PNG")
        assert section.locator("figure.figure, figure.one, [role=listbox]").count() > 0, view
        for single in section.locator("figure.one").all():
            assert single.locator("a[download]").count() == 1
        for details in section.locator("details").all():
            details.evaluate("element => { element.open = true }")
        tables = section.locator(".table").count()
        assert tables > 0, view
        assert section.get_by_role("button", name="Copy as CSV").count() == tables
        assert section.locator("table").count() == tables


def test_what_lies_below_is_asked_for_after_what_is_in_sight(tab: Tab, made_up: str) -> None:
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url))
    page = tab.explore(made_up, "?neurons=1,2,3#fields")
    heading = page.locator("[data-view=fields]").get_by_role("heading", name="Neuron 2: the images that excite it most")
    heading.scroll_into_view_if_needed()
    tab.ready()
    expect(page.locator("[data-view=fields] [data-later]")).to_have_count(0)
    neurons = [re.search(r"/neurons/penultimate/(\d)$", url) for url in asked]
    first = {int(found[1]): place for place, found in reversed(list(enumerate(neurons))) if found}
    sheet = next(place for place, url in enumerate(asked) if url.endswith("pictures=benign%2Cadversarial"))
    assert first[1] < sheet < first[2]


@pytest.fixture(scope="module")
def bare(place: Place, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An audit that was asked for its attacks alone, by real workers."""
    labels = np.random.default_rng(1).integers(0, 3, len(images()))
    identity = place.start(seed=77)
    process = InProcess(tmp_path_factory.mktemp("bare"), net(), images().numpy(), labels, identity=identity)
    place.leave(identity, process.audit(attacks=[{"name": "fgsm", "eps": 0.1}], neurons=None))
    return identity


def test_an_audit_of_attacks_alone_says_how_to_ask_for_each_view(tab: Tab, bare: str) -> None:
    page = tab.explore(bare, "?image=3&neurons=4&cell=1-2")
    asks = {
        "explain": '"explain": {}',
        "regions": '"regions": {}',
        "hardening": '"harden": {',
        "layers": '"neurons": {',
    }
    for view in VIEWS:
        section = page.locator(f"section[data-view={view}]")
        expect(section.locator("p.hint code").last).to_contain_text(asks.get(view, '"neurons": {'))
        expect(section.get_by_role("alert")).to_have_count(0)
    assert violations(tab) == []


def test_audits_are_searched_by_model_label_and_tag(tab: Tab, place: Place) -> None:
    found = place.start(labels={"team": "vision"}, seed=91)
    other = place.start(labels={"team": "speech"}, seed=92)
    tagged = upload(place.api, "models", b"a tagged model", {"name": "tagged", "tags": {"stage": "prod"}})
    place.worker.do(place.worker.take_of("inspect_model"))
    body = {"attacks": [{"name": "fgsm", "eps": 0.1}], "neurons": None, "max_samples": 4, "seed": 93}
    made = place.api.post("/v1/audits", json={"model_id": tagged, "dataset_id": place.dataset, **body}).json()["id"]
    page = tab.open("/")

    def listed(**fields: str) -> None:
        for name in ("Model", "Label", "Tag of the model"):
            page.get_by_label(name, exact=True).fill(fields.get(name.split()[0].lower(), ""))
        page.get_by_role("button", name="Search").click()

    link = page.locator(f'a[href="/ui/audits/{found}"]')
    wrong = page.locator(f'a[href="/ui/audits/{other}"]')
    listed(label="team:vision")
    expect(link).to_be_visible()
    expect(wrong).to_have_count(0)
    expect(page).to_have_url(re.compile(r"label=team"))
    listed(model=place.model, label="team:vision")
    expect(link).to_be_visible()
    listed(model="no such model")
    expect(page.locator("main")).to_contain_text("No audit is like that.")
    by_tag = page.locator(f'a[href="/ui/audits/{made}"]')
    listed(tag="stage:prod")
    expect(by_tag).to_be_visible()
    expect(link).to_have_count(0)
    listed(model="tagged")
    expect(by_tag).to_be_visible()
    expect(link).to_have_count(0)
    listed(tag="stage:prod")
    listed(tag="stage:test")
    expect(page.locator("main")).to_contain_text("No audit is like that.")
    page.go_back()
    expect(by_tag).to_be_visible()
    expect(page.get_by_label("Tag of the model")).to_have_value("stage:prod")
    for identity in (found, other, made):
        place.api.post(f"/v1/audits/{identity}/cancel").raise_for_status()


def test_what_is_being_typed_stays_while_the_list_is_read_anew(tab: Tab, place: Place) -> None:
    unfinished = place.start(seed=94)
    page = tab.open("/?label=a:b")
    page.get_by_label("Label", exact=True).fill("")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(f'a[href="/ui/audits/{unfinished}"]')).to_be_visible()
    field = page.get_by_label("Model", exact=True)
    with page.expect_response(lambda answer: "/v1/audits?" in answer.url):
        field.fill("half a na")
    page.evaluate("() => new Promise(requestAnimationFrame)")
    expect(field).to_have_value("half a na")
    place.api.post(f"/v1/audits/{unfinished}/cancel").raise_for_status()
