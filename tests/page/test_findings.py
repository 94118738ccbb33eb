"""Explanations, regions and hardening: what one reads there is what the API answers."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.page.conftest import Tab
from tests.page.test_saving import saved
from tests.service.analyses.conftest import Place


def shown(value: float) -> str:
    """Three digits, as the page writes them; the sign apart."""
    return f"{abs(value):.3g}" if abs(value) >= 1e-3 or value == 0 else ""


def test_a_group_says_what_it_does(tab: Tab, place: Place, whole: str) -> None:
    index = place.api.get(f"/v1/audits/{whole}/explanations").json()["items"][0]["index"]
    found = place.api.get(f"/v1/audits/{whole}/explanations/{index}").json()["map"]
    page = tab.explore(whole)
    view = page.locator("[data-view=explain]")
    view.locator(f'[data-index="{index}"]').click()
    expect(page).to_have_url(re.compile(rf"image={index}$"))
    row, column = next((r, c) for r, line in enumerate(found["kind"]) for c, kind in enumerate(line) if kind != 3)
    map_ = view.get_by_role("application")
    box = map_.bounding_box()
    assert box is not None
    side = box["width"] / len(found["kind"][0])
    map_.click(position={"x": (column + 0.5) * side, "y": (row + 0.5) * side})
    expect(page).to_have_url(re.compile(rf"explain\.group={row}-{column}"))
    said = view.locator("p.said[role=status]")
    expect(said).to_contain_text(f"Group in row {row}, column {column}")
    for name in ("promotion", "suppression"):
        expect(said).to_contain_text(shown(found[name][row][column]))
    map_.press("ArrowDown")
    expect(said).to_contain_text(f"Group in row {row + 1}, column {column}")
    for pictures, count in (("class-activation", 6), ("refinement", 2)):
        expect(view.locator(f'[data-figure="image-{index}-{pictures}"] image')).to_have_count(count)


def test_explanations_of_the_chosen_cell(tab: Tab, place: Place, whole: str) -> None:
    items = place.api.get(f"/v1/audits/{whole}/explanations").json()["items"]
    label, target = items[0]["label"], items[0]["target"]
    wanted = [one["index"] for one in items if (one["label"], one["target"]) == (label, target)]
    page = tab.explore(whole, f"?cell={label}-{target}")
    cards = page.locator("[data-view=explain] [role=listbox] [data-index]")
    expect(cards).to_have_count(len(wanted[:6]))
    for card, index in zip(cards.all(), wanted[:6], strict=True):
        expect(card).to_have_attribute("data-index", str(index))


def test_an_image_that_was_not_explained_is_told_so(tab: Tab, place: Place, whole: str) -> None:
    for path, view in (("explanations", "explain"), ("regions", "regions")):
        known = {one["index"] for one in place.api.get(f"/v1/audits/{whole}/{path}").json()["items"]}
        missing = next((i for i in range(21) if i not in known), None)
        assert missing is not None
        page = tab.explore(whole, f"?image={missing}")
        expect(page.locator(f"[data-view={view}]")).to_contain_text(f"Image {missing} is none of the {len(known)}")


def test_pictures_of_explanations_are_saved_whole(tab: Tab, place: Place, whole: str) -> None:
    index = place.api.get(f"/v1/audits/{whole}/explanations").json()["items"][0]["index"]
    page = tab.explore(whole, f"?image={index}")
    for figure in (f"image-{index}-class-activation", f"image-{index}-refinement", f"image-{index}-regions"):
        text = _saved(page, figure).read_text()
        assert "data:image/png;base64," in text
        assert 'href="/' not in text
    assert saved(page, "explain", "Save PNG").read_bytes().startswith(b"\x89PNG")


def _saved(page: Page, figure: str) -> Path:
    with page.expect_download() as download:
        page.locator(f'figure[data-figure="{figure}"]').get_by_role("button", name="Save SVG").click()
    assert download.value.suggested_filename == f"{figure}.svg"
    return Path(download.value.path())


def test_a_region_says_which_pixels_decide(tab: Tab, place: Place, whole: str) -> None:
    items = place.api.get(f"/v1/audits/{whole}/regions", params={"vulnerable": True}).json()["items"]
    index = items[0]["index"]
    region = next(one for one in items[0]["regions"] if one["vulnerable"])
    page = tab.explore(whole, "?regions.which=true")
    view = page.locator("[data-view=regions]")
    view.locator(f'[data-index="{index}"]').click()
    mark = view.locator(f'[data-region="{region["region"]}"]')
    mark.press("Enter")
    expect(mark).to_have_attribute("aria-selected", "true")
    expect(page).to_have_url(re.compile(rf"regions\.region={region['region']}"))
    expect(view.locator("p.said[role=status]")).to_contain_text(
        f"{region['vulnerable']} of {region['tried']} pixels tried decide"
    )
    view.locator("summary", has_text="pixels of image").click()
    hits = place.api.get(f"/v1/audits/{whole}/regions/{index}").json()["hits"]
    rows = view.locator("details[open] tbody tr")
    expect(rows).to_have_count(min(50, len(hits["y"])))


def test_a_hardening_is_shown_layer_by_layer_and_image_by_image(tab: Tab, place: Place, made_up: str) -> None:
    hardening = place.api.get(f"/v1/audits/{made_up}/report.json").json()["hardening"]
    won = next(one["won"][0] for one in hardening["classes"] if one["won"])
    page = tab.explore(made_up)
    view = page.locator("[data-view=hardening]")
    layer = hardening["scrutiny"]["neurons"][2]
    mark = view.locator(f'[data-layer="{layer["name"]}"]')
    expect(mark).to_have_attribute("aria-label", re.compile("0.03 before, 0.015 after"))
    view.get_by_label("Of each layer").select_option("ratio")
    expect(mark).to_have_attribute("aria-label", re.compile("0.2 before, 0.1 after"))
    mark.click()
    expect(page).to_have_url(re.compile(rf"layer={layer['name']}"))
    expect(page.locator(f'[data-view=layers] [data-layer="{layer["name"]}"]')).to_have_attribute(
        "aria-selected", "true"
    )
    view.locator(f'button[data-index="{won}"]').click()
    row = view.locator("tr", has_text="fgsm").filter(has_text="taken for")
    expect(row).to_contain_text("held as")
    expect(page.locator("[data-view=images]").get_by_role("heading", name=f"Image {won}")).to_be_visible()


def test_pictures_of_an_image_that_was_won(tab: Tab, place: Place, made_up: str) -> None:
    hardening = place.api.get(f"/v1/audits/{made_up}/report.json").json()["hardening"]
    (file,) = [
        one
        for one in place.api.get(f"/v1/hardenings/{hardening['id']}/artifacts").json()["items"]
        if one["kind"] == "pictures"
    ]
    image = place.api.get(file["href"]).json()["images"][1]
    page = tab.explore(made_up)
    view = page.locator("[data-view=hardening]")
    view.get_by_role("heading", name="Image by image").scroll_into_view_if_needed()
    card = view.get_by_role("listbox", name="Pictures of images won").locator(f'[data-index="{image["index"]}"]')
    expect(card).to_contain_text("before: ")
    card.click()
    expect(page).to_have_url(re.compile(rf"image={image['index']}$"))
    figure = view.locator(f'[data-figure="image-{image["index"]}-hardening"]')
    expect(figure.get_by_role("img")).to_have_attribute(
        "aria-label", re.compile("attacked before: .* 90 %.*attacked after")
    )
    text = _saved(page, f"image-{image['index']}-hardening").read_text()
    assert all(one in text for one in (image["benign"], image["before"]["picture"], image["after"]["picture"]))


def test_without_kept_examples_the_hardening_says_how_to_get_pictures(tab: Tab, made_up: str) -> None:
    nothing: dict[str, Any] = {"items": [], "next_cursor": None}
    tab.page.route(re.compile(r"/v1/hardenings/\w+/artifacts"), lambda route: route.fulfill(json=nothing))
    view = tab.explore(made_up).locator("[data-view=hardening]")
    view.get_by_role("heading", name="Image by image").scroll_into_view_if_needed()
    expect(view).to_contain_text('"keep_examples": true')
