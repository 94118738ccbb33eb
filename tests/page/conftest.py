"""A browser, and a service with audits to look at: a made-up one of many neurons, and one of real workers' files."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import httpx
import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from openapi.wire.settings import Settings
from service.embedded.broker import Broker
from tests.analyses.conftest import images, net
from tests.analyses.in_process import InProcess
from tests.page.demo import audited
from tests.page.tools import chromium
from tests.service.analyses.conftest import REQUEST, Place
from tests.service.conftest import broker as broker
from tests.service.conftest import flush, make_settings, ready, running
from tests.service.worker import ProtocolWorker
from tests.tools.synthetic_audit import Size, synthetic

#: Longest that anything may take to appear, in milliseconds: only a page that never shows it fails.
PATIENCE_MS = 120_000.0
expect.set_options(timeout=PATIENCE_MS)
SIZE = Size(neurons=40, images=60, classes=5, side=8)


T = TypeVar("T")


def apart(work: Callable[[], T]) -> T:
    """Do something in a thread of its own: in this one the browser's event loop runs, and there is none beside it."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    program, env = chromium()
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=options, env=dict(env), timeout=PATIENCE_MS)
        yield found
        found.close()


@dataclass
class Tab:
    """A page of the browser, and what went wrong in it."""

    page: Page
    url: str
    said: list[str] = field(default_factory=list)
    #: Statuses that a test provokes: the browser writes a line into its console for each.
    expected: set[int] = field(default_factory=set)

    def open(self, path: str) -> Page:
        """Go to an address of the service."""
        self.page.goto(self.url + path)
        return self.page

    def explore(self, audit: str, rest: str = "") -> Page:
        """Open an audit, and wait until every view has all that it asks for."""
        self.open(f"/ui/audits/{audit}{rest}")
        self.ready()
        return self.page

    def ready(self) -> None:
        """Wait until no view waits for anything."""
        self.page.locator("section[data-view]").first.wait_for()
        self.page.locator("section[data-view]:not([data-ready])").first.wait_for(state="detached")

    def wrong(self) -> list[str]:
        """What the console said that the test did not provoke."""
        return [text for text in self.said if not any(f"status of {status} " in text for status in self.expected)]


def open_tab(context: BrowserContext, url: str) -> Tab:
    """A tab that remembers every message of its console and every error."""
    context.set_default_timeout(PATIENCE_MS)
    tab = Tab(context.new_page(), url)
    tab.page.on("console", lambda message: tab.said.append(f"{message.type}: {message.text}"))
    tab.page.on("pageerror", lambda error: tab.said.append(f"error: {error}"))
    return tab


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh browser profile, in the light theme, 1280 pixels wide."""
    found = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    yield found
    found.close()


@pytest.fixture
def tab(context: BrowserContext, place: Place) -> Iterator[Tab]:
    """A tab on the service; that nothing went wrong in it is seen at the end of every test."""
    found = open_tab(context, str(place.api.base_url))
    yield found
    assert found.wrong() == []


@pytest.fixture(scope="package")
def settings(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    found = make_settings(
        broker, tmp_path_factory.mktemp("page"), db=12, max_body_bytes=1_000_000, max_dataset_bytes=100_000_000
    )
    flush(found)
    return found


@pytest.fixture(scope="package")
def place(settings: Settings) -> Iterator[Place]:
    worker = ProtocolWorker(settings)
    with closing(worker), running(settings) as api:
        found = Place(api, settings, worker)
        found.model, found.dataset = ready(api, worker)
        yield found


@pytest.fixture(scope="package")
def made_up(place: Place) -> str:
    """An audit of 40 neurons and 60 images, with class names that nobody should have chosen."""
    return apart(lambda: synthetic(place.settings, SIZE))


@pytest.fixture(scope="package")
def whole(place: Place, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An audit with every analysis, its files written by real workers."""
    folder: Path = tmp_path_factory.mktemp("whole")
    labels = np.random.default_rng(1).integers(0, 3, len(images()))
    identity = place.start()
    process = InProcess(folder, net(), images().numpy(), labels, identity=identity)
    audited = process.audit(slice_size=21, **REQUEST)
    place.leave(identity, audited)
    return identity


@dataclass(frozen=True)
class Demo:
    """The shipped example, audited and hardened for real: where it is served, and its audit."""

    api: httpx.Client
    audit: str


@pytest.fixture(scope="package")
def demo(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    settings = make_settings(broker, tmp_path_factory.mktemp("demo"), db=11)
    flush(settings)
    worker = ProtocolWorker(settings)
    with closing(worker), running(settings) as api:
        yield Demo(api, apart(lambda: audited(api, worker, tmp_path_factory.mktemp("work"))))


@pytest.fixture
def demo_tab(context: BrowserContext, demo: Demo) -> Iterator[Tab]:
    found = open_tab(context, str(demo.api.base_url))
    yield found
    assert found.wrong() == []
