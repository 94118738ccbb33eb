"""Idempotency-Key: the first answer again; another body under the same key is refused."""

import threading

import httpx
import pytest

from tests.service.conftest import World
from tests.service.test_problems import is_problem


def post(world: World, key: str, **fields: object) -> httpx.Response:
    body = {"model_id": world.model, "dataset_id": world.dataset, "preset": "smoke", **fields}
    return world.api.post("/v1/audits", json=body, headers={"Idempotency-Key": key})


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


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_key_has_a_length(world: World, key: str) -> None:
    is_problem(post(world, key), 422, "validation")


def test_uploads(world: World) -> None:
    def send(data: bytes) -> httpx.Response:
        return world.api.post("/v1/models", files={"file": ("m", data)}, headers={"Idempotency-Key": "up"})

    first, second = send(b"keyed"), send(b"keyed")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    is_problem(send(b"other"), 409, "idempotency-conflict")


def test_many_at_once_make_one_audit(world: World) -> None:
    before, answers = count(world), list[httpx.Response]()
    threads = [threading.Thread(target=lambda: answers.append(post(world, "k6"))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {a.status_code for a in answers} <= {202, 409}
    assert len({a.json()["id"] for a in answers if a.status_code == 202}) == 1
    assert count(world) == before + 1
