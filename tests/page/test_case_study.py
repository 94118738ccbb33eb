"""A case study clicked through: matrix cell → image → most vulnerable neuron → its field → its cluster → back."""

import re

from playwright.sync_api import expect

from tests.page.conftest import Tab
from tests.page.test_exploring import a_cell


def test_from_a_cell_to_a_cluster_and_back(tab: Tab, made_up: str) -> None:
    page = tab.explore(made_up)
    places = [page.url]

    def moved(pattern: str) -> None:
        expect(page).to_have_url(re.compile(pattern))
        tab.ready()
        places.append(page.url)

    label, adversarial, _ = a_cell(page)
    page.locator(f'[data-view=matrix] [data-true="{label}"][data-adversarial="{adversarial}"]').click()
    moved(r"\?cell=\d-\d$")
    page.locator("[data-view=images] [data-index]").first.click()
    moved(r"image=\d+$")
    neurons = page.locator("[data-view=neurons]")
    expect(neurons).to_contain_text(re.compile(r"over image \d+"))
    first = neurons.locator("[data-neuron]").first
    neuron = first.get_attribute("data-neuron")
    first.click()
    moved(rf"neurons={neuron}&layer=\w+$")
    expect(first).to_have_attribute("aria-selected", "true")
    expect(neurons.get_by_role("heading", name=f"Neuron {neuron}")).to_be_visible()
    fields = page.locator("[data-view=fields]")
    expect(fields.get_by_role("heading", name=f"Neuron {neuron}: the images that excite it most")).to_be_visible()
    expect(fields.locator("[data-index]").first).to_be_visible()
    cluster = page.locator("[data-view=clusters] [data-cluster]").first
    cluster.click()
    moved(r"cluster=0$")
    expect(cluster).to_have_attribute("aria-selected", "true")
    size = re.search(r": (\d+) neurons", cluster.get_attribute("aria-label") or "")
    assert size is not None
    expect(page.locator("[data-view=neurons] [data-neuron][aria-selected=true]")).to_have_count(int(size[1]))
    for place in reversed(places[:-1]):
        page.go_back()
        expect(page).to_have_url(place)
    expect(page.locator("[data-view] [aria-selected=true]")).to_have_count(0)


def test_the_tree_is_cut_by_dragging_and_by_keys(tab: Tab, made_up: str) -> None:
    page = tab.explore(made_up)
    view = page.locator("[data-view=clusters]")
    expect(view.locator("[data-cluster]")).to_have_count(8)
    line = view.get_by_role("slider", name="Where the tree is cut")
    line.press("ArrowDown")
    expect(view.locator("[data-cluster]")).to_have_count(9)
    expect(page).to_have_url(re.compile(r"clusters\.count=9"))
    tab.ready()
    line.scroll_into_view_if_needed()
    box = line.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 8, box["y"] + box["height"] / 2)
    page.mouse.down()
    top = view.locator("svg.picture").first.bounding_box()
    assert top is not None
    page.mouse.move(box["x"] + box["width"] - 8, top["y"] + 21, steps=4)  # above the highest merge
    page.mouse.up()
    expect(view.locator("[data-cluster]")).to_have_count(1)
