"""With keys on: signing in, an expired key in the middle of something, signing out."""

import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import update

from openapi.base import utc_now
from openapi.wire.settings import Settings
from service.app import create_app
from service.db.tables import ApiKey
from service.embedded.broker import Broker
from tests.page.conftest import Tab, apart, open_tab
from tests.page.test_accessible import violations
from tests.service.conftest import Served, flush, make_settings
from tests.service.test_page_sessions import change
from tests.service.test_tenants import key
from tests.tools.synthetic_audit import Size, synthetic

#: A key of the tenant that made-up audits are of, and one of another.
OURS, THEIRS = ("ours", "--tenant", "default"), ("theirs",)


@pytest.fixture(scope="module")
def guarded(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    found = make_settings(broker, tmp_path_factory.mktemp("guarded"), db=14, auth="keys")
    flush(found)
    return found


@pytest.fixture(scope="module")
def url(guarded: Settings) -> Iterator[str]:
    with Served(create_app(guarded)) as address:
        yield address


@pytest.fixture
def guarded_tab(context: BrowserContext, url: str) -> Iterator[Tab]:
    found = open_tab(context, url)
    found.expected.add(401)
    yield found
    assert found.wrong() == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_signing_in_is_accessible(guarded_tab: Tab, width: int, theme: Any) -> None:
    guarded_tab.page.emulate_media(color_scheme=theme)
    guarded_tab.page.set_viewport_size({"width": width, "height": 844})
    page = guarded_tab.open("/")
    page.get_by_label("API key").fill("trm_nonsense")
    page.get_by_role("button", name="Sign in").click()
    page.locator("[role=alert]").wait_for()
    assert violations(guarded_tab) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_one_signs_in_where_one_wanted_to_go(guarded_tab: Tab, guarded: Settings) -> None:
    identity, secret = apart(lambda: key(guarded, "<b>somebody</b>"))
    page = guarded_tab.open("/?status=failed")
    page.get_by_label("API key").fill("trm_nonsense")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("[role=alert]")).to_contain_text("unknown, revoked or expired")
    page.get_by_label("API key").fill(secret)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("main")).to_contain_text("No audit is like that.")
    expect(page).to_have_url(re.compile(r"/\?status=failed$"))
    expect(page.locator("header")).to_contain_text("<b>somebody</b>")
    assert page.evaluate("document.cookie") == ""
    apart(lambda: change(guarded, update(ApiKey).where(ApiKey.id == identity).values(expires_at=utc_now())))
    page.get_by_label("Status").select_option("queued")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("[role=alert]")).to_contain_text("Your session has ended")
    expect(page).to_have_url(re.compile(r"/\?status=queued$"))
    page.get_by_label("API key").fill(apart(lambda: key(guarded, "again"))[1])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Status")).to_have_value("queued")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_who_may_only_read_is_offered_nothing_else(guarded_tab: Tab, guarded: Settings) -> None:
    page = guarded_tab.open("/")
    page.get_by_label("API key").fill(apart(lambda: key(guarded, "reader", "--scope", "read"))[1])
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("main")).to_contain_text("Your key may only read")
    expect(page.locator("[data-upload]")).to_have_count(0)
    expect(page.get_by_role("link", name="New audit")).to_have_count(0)
    guarded_tab.open("/ui/new")
    expect(page.locator("main")).to_contain_text("Your key may only read")
    expect(page.locator("form")).to_have_count(0)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("API key").fill(apart(lambda: key(guarded, "writer"))[1])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Start the audit")).to_be_visible()


def sign_in(page: Page, secret: str) -> None:
    page.get_by_label("API key").fill(secret)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_tenants_see_their_own(browser: Browser, url: str, guarded: Settings) -> None:
    """Whose audit it is finds it in the list and explores it; to another it is not there, nor is anything of it."""
    audit = apart(lambda: synthetic(guarded, Size(neurons=12, images=20, classes=3, side=4)))
    own, other = apart(lambda: [key(guarded, *options)[1] for options in (OURS, THEIRS)])
    for secret, theirs in ((own, False), (other, True)):
        with closing(browser.new_context()) as context:
            tab = open_tab(context, url)
            tab.expected |= {401, 404} if theirs else {401}
            page = tab.open("/")
            sign_in(page, secret)
            if theirs:
                expect(page.locator("main")).to_contain_text("There is no audit yet.")
                tab.open(f"/ui/audits/{audit}")
                expect(page.get_by_role("alert")).to_contain_text("There is no audit")
                expect(page.locator("section[data-view]")).to_have_count(0)
                assert "synthetic" not in page.content()
                for path in ("", "/report.json", "/embedding", "/sheet.png?images=0&pictures=benign"):
                    assert page.request.get(f"{url}/v1/audits/{audit}{path}").status == 404
            else:
                page.get_by_role("link", name="mdl_synthetic").click()
                tab.ready()
                expect(page.locator("section[data-view]")).to_have_count(10)
            assert tab.wrong() == []


def test_the_session_is_a_cookie_that_no_other_page_can_use(guarded_tab: Tab, guarded: Settings) -> None:
    page = guarded_tab.open("/")
    sign_in(page, apart(lambda: key(guarded, "here"))[1])
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/")
    guarded_tab.expected |= {403}
    elsewhere = page.context.new_page()
    elsewhere.route("http://elsewhere.example/**", lambda route: route.fulfill(body="", content_type="text/html"))
    elsewhere.goto("http://elsewhere.example/")
    elsewhere.set_content(
        f'<form method="post" enctype="text/plain" action="{guarded_tab.url}/v1/audits"><button>Win</button></form>'
    )
    with elsewhere.expect_response(re.compile("/v1/audits")) as answer:
        elsewhere.get_by_role("button").click()
    assert answer.value.status in (401, 403)
    assert "cookie" not in answer.value.request.all_headers()
    # Even where a browser sent the cookie along, what comes from another page is refused.
    headers = {"Origin": "http://elsewhere.example", "Content-Type": "application/json"}
    sent = page.request.post(f"{guarded_tab.url}/v1/audits", headers=headers, data="{}")
    assert sent.status == 403
    page.reload()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
