"""From a dropped file to a running audit: uploads, the form that the API's schema makes, progress that moves."""

import hashlib
import re
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from tests.page.conftest import Tab
from tests.service.analyses.conftest import Place
from tests.service.conftest import audit

NAME = "<img src=x onerror=alert(1)>.onnx"


def drop(page: Page, folder: str, name: str, text: str) -> None:
    """Let a file fall onto a zone, as a browser does."""
    make = "([name, text]) => { const d = new DataTransfer(); d.items.add(new File([text], name)); return d }"
    transfer = page.evaluate_handle(make, [name, text])
    zone = page.locator(f"[data-upload={folder}]")
    zone.dispatch_event("dragover", {"dataTransfer": transfer})
    expect(zone).to_have_class(re.compile("over"))
    zone.dispatch_event("drop", {"dataTransfer": transfer})


def test_files_are_uploaded_by_dropping_them(tab: Tab, place: Place) -> None:
    page = tab.open("/")
    zone = page.locator("[data-upload=models]")
    drop(page, "models", NAME, "a dropped model")
    place.worker.do(place.worker.take_of("inspect_model"))
    expect(zone.locator(".badge.good")).to_have_text("ready")
    expect(zone).to_contain_text(NAME)
    drop(page, "datasets", "images.npz", "a dropped data set")
    place.worker.do(place.worker.take_of("inspect_dataset"))
    expect(page.locator("[data-upload=datasets] .badge.good")).to_have_text("ready")
    page.locator(".uploads a.button").click()
    expect(page).to_have_url(re.compile(r"/ui/new\?model=mdl_\w+&dataset=dst_\w+$"))
    expect(page.get_by_label("model id")).to_have_value(re.compile("^mdl_"))


def test_a_large_file_goes_on_where_the_connection_broke(tab: Tab, place: Place, tmp_path: Path) -> None:
    data = hashlib.sha256(b"large").digest() * ((40 << 20) // 32)
    (tmp_path / "large.npz").write_bytes(data)
    page, offsets = tab.open("/"), list[str]()

    def watch(route: Route) -> None:
        if route.request.method == "PATCH":
            offsets.append(route.request.headers["upload-offset"])
            if len(offsets) == 2:
                route.abort("connectionreset")
                return
        route.continue_()

    page.route("**/v1/uploads/*", watch)
    page.locator("#file-datasets").set_input_files(tmp_path / "large.npz")
    expect(page.locator("[data-upload=datasets]")).to_contain_text("a worker looks into it")
    shard = place.worker.take_of("inspect_dataset")
    place.worker.do(shard)
    expect(page.locator("[data-upload=datasets] .badge.good")).to_have_text("ready")
    part = 16 << 20
    assert offsets == [str(offset) for offset in (0, part, part, 2 * part)]
    assert {file.sha256 for file in shard.inputs.values()} == {hashlib.sha256(data).hexdigest()}
    broken = [text for text in tab.said if "ERR_CONNECTION_RESET" in text]
    assert len(broken) == 1
    tab.said.remove(broken[0])


def test_a_file_that_is_refused_says_why(tab: Tab) -> None:
    tab.expected.add(413)
    page = tab.open("/")
    drop(page, "models", "large.onnx", "x" * 3_000_001)
    expect(page.locator("[data-upload=models] [role=alert]")).to_contain_text("too large", ignore_case=True)


def test_the_form_is_the_schema_and_starts_an_audit(tab: Tab, place: Place) -> None:
    tab.expected.add(422)
    page = tab.open(f"/ui/new?model={place.model}&dataset={place.dataset}")
    page.get_by_role("button", name="Add to attacks").click()
    page.get_by_label("attacks 1", exact=True).select_option("pgd")
    page.get_by_label("eps", exact=True).fill("2")
    page.get_by_label("max samples").fill("4")
    page.get_by_label("neurons", exact=True).select_option("leave out")
    page.get_by_label("labels").fill("team: vision")
    page.get_by_role("button", name="Start the audit").click()
    wrong = page.get_by_label("eps", exact=True)
    expect(wrong).to_have_attribute("aria-invalid", "true")
    wrong.fill("8/255")
    page.get_by_role("button", name="Start the audit").click()
    expect(page).to_have_url(re.compile(r"/ui/audits/aud_\w+$"))
    made = place.api.get(f"/v1/audits/{page.url.rpartition('/')[2]}").json()["request"]
    assert (made["attacks"][0]["name"], made["attacks"][0]["eps"]) == ("pgd", 8 / 255)
    assert (made["neurons"], made["max_samples"], made["labels"]) == (None, 4, {"team": "vision"})
    page.get_by_role("button", name="Cancel the audit").click()
    expect(page.locator("dl.facts")).to_contain_text("cancelled")


def test_progress_moves_while_an_audit_runs(tab: Tab, place: Place) -> None:
    identity = audit(place.api, place.model, place.dataset, seed=3)  # nobody else's results are to be found again
    page = tab.open(f"/ui/audits/{identity}")
    shard = place.worker.take()
    while shard.job_id != identity:  # of audits that other tests have cancelled
        shard = place.worker.take()
    place.worker.tell(shard, "started")
    bar = page.locator("progress")
    for done in (1, 3):
        place.worker.tell(shard, "progress", done=done, total=4, unit="samples")
        expect(bar).to_have_attribute("value", str(done))
    expect(page.get_by_role("heading", level=2)).to_contain_text("Under way")
    place.worker.do(shard)
    place.worker.do(place.worker.take_of("report"))
    expect(page.locator("dl.facts")).to_contain_text("succeeded")
    expect(page.locator("dl.facts")).to_contain_text("100.0 %")
    expect(page.locator("section[data-view=matrix]")).to_be_visible()
    for view, ask in (("explain", '"explain": {}'), ("regions", '"regions": {}'), ("hardening", '"harden": {')):
        expect(page.locator(f"section[data-view={view}]")).to_contain_text(ask)
