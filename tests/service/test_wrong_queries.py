"""Every wrong parameter of an address is refused as a problem that names it."""

from typing import Any

import pytest

from tests.service.conftest import World
from tests.service.problems import refused


@pytest.mark.parametrize(
    ("query", "name"),
    [({"limit": 0}, "limit"), ({"limit": 5000}, "limit"), ({"limit": "x"}, "limit"), ({"cursor": "%%%"}, "cursor")],
)
@pytest.mark.parametrize("kind", ["models", "datasets", "audits", "hardenings"])
def test_wrong_pages(world: World, kind: str, query: dict[str, Any], name: str) -> None:
    refused(world.api.get(f"/v1/{kind}", params=query), name)


@pytest.mark.parametrize("wait", ["-1", "soon", "nan", ""])
def test_wrong_waits(world: World, wait: str) -> None:
    refused(world.api.get(f"/v1/models/{world.model}", params={"wait": wait}), "wait")


def test_longer_waits_are_cut(world: World) -> None:
    answer = world.api.get(f"/v1/models/{world.model}", params={"wait": "1e9"})
    assert answer.status_code == 200, answer.text


def test_parameters_that_are_missing_are_named(world: World) -> None:
    refused(world.api.get("/v1/comparisons", params={"base": "aud_1"}), "candidate", "this field is required")
    found = world.api.get("/v1/audits/aud_1/sheet.png")
    refused(found, "images", "this field is required")
    assert len(found.json()["errors"]) > 1


@pytest.mark.parametrize("limit", ["1.5", "abc", "", "0", "1001"])
def test_a_limit_is_a_whole_number(world: World, limit: str) -> None:
    refused(world.api.get("/v1/models", params={"limit": limit}), "limit", "write a whole number from 1 to 1000")


def test_an_address_with_brackets_is_told_what_is_wrong(world: World) -> None:
    asked = world.api.post("/v1/webhook-endpoints", json={"url": "http://[::1]:1/"})
    refused(asked, "/url", "no IPv6 address in brackets")
    refused(world.api.post("/v1/models", json={"url": "ftp://x/hook"}), "/url", "https://host.example/path")
