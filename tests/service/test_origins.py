"""Foreign host names and foreign web pages are kept out; addresses, localhost and programs are not."""

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from openapi.wire.settings import Settings
from service.app import create_app
from service.embedded.broker import Broker
from service.http.origins import OwnNames
from tests.service.conftest import Served, World, make_settings
from tests.service.problems import is_problem

HOSTILE = (
    "evil.example",
    "evil.example:8000",
    "localhost.evil.example",
    "127.0.0.1.nip.io",
    "u@127.0.0.1",
    "[::1",
    "a:x",
)


@pytest.mark.parametrize("host", HOSTILE)
@pytest.mark.parametrize("path", ["/v1/models", "/health/ready", "/metrics", "/schema", "/schema/openapi.json"])
def test_a_foreign_host_is_refused_everywhere(world: World, host: str, path: str) -> None:
    problem = is_problem(world.api.get(path, headers={"Host": host}), 421, "foreign-host")
    assert "TREMOR_ALLOWED_HOSTS" in str(problem["detail"])


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:8000", "tremor.localhost", "127.0.0.1", "[::1]:80", "192.168.7.9", socket.gethostname()],
)
def test_own_names_and_addresses_are_answered(world: World, host: str) -> None:
    assert world.api.get("/v1/models", headers={"Host": host}).status_code == 200


FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:3000"},
    {"Origin": "rubbish"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "Cross-Site", "Origin": "SAME"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_foreign_page_can_write_nothing(world: World, headers: dict[str, str]) -> None:
    own = str(world.api.base_url).rstrip("/")
    headers = {name: own if value == "SAME" else value for name, value in headers.items()}
    models = world.api.get("/v1/models").json()
    form = world.api.post("/v1/models", files={"file": ("m", b"from a form")}, headers=headers)
    is_problem(form, 403, "foreign-origin")
    is_problem(world.api.post("/v1/audits", json={}, headers=headers), 403, "foreign-origin")
    is_problem(world.api.delete(f"/v1/models/{world.model}", headers=headers), 403, "foreign-origin")
    assert world.api.get("/v1/models").json() == models
    answer = world.api.get("/v1/models", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "SAME"}]
)
def test_programs_and_own_pages_may_write(world: World, headers: dict[str, str]) -> None:
    own = str(world.api.base_url).rstrip("/")
    headers = {name: own if value == "SAME" else value for name, value in headers.items()}
    assert world.api.post("/v1/audits", json={}, headers=headers).status_code == 422


@pytest.fixture
def named(broker: Broker, tmp_path: Path) -> Iterator[httpx.Client]:
    settings = make_settings(broker, tmp_path, allowed_hosts=("tremor.example.org", "*.lab"))
    with Served(create_app(settings)) as url, httpx.Client(base_url=url) as client:
        yield client


def test_production_lists_its_names(named: httpx.Client) -> None:
    for host in ("tremor.example.org", "TREMOR.example.org:443", "a.b.lab", "127.0.0.1"):
        assert named.get("/v1/models", headers={"Host": host}).status_code == 200, host
    for host in ("lab", "evil-lab", "xtremor.example.org"):
        is_problem(named.get("/v1/models", headers={"Host": host}), 421, "foreign-host")
    # Behind a proxy the page's name is the listed one, and the Host may be the proxy's own for us.
    for origin, status in (("https://tremor.example.org", 422), ("https://x.lab", 422), ("https://evil.example", 403)):
        assert named.post("/v1/audits", json={}, headers={"Origin": origin}).status_code == status


def test_with_keys_any_name_will_do_unless_names_are_listed() -> None:
    assert OwnNames(Settings(auth="keys")).answers_as("gpu.example")
    assert not OwnNames(Settings(auth="keys", allowed_hosts=("a",))).answers_as("gpu.example")
    assert OwnNames(Settings(allowed_hosts=("*",))).answers_as("gpu.example")
    assert OwnNames(Settings(host="gpu.example")).answers_as("gpu.example:8000")
