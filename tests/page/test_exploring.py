"""Exploring an audit: choosing anything filters the rest, every state is an address, back goes back."""

import re
from itertools import pairwise

from playwright.sync_api import Page, expect

from service.ui.files import files
from tests.page.conftest import SIZE, Tab
from tests.service.worker import until


def a_cell(page: Page) -> tuple[str, str, int]:
    """The first cell off the diagonal that holds images: true and adversarial label, and how many."""
    for cell in page.locator("[data-view=matrix] [data-true]").all():
        label, adversarial = cell.get_attribute("data-true"), cell.get_attribute("data-adversarial")
        count = re.search(r"attack: (\d+) images", cell.get_attribute("aria-label") or "")
        if label and adversarial and label != adversarial and count and int(count[1]) > 0:
            return label, adversarial, int(count[1])
    raise AssertionError("no image changes its class")


def test_a_cell_filters_the_images_and_back_goes_back(tab: Tab, made_up: str) -> None:
    page = tab.explore(made_up)
    images = page.locator("[data-view=images]")
    expect(images).to_contain_text(f"of {SIZE.images}")
    label, adversarial, n = a_cell(page)
    cell = page.locator(f'[data-view=matrix] [data-true="{label}"][data-adversarial="{adversarial}"]')
    cell.click()
    expect(cell).to_have_attribute("aria-selected", "true")
    expect(page).to_have_url(re.compile(rf"\?cell={label}-{adversarial}$"))
    expect(images).to_contain_text(f"of {n}")
    image = images.locator("[data-index]").first
    index = image.get_attribute("data-index")
    image.click()
    expect(page).to_have_url(re.compile(rf"cell={label}-{adversarial}&image={index}$"))
    expect(images.get_by_role("heading", name=f"Image {index}")).to_be_visible()
    page.go_back()
    expect(image).to_have_attribute("aria-selected", "false")
    page.go_back()
    expect(cell).to_have_attribute("aria-selected", "false")
    expect(images).to_contain_text(f"of {SIZE.images}")


def test_a_deep_link_shows_what_was_chosen(tab: Tab, made_up: str) -> None:
    label, adversarial, n = a_cell(tab.explore(made_up))
    page = tab.explore(made_up, f"?cell={label}-{adversarial}&images.sort=l2&overview.colour=adversarial")
    expect(page.locator('[data-view=matrix] [aria-selected="true"]')).to_have_count(1)
    expect(page.locator("[data-view=images]")).to_contain_text(f"of {n}")
    expect(page.get_by_label("Sorted by")).to_have_value("l2")
    expect(page.get_by_label("Colour")).to_have_value("adversarial")
    take_back = page.get_by_role("button", name=re.compile("^Take back"))
    expect(take_back).to_have_count(1)
    take_back.click()
    expect(page.locator('[data-view=matrix] [aria-selected="true"]')).to_have_count(0)


def test_what_an_address_cannot_mean_is_nothing(tab: Tab, made_up: str) -> None:
    tab.expected.add(422)  # a class that the model lacks
    page = tab.explore(made_up, "?cell=3&image=-1&neurons=a,,7,7&images.sort=nothing&layer=")
    expect(page.get_by_label("Sorted by")).to_have_value("index")
    expect(page.locator(".choices button")).to_have_count(1)  # neuron 7
    note = page.locator(".note", has_text="The address says what this audit cannot show")
    expect(note.locator("code")).to_have_text(["cell=3", "image=-1", "neurons=a,,7,7", "images.sort=nothing"])
    note.get_by_role("button", name="Leave it out").click()
    expect(note).to_have_count(0)
    tab.explore(made_up, f"?cell=0-{SIZE.classes}")
    expect(note.locator("code")).to_have_text([f"cell=0-{SIZE.classes}"])


def test_numbers_that_lead_nowhere_are_told(tab: Tab, made_up: str) -> None:
    wrong = {
        "cluster=77": "there are 8 clusters, 0 to 7",
        "layer=nowhere": "there is no such layer",
        "images.from=abc": "it is a whole number from 0 on",
        "neurons.from=40": "it is a whole number from 0 to 39",
        "clusters.count=0": "it is a whole number from 1 to 40",
        "overview.zoom=2": "it is written like 2,0.5,0.5",
        "hardening.look=9": "it may be 0",
    }
    page = tab.explore(made_up, f"?{'&'.join(wrong)}")
    told = page.locator(".note", has_text="The address says what this audit cannot show").get_by_role("listitem")
    expect(told).to_have_count(len(wrong))
    for given, why in wrong.items():
        expect(told.filter(has_text=given)).to_contain_text(why)
    expect(page.locator("[data-view=images]")).to_contain_text(f"1 to 12 of {SIZE.images}")
    tab.explore(made_up, "?images.from=60&neurons=3&fields.threshold=7")
    expect(told.filter(has_text="images.from=60")).to_contain_text(f"the list has {SIZE.images} images")
    expect(told.filter(has_text="fields.threshold=7")).to_contain_text("it is a number from 0 to 1")
    tab.explore(made_up, "?images.from=48&neurons=3&fields.threshold=.7&overview.zoom=2,0.5,0.25")
    expect(told).to_have_count(0)


def test_names_that_mean_nothing_are_told(tab: Tab, made_up: str) -> None:
    page = tab.explore(made_up, "?imgae=3&regions.zoom=2,0.5,0.5&image=1&image=2")
    told = page.locator(".note", has_text="The address says what this audit cannot show").get_by_role("listitem")
    expect(told).to_have_count(2)
    expect(told.filter(has_text="imgae=3")).to_contain_text("there is nothing of this name here")
    expect(told.filter(has_text="image=1")).to_contain_text("it is said more than once")
    page.get_by_role("button", name="Leave it out").click()
    expect(told).to_have_count(0)
    expect(page).not_to_have_url(re.compile("imgae"))
    tab.open("/?modle=net&status=succeeded")
    told = page.locator(".note", has_text="Audits cannot be searched by").get_by_role("listitem")
    expect(told).to_contain_text("modle=net")
    page.get_by_role("button", name="Leave it out").click()
    expect(page).to_have_url(re.compile(r"/\?status=succeeded$"))


def test_every_setting_of_a_view_is_known() -> None:
    """What a view keeps in the address stands among its settings: a name that does not is told as strange."""
    used, known = set[str](), set[str]()
    for name, data in files().contents.items():
        text = data.decode() if name.endswith(".js") and not name.startswith("vendor/") else ""
        used |= set(re.findall(r'(?:useSetting|usePlaceInList)\("([\w.]+)"', text))
        used |= set(re.findall(r'<\$\{Plane\} name="([\w.]+)"', text))
        if (settings := re.search(r'\n  id: "(\w+)",\n  settings: \[(.*)\],\n', text)) is not None:
            known |= {f"{settings[1]}.{setting}" for setting in re.findall(r'"(\w+)"', settings[2])}
    assert len(used) > 20
    assert used - {"VIEW.name"} == known  # of the text that says how to write a view


def test_the_overview_is_zoomed_by_buttons_keys_wheel_and_dragging(tab: Tab, made_up: str) -> None:
    page = tab.explore(made_up)
    view = page.locator("[data-view=overview]")
    plane = view.get_by_role("application")

    def zoomed(k: str) -> None:
        expect(page).to_have_url(re.compile(rf"overview\.zoom={k},"))

    drawn = """async view => {
        await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))  // drawn by now
        return document.querySelector(`[data-view=${view}] canvas`).toDataURL()
    }"""
    whole = page.evaluate(drawn, "overview")
    view.get_by_role("button", name="Zoom in").click()
    zoomed("1\\.5")
    expect(view.get_by_role("button", name="Show all")).to_be_enabled()
    assert page.evaluate(drawn, "overview") != whole
    plane.press("+")
    zoomed("2\\.25")
    plane.press("-")
    zoomed("1\\.5")
    box = plane.bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.wheel(0, -100)  # the picture has the focus: it is zoomed, and the page does not scroll
    zoomed("2\\.25")
    before = page.url
    page.mouse.down()
    page.mouse.move(middle[0] + 60, middle[1] + 40, steps=5)
    page.mouse.up()
    expect(page).not_to_have_url(before)
    zoomed("2\\.25")
    link = page.url
    shown = page.evaluate(drawn, "overview")
    plane.press("0")
    expect(page).not_to_have_url(re.compile("zoom"))
    expect(view.get_by_role("button", name="Show all")).to_be_disabled()
    page.goto(link)
    tab.ready()
    assert page.evaluate(drawn, "overview") == shown


def test_a_point_of_the_overview_is_chosen_by_the_mouse(tab: Tab, made_up: str) -> None:
    page = tab.explore(made_up)
    plane = page.locator("[data-view=overview]").get_by_role("application")
    plane.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"image=\d+$"))
    chosen, mark = page.url, plane.locator("circle")
    place = {"x": float(mark.get_attribute("cx") or ""), "y": float(mark.get_attribute("cy") or "")}
    page.get_by_role("button", name=re.compile("^Take back")).click()
    expect(mark).to_have_count(0)
    plane.hover(position=place)  # type: ignore[arg-type]  # a Position
    expect(plane.locator("text")).to_contain_text(f"image {chosen.rpartition('=')[2]}:")
    plane.click(position=place)  # type: ignore[arg-type]
    expect(page).to_have_url(chosen)


def test_no_hole_is_left_below_a_view(tab: Tab, made_up: str) -> None:
    """In two columns what comes next follows at once, however high its neighbour is."""
    page = tab.explore(made_up)
    placed = "all => all.map((one) => one.getBoundingClientRect()).map(({ x, top, bottom }) => [x, top, bottom])"

    def gaps() -> dict[float, list[float]]:
        """Pixels between two views that follow each other, by column, all of one moment."""
        found = sorted(page.locator("section[data-view]").evaluate_all(placed))
        columns = {left: [box for box in found if box[0] == left] for left in {box[0] for box in found}}
        return {left: [below[1] - above[2] for above, below in pairwise(all_)] for left, all_ in columns.items()}

    def is_filled() -> bool:
        found = gaps()
        return len(found) == 2 and all(8 <= gap <= 32 for column in found.values() for gap in column)

    until(is_filled)  # heights that change are followed in the browser's next picture


def test_names_of_others_are_text(tab: Tab, made_up: str) -> None:
    page = tab.explore(made_up)
    cell = page.locator('[data-view=matrix] [data-true="0"][data-adversarial="0"]')
    assert "<img src=x onerror=alert(1)>" in (cell.get_attribute("aria-label") or "")
    expect(page.locator("img[src=x]")).to_have_count(0)
    assert "\u202e" not in page.locator("body").inner_text()


def test_the_keyboard_reaches_everything(tab: Tab, made_up: str) -> None:
    page = tab.explore(made_up)
    first = page.locator('[data-view=matrix] [data-at="0,0"]')
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(page.locator('[data-view=matrix] [data-at="1,1"]')).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator('[data-view=matrix] [data-at="1,1"]')).to_have_attribute("aria-selected", "true")
    page.get_by_role("button", name=re.compile("^Take back")).press("Enter")
    expect(page.locator("[data-view=images]")).to_contain_text(f"of {SIZE.images}")
    page.locator('[data-view=images] [data-index="0"]').press(" ")
    expect(page.locator('[data-view=images] [data-index="0"]')).to_have_attribute("aria-selected", "true")
    plane = page.locator("[data-view=overview]").get_by_role("application")
    plane.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"image=(?!0$)\d+$"))
