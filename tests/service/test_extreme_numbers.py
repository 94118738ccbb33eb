"""No number from outside hangs the service, is computed with before it is bounded, or breaks what others read."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
from pydantic import BaseModel
from sqlalchemy import text

from openapi.audits import AuditRequest
from openapi.base import Frozen
from openapi.datasets import DatasetMetadata
from openapi.hardenings import HardeningRequest
from openapi.models import ModelMetadata
from openapi.problems import InvalidFields
from openapi.request_errors import MalformedRequest
from openapi.wire.jobs import ShardResult
from openapi.wire.queue import EVENTS
from openapi.wire.settings import Settings
from service.db.database import Database
from service.embedded.broker import Broker
from service.fields import parse
from service.http.bodies import parse_json
from tests.service.conftest import (
    audit,
    empty_postgres,
    ended,
    flush,
    make_settings,
    ready,
    running,
    upload,
    upload_ready,
)
from tests.service.numbers import Number, numbers
from tests.service.worker import ATTACKED, ProtocolWorker

MODELS: dict[str, type[BaseModel]] = {
    "audits": AuditRequest,
    "hardenings": HardeningRequest,
    "models": ModelMetadata,
    "datasets": DatasetMetadata,
}
IDS = {"model_id": "mdl_x", "dataset_id": "dst_x", "train_dataset_id": "dst_x"}

#: As they are written in the body: what JSON allows and no float holds, and what Python's own reader takes.
HOSTILE = [
    "1e999", "-1e999", "1e400", "NaN", "Infinity", "-Infinity", "1" + "0" * 400, "1" + "0" * 5000, "1e300", "-1e300",
    '"1e999"', '"1e999999999"', '"1e999999999/1e999999999"', '"inf"', '"nan"', '"-Infinity"', '"1/0"', '"0x1p9999"',
    '"' + "9" * 5000 + '"',
]  # fmt: skip
PLACES = [
    (kind, number)
    for kind, model in MODELS.items()
    for number in numbers(model, **{k: v for k, v in IDS.items() if k in model.model_fields})
]


@pytest.mark.parametrize(("kind", "number"), PLACES, ids=[f"{kind}{n.pointer}" for kind, n in PLACES])
def test_every_number_of_a_request_has_bounds(kind: str, number: Number) -> None:
    assert {"minimum", "exclusiveMinimum"} & set(number.schema), f"{number.pointer} has no lower bound"
    assert {"maximum", "exclusiveMaximum"} & set(number.schema), f"{number.pointer} has no upper bound"


def test_the_walk_finds_the_numbers_that_matter() -> None:
    found = {f"{kind}{number.pointer}" for kind, number in PLACES}
    assert len(PLACES) > 150
    assert {
        "audits/policy/rules/0/value",
        "audits/attacks/0/eps",
        "audits/neurons/step_size",
        "audits/harden/lambda",
        "hardenings/lr",
        "models/input/mean/0",
        "models/input/range/1",
        "datasets/resize/0",
    } <= found


def points(pointers: set[str], place: str) -> bool:
    """Whether an error points to the place, or into it where it may hold several kinds of things."""
    return any(p == place or p.startswith(f"{place}/") or place.startswith(f"{p}/") for p in pointers if p)


def written(number: Number, literal: str) -> bytes:
    """The body with the literal in the number's place."""
    return json.dumps(number.body("@@")).replace('"@@"', literal).encode()


@pytest.mark.parametrize("literal", HOSTILE, ids=[h[:24] for h in HOSTILE])
def test_no_model_takes_what_is_no_bounded_number(literal: str) -> None:
    for kind, number in PLACES:
        if number.named and literal.startswith('"'):
            continue
        with pytest.raises((InvalidFields, MalformedRequest)) as caught:
            parse(MODELS[kind], parse_json(written(number, literal)))
        if isinstance(caught.value, InvalidFields):
            assert points({e.pointer for e in caught.value.errors or ()}, number.pointer), caught.value.errors


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_every_hostile_number_is_refused_and_every_list_stays(anywhere: httpx.Client, kind: str) -> None:
    places = [number for where, number in PLACES if where == kind]
    for i, number in enumerate(places):
        for literal in (HOSTILE[i % len(HOSTILE)], "1e999", '"1e999999999"'):
            if number.named and literal.startswith('"'):
                continue  # a text is a name there
            body = written(number, literal)
            if kind in IDS_ONLY:
                answer = anywhere.post(f"/v1/{kind}", content=body, headers={"Content-Type": "application/json"})
                prefix = ""
            else:
                answer = anywhere.post(f"/v1/{kind}", files={"file": ("f", b"bytes"), "metadata": (None, body)})
                prefix = "/metadata"
            assert answer.status_code in (400, 422), (number.pointer, literal, answer.text)
            if answer.status_code == 422:
                found = {e["pointer"] for e in answer.json()["errors"]}
                assert points(found, prefix + number.pointer), answer.text
    for listed in MODELS:
        answer = anywhere.get(f"/v1/{listed}")
        assert (answer.status_code, answer.json()["items"]) == (200, [])


IDS_ONLY = ("audits", "hardenings")


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def anywhere(
    request: pytest.FixtureRequest, broker: Broker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A service on each kind of database."""
    with running(_settings(request, broker, tmp_path_factory.mktemp("numbers"), 2)) as client:
        yield client


def _settings(request: pytest.FixtureRequest, broker: Broker, folder: Path, number: int) -> Settings:
    more: dict[str, Any] = {"db": number}
    if request.param == "postgresql":
        more["database_url"] = empty_postgres(request.getfixturevalue("postgres"))
    found = make_settings(broker, folder, **more)
    flush(found)
    return found


# What no request can bring any more may still lie in a database, and what workers say is no request


BROKEN = {
    "models": 'UPDATE models SET meta = \'{"input": {"mean": [null]}}\' WHERE id = :id',
    "datasets": 'UPDATE datasets SET meta = \'{"resize": "large"}\' WHERE id = :id',
    "audits": 'UPDATE jobs SET request = \'{"policy": {"rules": [{"value": null}]}}\' WHERE id = :id',
}


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest, broker: Broker, tmp_path: Path) -> Settings:
    """Settings of a fresh service on each kind of database."""
    return _settings(request, broker, tmp_path, 3)


def test_a_broken_row_breaks_no_list_and_holds_up_nobody(both: Settings) -> None:
    worker = ProtocolWorker(both)
    with running(both) as api:
        dataset = upload_ready(api, worker, "datasets", b"a data set")
        waiting = upload(api, "models", b"still inspected")
        broken = {"models": upload(api, "models", b"other"), "datasets": upload(api, "datasets", b"other")}
        broken["audits"] = audit(api, waiting, dataset)
        beside = audit(api, waiting, dataset, seed=1)
        asyncio.run(_execute(both, [(statement, broken[kind]) for kind, statement in BROKEN.items()]))
        for kind, identity in broken.items():
            items = api.get(f"/v1/{kind}").json()["items"]
            found = next(item for item in items if item["id"] == identity)
            assert "cannot be read" in found["problem"]["detail"]
            assert api.get(f"/v1/{kind}/{identity}").status_code == 200
            assert len(items) > 1
        # The inspection goes on, and the audit beside the broken one begins.
        shards = [worker.take() for _ in range(3)]
        worker.do(next(shard for shard in shards if shard.job_id == waiting))
        assert ended(api, f"audits/{broken['audits']}")["status"] == "failed"
        assert api.get(f"/v1/models/{waiting}", params={"wait": 60}).json()["status"] == "ready"
        assert worker.take().job_id == beside
        for kind, identity in broken.items():
            assert api.delete(f"/v1/{kind}/{identity}").status_code == 204
    worker.close()


async def _execute(settings: Settings, statements: list[tuple[str, str]]) -> None:
    database = Database(settings.sqlalchemy_url)
    async with database.write() as session:
        for statement, identity in statements:
            await session.execute(text(statement), {"id": identity})
    await database.close()


def test_what_a_worker_says_is_finite_too(both: Settings) -> None:
    worker = ProtocolWorker(both)
    with running(both) as api:
        model, dataset = ready(api, worker)
        identity = audit(api, model, dataset)
        shard = worker.take()
        event = {"type": "succeeded", "job_id": shard.job_id, "shard_id": shard.shard_id, "attempt": 1, "worker": "w"}
        result = {"value": ATTACKED.dump() | {"figures": {"list": [1.5, "@"]}}, "files": {}}
        files = {"samples": worker.file("samples.npz", "samples", "npz", b"s").model_dump(mode="json")}
        message = json.dumps({**event, "at": 1.0, "result": {**result, "files": files}}).replace('"@"', "1e999")
        with redis.Redis.from_url(both.redis) as client:
            client.xadd(EVENTS, {"event": message})
        report = worker.take()
        assert report.stage == "report"
        assert report.params["values"]["samples.0.0"]["figures"] == {"list": [1.5, None]}
        worker.do(report)
        assert ended(api, f"audits/{identity}")["status"] == "succeeded"
    worker.close()


def test_every_contract_model_refuses_what_is_not_finite() -> None:
    kinds: list[type[Frozen]] = [Frozen]
    for kind in kinds:
        kinds += kind.__subclasses__()
    assert len(kinds) > 60
    contract = [kind for kind in kinds if kind.__module__.startswith("openapi.")]  # others are of one room alone
    for kind in (kind for kind in contract if not kind.__name__.startswith("_")):  # those are of one module alone
        assert kind.model_config.get("allow_inf_nan") is False, kind
        for name, field in kind.model_fields.items():
            loose = field.annotation in (Any, dict[str, Any]) and not field.metadata
            assert not loose, f"{kind.__name__}.{name}: use openapi.base.Json"


def test_plain_data_loses_its_infinities() -> None:
    found = ShardResult(value={"a": float("inf"), "b": [float("nan"), {"c": (1, -float("inf"))}], "d": 2.5, "e": "x"})
    assert found.value == {"a": None, "b": [None, {"c": [1, None]}], "d": 2.5, "e": "x"}
