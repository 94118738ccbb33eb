"""Idempotency-Key: the first answer again; another body under the same key is refused."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.embedded.broker import Broker
from tests.service.conftest import World, empty_postgres, flush, make_settings, running, upload
from tests.service.problems import is_problem


def post(world: World, key: str, **fields: object) -> httpx.Response:
    body = {"model_id": world.model, "dataset_id": world.dataset, "preset": "smoke", **fields}
    return world.api.post("/v1/audits", json=body, headers={b"Idempotency-Key": key.encode("latin-1")})


def count(world: World) -> int:
    return len(world.api.get("/v1/audits", params={"limit": 1000}).json()["items"])


def test_the_same_request_is_done_once(world: World) -> None:
    before = count(world)
    first, second = post(world, "k1"), post(world, "k1")
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json()
    assert first.headers["location"] == second.headers["location"]
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert count(world) == before + 1


def test_another_body_is_409(world: World) -> None:
    assert post(world, "k2").status_code == 202
    is_problem(post(world, "k2", seed=7), 409, "idempotency-conflict")


def test_other_keys_and_other_addresses_are_other_requests(world: World) -> None:
    first, second = post(world, "k3"), post(world, "k4")
    assert first.json()["id"] != second.json()["id"]
    body = {"model_id": world.model, "train_dataset_id": world.dataset}
    other = world.api.post("/v1/hardenings", json=body, headers={"Idempotency-Key": "k3"})
    assert other.status_code == 202


def test_a_refused_request_uses_no_key_up(world: World) -> None:
    assert post(world, "k5", seed=-1).status_code == 422
    assert post(world, "k5").status_code == 202


@pytest.mark.parametrize("key", ["", "x" * 201, "\u00e4"])
def test_a_key_has_a_length(world: World, key: str) -> None:
    is_problem(post(world, key), 422, "validation")


def test_uploads(world: World) -> None:
    def send(data: bytes) -> httpx.Response:
        return world.api.post("/v1/models", files={"file": ("m", data)}, headers={"Idempotency-Key": "up"})

    first, second = send(b"keyed"), send(b"keyed")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    is_problem(send(b"other"), 409, "idempotency-conflict")


def test_what_was_deleted_is_created_anew(world: World) -> None:
    first = post(world, "k7").json()["id"]
    assert world.api.delete(f"/v1/audits/{first}").status_code == 204
    again = post(world, "k7")
    assert (again.status_code, "idempotency-replayed" in again.headers) == (202, False)
    assert again.json()["id"] != first
    assert world.api.get(again.headers["location"]).status_code == 200

    def send() -> httpx.Response:
        return world.api.post("/v1/models", files={"file": ("m", b"away")}, headers={"Idempotency-Key": "up2"})

    gone = send().json()["id"]
    assert world.api.delete(f"/v1/models/{gone}").status_code == 204
    assert (send().status_code, world.api.get(f"/v1/models/{gone}").status_code) == (201, 404)


@pytest.fixture(params=["sqlite", "postgresql"])
def crowd(request: pytest.FixtureRequest, broker: Broker, tmp_path: Path) -> Iterator[httpx.Client]:
    more: dict[str, Any] = {"db": 5}
    if request.param == "postgresql":
        more["database_url"] = empty_postgres(request.getfixturevalue("postgres"))
    settings = make_settings(broker, tmp_path, **more)
    flush(settings)
    with running(settings) as api:
        yield api


def test_many_at_once_get_the_one_answer(crowd: httpx.Client) -> None:
    """Whoever comes second waits for the first and is told the same; nobody is sent away to ask again."""
    model, dataset = (upload(crowd, kind, b"bytes") for kind in ("models", "datasets"))
    body = {"model_id": model, "dataset_id": dataset, "preset": "smoke"}
    answers: list[httpx.Response] = []

    def send() -> None:
        answers.append(crowd.post("/v1/audits", json=body, headers={"Idempotency-Key": "one"}))

    threads = [threading.Thread(target=send) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [a.status_code for a in answers] == [202] * 12
    assert len({a.json()["id"] for a in answers}) == 1
    assert sum("idempotency-replayed" in a.headers for a in answers) == 11
    assert len(crowd.get("/v1/audits").json()["items"]) == 1
