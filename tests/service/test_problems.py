"""Every error is a problem: 404, 405, 406, 413, 415, 416, 429, 500."""

import httpx
import pytest
from litestar import Litestar, get

from openapi.wire.settings import Settings
from service.app import create_app
from service.embedded.broker import Broker
from service.tenants.rates import Buckets, Budget
from tests.service.conftest import Served, World, make_settings, running
from tests.service.problems import is_problem


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/v1/nothing",
        "/v1/models/mdl_none",
        "/v1/models/mdl_none/content",
        "/v1/datasets/dst_none",
        "/v1/audits/aud_none",
        "/v1/audits/aud_none/report",
        "/v1/audits/aud_none/samples",
        "/v1/audits/aud_none/events",
        "/v1/audits/aud_none/artifacts",
        "/v1/hardenings/hrd_none",
        "/v1/artifacts/art_none",
        "/v1/models/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    ],
)
def test_what_is_not_there_is_404(world: World, path: str) -> None:
    is_problem(world.api.get(path), 404, "not-found")


def test_ids_of_one_kind_are_not_found_as_another(world: World) -> None:
    is_problem(world.api.get(f"/v1/audits/{world.model}"), 404, "not-found")
    is_problem(world.api.get(f"/v1/datasets/{world.model}"), 404, "not-found")


@pytest.mark.parametrize(("method", "path"), [("PUT", "/v1/models"), ("PATCH", "/v1/audits"), ("POST", "/v1/presets")])
def test_other_methods_are_405_with_allow(world: World, method: str, path: str) -> None:
    answer = world.api.request(method, path)
    is_problem(answer, 405, "method-not-allowed")
    assert "GET" in answer.headers["allow"]


def test_a_body_that_is_not_json_by_its_type_is_415(world: World) -> None:
    answer = world.api.post("/v1/audits", content=b"a=b", headers={"Content-Type": "application/x-www-form-urlencoded"})
    is_problem(answer, 415, "unsupported-media-type")


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"Content-Type": "application/json; charset=utf-16"}, "UTF-8"),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, "without Content-Encoding"),
    ],
)
def test_a_body_that_is_said_to_be_written_otherwise_is_415(world: World, headers: dict[str, str], words: str) -> None:
    for path in ("/v1/audits", "/v1/policies"):
        found = is_problem(world.api.post(path, content=b"{}", headers=headers), 415, "unsupported-media-type")
        assert words in found["detail"]
    fine = {"Content-Type": 'application/json; charset="UTF-8"', "Content-Encoding": "identity"}
    is_problem(world.api.post("/v1/audits", content=b"{}", headers=fine), 422, "validation")


def test_an_upload_that_is_neither_multipart_nor_says_where_the_file_is(world: World) -> None:
    found = is_problem(world.api.post("/v1/models", json={"file": "x"}), 422, "validation")
    assert found["errors"][0]["pointer"] == "/file"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    is_problem(world.api.post("/v1/models", content=b"a=b", headers=form), 415, "unsupported-media-type")
    is_problem(world.api.post("/v1/models", content=b"raw"), 415, "unsupported-media-type")


def test_a_large_body_is_413(world: World) -> None:
    body = {"model_id": "m", "dataset_id": "d", "labels": {"text": "x" * 200_000}}
    is_problem(world.api.post("/v1/audits", json=body), 413, "too-large")


def test_a_bug_is_500_without_its_text(settings: Settings) -> None:
    @get("/broken")
    async def broken() -> None:
        raise RuntimeError("a secret path")

    app: Litestar = create_app(settings)
    app.register(broken)
    with Served(app) as url:
        answer = httpx.get(f"{url}/broken")
    body = is_problem(answer, 500, "internal")
    assert "secret" not in str(body)


def test_a_client_above_its_rate_gets_429_with_retry_after(broker: Broker, settings: Settings) -> None:
    limited = make_settings(broker, settings.data_dir, rate_limit_per_minute=3)
    with Served(create_app(limited)) as url, httpx.Client(base_url=url) as client:
        answers = [client.get("/v1/presets") for _ in range(4)]
        assert [a.status_code for a in answers] == [200, 200, 200, 429]
        is_problem(answers[-1], 429, "rate-limited")
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 21
        assert client.get("/health/live").status_code == 200


def test_the_bucket_fills_again() -> None:
    buckets = Buckets()
    assert [buckets.take("a", 60, 0.0) for _ in range(60)] == list(range(59, -1, -1))
    assert Budget(60, buckets.take("a", 60, 0.0)).wait == 1
    assert buckets.take("b", 60, 0.0) == 59
    assert buckets.take("a", 60, 1.5) == 0.5


def test_keys_are_asked_for_where_the_settings_say_so(broker: Broker, settings: Settings) -> None:
    import asyncio
    import hashlib

    from service.db.database import Database
    from service.db.tables import ApiKey

    async def add() -> None:
        database = Database(settings.sqlalchemy_url)
        await database.migrate()
        async with database.write() as session:
            session.add(
                ApiKey(
                    id="key_1",
                    tenant_id="default",
                    name="ci",
                    key_hash=hashlib.sha256(b"trm_secret").hexdigest(),
                )
            )
        await database.close()

    asyncio.run(add())
    with Served(create_app(make_settings(broker, settings.data_dir, auth="keys"))) as url:
        answer = httpx.get(f"{url}/v1/presets")
        is_problem(answer, 401, "unauthorized")
        assert answer.headers["www-authenticate"] == "Bearer"
        wrong = httpx.get(f"{url}/v1/presets", headers={"Authorization": "Bearer trm_wrong"})
        is_problem(wrong, 401, "unauthorized")
        right = httpx.get(f"{url}/v1/presets", headers={"Authorization": "Bearer trm_secret"})
        assert right.status_code == 200
        assert httpx.get(f"{url}/health/live").status_code == 200


def test_too_many_unfinished_jobs_get_429(broker: Broker, settings: Settings) -> None:
    with running(make_settings(broker, settings.data_dir, tenant_max_queued=2)) as api:
        for data in (b"one", b"two"):
            assert api.post("/v1/models", files={"file": ("m", data)}).status_code == 201
        answer = api.post("/v1/audits", json={"model_id": "mdl_x", "dataset_id": "dst_x"})
        is_problem(answer, 429, "rate-limited")
        assert int(answer.headers["retry-after"]) > 0
        again = api.post("/v1/hardenings", json={"model_id": "mdl_x", "train_dataset_id": "dst_x"})
        is_problem(again, 429, "rate-limited")
