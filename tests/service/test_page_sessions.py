"""Signing in to the page: a cookie that no script reads, that ends with its key, and that other sites cannot use."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from http.cookies import SimpleCookie

import httpx
import pytest
from sqlalchemy import select, update

from openapi.base import utc_now
from openapi.wire.settings import Settings
from service.app import create_app
from service.db.database import Database
from service.db.tables import ApiKey, PageSession
from service.embedded.broker import Broker
from tests.service.conftest import Served, flush, make_settings
from tests.service.test_tenants import key


@pytest.fixture(scope="module")
def settings(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    found = make_settings(broker, tmp_path_factory.mktemp("sessions"), db=13, auth="keys")
    flush(found)
    return found


@pytest.fixture(scope="module")
def url(settings: Settings) -> Iterator[str]:
    with Served(create_app(settings)) as address:
        yield address


@pytest.fixture
def browser(url: str) -> Iterator[httpx.Client]:
    """Keeps cookies and says where its page is from, as a browser does."""
    with httpx.Client(base_url=url, timeout=90, headers={"Sec-Fetch-Site": "same-origin"}) as client:
        yield client


def signed_in(browser: httpx.Client, secret: str) -> httpx.Response:
    answer = browser.post("/ui/session", json={"key": secret})
    assert answer.status_code == 201, answer.text
    return answer


def test_a_session_sees_and_does_what_its_key_may(settings: Settings, browser: httpx.Client) -> None:
    assert browser.get("/ui/session").json()["signed_in"] is False
    assert browser.get("/v1/audits").status_code == 401
    answer = signed_in(browser, key(settings, "somebody")[1])
    assert (answer.json()["name"], answer.json()["scope"]) == ("somebody", "submit")
    assert browser.get("/ui/session").json() == answer.json()
    assert browser.get("/v1/audits").status_code == 200
    assert browser.post("/v1/datasets", files={"file": ("some.npz", b"data")}).status_code == 201
    assert len(browser.get("/v1/datasets").json()["items"]) == 1
    assert browser.get("/v1/keys").status_code == 403  # that wants `admin`


def test_the_cookie_is_for_this_page_alone(settings: Settings, browser: httpx.Client) -> None:
    secret = key(settings, "stranger")[1]
    cookie = SimpleCookie(signed_in(browser, secret).headers["set-cookie"])["tremor_session"]
    assert cookie["httponly"] is True
    assert (cookie["samesite"], cookie["path"], cookie["domain"], cookie["max-age"]) == ("Strict", "/", "", "")
    assert secret not in cookie.value
    data = {"file": ("some.npz", b"more data")}
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
    assert browser.post("/v1/datasets", files=data, headers=foreign).status_code == 403
    assert browser.delete("/ui/session", headers=foreign).status_code == 403
    assert browser.post("/ui/session", json={"key": secret}, headers=foreign).status_code == 403
    del browser.headers["Sec-Fetch-Site"]
    assert browser.post("/v1/datasets", files=data).status_code == 401  # whoever it is does not say where it is from
    assert browser.get("/v1/datasets").status_code == 200
    own = {"Origin": str(browser.base_url)}
    assert browser.post("/v1/datasets", files=data, headers=own).status_code == 201


def test_signing_out_ends_the_session_wherever_its_cookie_is(settings: Settings, browser: httpx.Client) -> None:
    signed_in(browser, key(settings, "leaver")[1])
    stolen = {"Cookie": f"tremor_session={browser.cookies['tremor_session']}"}
    assert browser.delete("/ui/session").json()["signed_in"] is False
    assert "tremor_session" not in browser.cookies
    again = browser.get("/v1/audits", headers=stolen)
    assert (again.status_code, again.json()["detail"]) == (401, "The session has ended; sign in again")


def test_it_ends_with_its_key_and_after_its_time(settings: Settings, browser: httpx.Client) -> None:
    identity, secret = key(settings, "revoked")
    signed_in(browser, secret)
    change(settings, update(ApiKey).where(ApiKey.id == identity).values(revoked_at=utc_now()))
    assert browser.get("/v1/audits").status_code == 401
    assert browser.get("/ui/session").json()["signed_in"] is False
    identity, secret = key(settings, "old", "--expires-days", "1")
    info = signed_in(browser, secret).json()
    change(settings, update(ApiKey).where(ApiKey.id == identity).values(expires_at=utc_now()))
    assert browser.get("/v1/audits").status_code == 401
    signed_in(browser, key(settings, "long ago")[1])
    past = utc_now() - timedelta(seconds=1)
    change(settings, update(PageSession).values(expires_at=past))
    assert browser.get("/v1/audits").status_code == 401
    assert info["expires_at"] < (utc_now() + timedelta(hours=12, minutes=1)).isoformat()


def test_what_has_ended_is_forgotten_and_no_token_is_kept(settings: Settings, browser: httpx.Client) -> None:
    signed_in(browser, key(settings, "first")[1])
    change(settings, update(PageSession).values(expires_at=utc_now() - timedelta(seconds=1)))
    signed_in(browser, key(settings, "second")[1])

    async def rows() -> list[PageSession]:
        db = Database(settings.sqlalchemy_url)
        async with db.read() as session:
            found = list(await session.scalars(select(PageSession)))
        await db.close()
        return found

    (row,) = asyncio.run(rows())
    assert browser.cookies["tremor_session"] not in row.token_hash


@pytest.mark.parametrize("sent", ["trm_nonsense", " ", "x" * 200])
def test_a_wrong_key(browser: httpx.Client, sent: str) -> None:
    answer = browser.post("/ui/session", json={"key": sent})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert sent not in answer.text.replace(" ", "") or sent == " "


def test_a_wrong_body(browser: httpx.Client) -> None:
    for body in ({}, {"key": ""}, {"key": 3}, {"key": "x" * 201}, {"key": "x", "more": 1}):
        answer = browser.post("/ui/session", json=body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] in ("/key", "/more")


def test_a_header_counts_before_the_cookie(settings: Settings, browser: httpx.Client) -> None:
    signed_in(browser, key(settings, "header")[1])
    assert browser.get("/v1/audits", headers={"Authorization": "Bearer trm_nonsense"}).status_code == 401


def change(settings: Settings, statement: object) -> None:
    async def work() -> None:
        db = Database(settings.sqlalchemy_url)
        async with db.write() as session:
            await session.execute(statement)  # type: ignore[call-overload]
        await db.close()

    asyncio.run(work())
