"""The guide's case study, clicked through on the shipped example, and its pictures.

matrix cell → image → most vulnerable neuron → its field → its cluster → explanation → regions → hardening → back. Each
step leaves a picture that says which step it is of. They are put where the guide has them by

    TREMOR_PICTURES=1 python -m pytest tests/page/test_case_study.py
"""

import io
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import Page, expect

from tests.page.conftest import Demo, Tab

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "deploy" / "pictures"
#: Shirts that are taken for coats.
CELL = (6, 4)
#: Picture → what is done before it is taken, and what one sees: the text alternative in the guide.
STEPS = {
    "overview": "The data overview: ten classes of clothing in a plane, benign and under attack",
    "matrix": "The prediction matrix with the cell of shirts that are taken for coats chosen",
    "images": "Images of that cell: benign, what the attack adds, adversarial; the chosen one with its probabilities",
    "neurons": "Neurons from the most vulnerable on in the chosen image; the first one is chosen",
    "fields": "Where that neuron is excited in the chosen image, benign and under attack, and where the attack acts",
    "clusters": "The dendrogram of the neurons' roles, with the cluster of that neuron chosen",
    "explain": "The promotion-suppression map of the chosen image",
    "regions": "An image in regions, with the single pixels that decide",
    "hardening": "Accuracies before and after hardening, and how much each layer's neurons move",
}
#: Largest height of a picture, and its colours.
HEIGHT, COLOURS = 620, 64


@dataclass
class Story:
    """The steps so far: addresses to go back to, and pictures."""

    page: Page
    places: list[str]
    pictures: dict[str, Image.Image] = field(default_factory=dict)

    def moved(self, pattern: str, tab: Tab) -> None:
        """Wait until the address says what was chosen, and everything follows."""
        expect(self.page).to_have_url(re.compile(pattern))
        tab.ready()
        self.places.append(self.page.url)

    def take(self, view: str) -> None:
        """Take a view's picture."""
        section = self.page.locator(f"[data-view={view}]")
        section.evaluate("element => element.scrollIntoView()")
        self.page.wait_for_function(
            "view => [...document.querySelectorAll(`[data-view=${view}] img`)].every((one) => one.complete)", arg=view
        )
        box = section.bounding_box()
        assert box is not None
        top = box["y"] + self.page.evaluate("scrollY")
        clip = {"x": box["x"], "y": top, "width": box["width"], "height": min(box["height"], HEIGHT)}
        data = self.page.screenshot(clip=clip, full_page=True)  # type: ignore[arg-type]  # a FloatRect
        self.pictures[view] = Image.open(io.BytesIO(data)).convert("RGB")


def save(picture: Image.Image, view: str, path: Path) -> None:
    """Write a picture with the step that it is of."""
    about = PngInfo()
    about.add_text("step", STEPS[view])
    picture.quantize(COLOURS).save(path, optimize=True, pnginfo=about)


@pytest.fixture
def story(demo_tab: Tab, demo: Demo) -> Story:
    page = demo_tab.explore(demo.audit)
    page.evaluate("document.querySelector('.views-nav').style.position = 'static'")  # it would cover what is shown
    return Story(page, [page.url])


def an_image(demo: Demo) -> int:
    """The first fooled image of the cell that is explained as well."""
    at = f"/v1/audits/{demo.audit}"
    cell = {"label": CELL[0], "adversarial": CELL[1]}
    listed = demo.api.get(f"{at}/images", params={**cell, "fooled": True}).json()["items"]
    explained = {one["index"] for one in demo.api.get(f"{at}/explanations", params=cell).json()["items"]}
    return int(next(one["index"] for one in listed if one["index"] in explained))


@pytest.mark.slow
def test_the_case_study(story: Story, demo_tab: Tab, demo: Demo) -> None:
    page, tab = story.page, demo_tab
    story.take("overview")
    page.locator(f'[data-view=matrix] [data-true="{CELL[0]}"][data-adversarial="{CELL[1]}"]').click()
    story.moved(rf"\?cell={CELL[0]}-{CELL[1]}$", tab)
    story.take("matrix")
    index = an_image(demo)
    page.locator(f'[data-view=images] [data-index="{index}"]').click()
    story.moved(rf"image={index}$", tab)
    story.take("images")
    neurons = page.locator("[data-view=neurons]")
    expect(neurons).to_contain_text(f"over image {index}")
    first = neurons.locator("[data-neuron]").first
    neuron = first.get_attribute("data-neuron")
    first.click()
    story.moved(rf"neurons={neuron}&layer=[\w.]+$", tab)
    expect(first).to_have_attribute("aria-selected", "true")
    expect(neurons.get_by_role("heading", name=f"Neuron {neuron}")).to_be_visible()
    story.take("neurons")
    fields = page.locator("[data-view=fields]")
    expect(fields.get_by_role("heading", name=f"Neuron {neuron}: the images that excite it most")).to_be_visible()
    expect(
        fields.get_by_role("img", name=re.compile(f"Image {index}, benign: where any of the neurons"))
    ).to_be_visible()
    story.take("fields")
    cluster = own_cluster(demo, page.url, neuron)
    mark = page.locator(f'[data-view=clusters] [data-cluster="{cluster}"]')
    mark.click()
    story.moved(rf"cluster={cluster}$", tab)
    expect(mark).to_have_attribute("aria-selected", "true")
    size = re.search(r": (\d+) neurons", mark.get_attribute("aria-label") or "")
    assert size is not None
    expect(page.locator("[data-view=neurons] [data-neuron][aria-selected=true]")).to_have_count(min(64, int(size[1])))
    story.take("clusters")
    expect(page.locator(f'[data-figure="image-{index}-promotion-suppression"]')).to_be_visible()
    story.take("explain")
    regions(story, tab)
    hardening(story, tab, demo)
    for place in reversed(story.places[:-1]):
        page.go_back()
        expect(page).to_have_url(place)
    expect(page.locator("[data-view] [aria-selected=true]")).to_have_count(0)
    kept(story)


def own_cluster(demo: Demo, url: str, neuron: str | None) -> int:
    """The cluster of a neuron, as the API says it."""
    layer = re.search(r"layer=([^&]+)", url)
    assert layer is not None
    found = demo.api.get(f"/v1/audits/{demo.audit}/neurons/{layer[1]}/{neuron}").json()
    return int(found["cluster"]["cluster"])


def regions(story: Story, tab: Tab) -> None:
    story.page.get_by_role("button", name="Take all back").click()
    story.moved(r"/aud_\w+$", tab)
    view = story.page.locator("[data-view=regions]")
    view.get_by_label("Images", exact=True).select_option("a pixel decides")
    story.moved("regions.which=true", tab)
    view.locator("[role=option][data-index]").first.click()
    story.moved(r"image=\d+", tab)
    expect(view.locator("[data-region]").first).to_be_visible()
    story.take("regions")


def hardening(story: Story, tab: Tab, demo: Demo) -> None:
    view = story.page.locator("[data-view=hardening]")
    block = demo.api.get(f"/v1/audits/{demo.audit}/report.json").json()["hardening"]
    robust = [block[side]["worst_case"][0]["robust_accuracy"] for side in ("before", "after")]
    assert robust[1] > robust[0]
    expect(view.locator("[data-layer]")).to_have_count(len(block["scrutiny"]["neurons"]))
    story.take("hardening")
    view.get_by_role("heading", name="Image by image").scroll_into_view_if_needed()
    won = view.get_by_role("listbox", name="Pictures of images won").locator("[data-index]").first
    won.click()
    index = won.get_attribute("data-index")
    story.moved(rf"image={index}", tab)
    expect(view.locator(f'[data-figure="image-{index}-hardening"] image')).to_have_count(3)


def kept(story: Story) -> None:
    """The guide's pictures are of these steps; with ``TREMOR_PICTURES`` they are written anew."""
    assert list(story.pictures) == list(STEPS)
    guide = (ROOT / "deploy" / "guide" / "page.md").read_text()
    for view, picture in story.pictures.items():
        path = PICTURES / f"page-{view}.png"
        if os.environ.get("TREMOR_PICTURES"):
            save(picture, view, path)
        with Image.open(path) as committed:
            assert committed.info["step"] == STEPS[view], f"{path.name} is of another step: make it anew"
            width, height = committed.size
        assert path.stat().st_size < 100_000
        assert (abs(width - picture.width), abs(height - picture.height)) <= (2, 0.2 * HEIGHT)
        assert f"![{STEPS[view]}](../pictures/{path.name})" in guide
    assert set(re.findall(r"pictures/page-(\w+)\.png", guide)) == set(STEPS)


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
