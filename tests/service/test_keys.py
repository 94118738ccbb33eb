"""API keys: what each scope may do, rotation, expiry, last use, and that nothing of a secret is kept."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO

import httpx
import pytest
from click.testing import CliRunner
from sqlalchemy import update

from openapi.keys import Scope
from openapi.wire.settings import Settings
from service.app import create_app
from service.cli.calls import send_file
from service.cli.client import Client
from service.cli.exits import CommandFailed, Exit
from service.cli.keys import keys
from service.db.database import Database
from service.db.tables import ApiKey
from service.embedded.broker import Broker
from tests.service.conftest import Served, flush, make_settings
from tests.service.test_tenants import key

As = Callable[[str], httpx.Client]


@pytest.fixture(scope="module")
def settings(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    found = make_settings(broker, tmp_path_factory.mktemp("keys"), db=4, auth="keys")
    flush(found)
    return found


@pytest.fixture(scope="module")
def url(settings: Settings) -> Iterator[str]:
    with Served(create_app(settings)) as address:
        yield address


@pytest.fixture
def caller(url: str) -> Iterator[As]:
    """A client with a key's secret."""
    made: list[httpx.Client] = []

    def client(secret: str) -> httpx.Client:
        made.append(httpx.Client(base_url=url, timeout=90, headers={"Authorization": f"Bearer {secret}"}))
        return made[-1]

    yield client
    for one in made:
        one.close()


def slug(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


def test_each_scope_includes_those_before_it() -> None:
    allowed = {(have, wanted) for have in Scope for wanted in Scope if have.allows(wanted)}
    assert allowed == {
        *((Scope.ADMIN, wanted) for wanted in Scope),
        (Scope.SUBMIT, Scope.READ),
        (Scope.SUBMIT, Scope.SUBMIT),
        (Scope.READ, Scope.READ),
    }


def test_what_each_scope_may_do(settings: Settings, caller: As) -> None:
    identity, secret = key(settings, "owner", "--scope", "admin")
    admin = caller(secret)
    reader_secret, submitter_secret = (
        key(settings, scope, "--tenant", identity, "--scope", scope)[1] for scope in ("read", "submit")
    )
    reader, submitter = caller(reader_secret), caller(submitter_secret)
    files = {"file": ("some.npz", b"data")}
    assert slug(reader.post("/v1/datasets", files=files)) == (403, "forbidden")
    made = submitter.post("/v1/datasets", files=files)
    assert made.status_code == 201
    place = f"/v1/datasets/{made.json()['id']}"
    assert reader.get(place).status_code == reader.head(place).status_code == 200
    assert slug(reader.delete(place)) == (403, "forbidden")
    for asked in (Exit.UPLOAD_REJECTED, Exit.JOB_FAILED):  # to the command line a wrong option, whatever was asked
        client = Client(str(reader.base_url), reader_secret)
        with pytest.raises(CommandFailed, match="needs submit") as refused:
            client.call(send_file("datasets", "some.npz", BytesIO(b"data"), {}, "once"), failure=asked)
        client.close()
        assert refused.value.exit_code == Exit.USAGE
    assert "needs submit" in reader.delete(place).json()["detail"]
    refused_alone = key(settings, "knocks", "--tenant", identity, "--scope", "read")
    assert slug(caller(refused_alone[1]).delete(place)) == (403, "forbidden")
    used = {item["id"]: item["last_used_at"] for item in admin.get("/v1/keys").json()["items"]}
    assert used[refused_alone[0]] is not None, "a refused call is a use: a stolen key shows"
    assert admin.delete(f"/v1/keys/{refused_alone[0]}").status_code == 204
    assert submitter.delete(place).status_code == 204
    for one in (reader, submitter):
        assert slug(one.get("/v1/keys")) == (403, "forbidden")
        assert slug(one.post("/v1/keys", json={"name": "x"})) == (403, "forbidden")
    listed = admin.get("/v1/keys").json()["items"]
    assert sorted((item["name"], item["scope"]) for item in listed) == [
        ("knocks", "read"),
        ("owner", "admin"),
        ("read", "read"),
        ("submit", "submit"),
    ]


def test_a_key_is_made_used_rotated_and_revoked(settings: Settings, caller: As) -> None:
    admin = caller(key(settings, "one", "--scope", "admin")[1])
    answer = admin.post("/v1/keys", json={"name": "pipeline", "scope": "read"})
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    first = answer.json()
    assert (first["last_used_at"], first["expires_at"], first["revoked_at"]) == (None, None, None)
    assert caller(first["key"]).get("/v1/audits").status_code == 200
    listed = {item["id"]: item for item in admin.get("/v1/keys").json()["items"]}
    assert listed[first["id"]]["last_used_at"] is not None
    assert first["key"] not in admin.get("/v1/keys").text, "a secret is shown once"

    second = admin.post(f"/v1/keys/{first['id']}/rotate", json={"overlap_seconds": 3600}).json()
    assert (second["name"], second["scope"]) == ("pipeline", "read")
    for secret in (first["key"], second["key"]):
        assert caller(secret).get("/v1/audits").status_code == 200, "both work while clients change over"
    again = admin.post(f"/v1/keys/{first['id']}/rotate", json={})
    assert slug(again) == (409, "conflict"), "its place is taken: two keys would go on where one was"
    assert second["id"] in again.json()["detail"]
    shown = {item["id"]: item["replaced_by"] for item in admin.get("/v1/keys").json()["items"]}
    assert (shown[first["id"]], shown[second["id"]]) == (second["id"], None)
    third = admin.post(f"/v1/keys/{second['id']}/rotate").json()
    assert slug(caller(second["key"]).get("/v1/audits")) == (401, "unauthorized")
    assert slug(admin.post(f"/v1/keys/{second['id']}/rotate", json={})) == (409, "conflict")
    for _ in range(2):
        assert admin.delete(f"/v1/keys/{third['id']}").status_code == 204
    assert slug(caller(third["key"]).get("/v1/audits")) == (401, "unauthorized")


def test_the_last_key_that_manages_keys_is_kept(settings: Settings, caller: As) -> None:
    identity, secret = key(settings, "locked in", "--scope", "admin")
    admin = caller(secret)
    used = admin.post("/v1/keys", json={"name": "reads", "scope": "read"}).json()["id"]
    gone = admin.post("/v1/keys", json={"name": "revoked", "scope": "admin"}).json()["id"]
    assert admin.delete(f"/v1/keys/{gone}").status_code == admin.delete(f"/v1/keys/{used}").status_code == 204
    ends = (datetime.now(UTC) + timedelta(seconds=0.5)).isoformat()
    brief = admin.post("/v1/keys", json={"name": "ended", "scope": "admin", "expires_at": ends}).json()["key"]
    while caller(brief).get("/v1/keys").status_code == 200:
        pass
    refused = admin.delete(f"/v1/keys/{identity}")
    assert slug(refused) == (409, "conflict"), "neither other scopes nor keys that have ended could make another"
    assert f"POST /v1/keys/{identity}/rotate" in refused.json()["detail"]

    fresh = admin.post(f"/v1/keys/{identity}/rotate", json={"overlap_seconds": 3600}).json()
    assert slug(admin.delete(f"/v1/keys/{fresh['id']}")) == (409, "conflict"), "the old one ends within the hour"
    assert admin.delete(f"/v1/keys/{identity}").status_code == 204
    third = caller(fresh["key"]).post(f"/v1/keys/{fresh['id']}/rotate", json={"overlap_seconds": 0}).json()
    assert slug(caller(fresh["key"]).get("/v1/keys")) == (401, "unauthorized"), "a key that leaked is replaced at once"
    assert caller(third["key"]).get("/v1/keys").status_code == 200


def test_of_two_calls_that_revoke_the_last_two_keys_one_is_refused(settings: Settings, caller: As) -> None:
    first, secret = key(settings, "two left", "--scope", "admin")
    admin = caller(secret)
    second = admin.post("/v1/keys", json={"name": "other", "scope": "admin"}).json()
    callers = {second["id"]: secret, first: second["key"]}
    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda one: caller(one[1]).delete(f"/v1/keys/{one[0]}").status_code, callers.items())
    assert sorted(answers) in ([204, 401], [204, 409]), "401: the first had revoked the key that asked"


def test_wrong_requests_are_refused_by_name(settings: Settings, caller: As) -> None:
    admin = caller(key(settings, "strict", "--scope", "admin")[1])
    past = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    for body, pointer in (
        ({}, "/name"),
        ({"name": "x", "scope": "root"}, "/scope"),
        ({"name": "x", "expires_at": past}, "/expires_at"),
        ({"name": "x", "expires_at": "2030-01-01T00:00:00"}, "/expires_at"),
        ({"name": "x", "tenant": "key_other"}, "/tenant"),
    ):
        answer = admin.post("/v1/keys", json=body)
        assert slug(answer) == (422, "validation"), answer.text
        assert answer.json()["errors"][0]["pointer"] == pointer


def test_a_key_ends_by_itself(settings: Settings, caller: As) -> None:
    identity, secret = key(settings, "short", "--expires-days", "1")
    client = caller(secret)
    assert client.get("/v1/audits").status_code == 200

    async def let_time_pass() -> None:
        database = Database(settings.sqlalchemy_url)
        async with database.write() as session:
            past = datetime.now(UTC) - timedelta(seconds=1)
            await session.execute(update(ApiKey).where(ApiKey.id == identity).values(expires_at=past))
        await database.close()

    asyncio.run(let_time_pass())
    assert slug(client.get("/v1/audits")) == (401, "unauthorized")
    listed = CliRunner().invoke(keys, ["--data", str(settings.data_dir), "list"]).output
    (line,) = [line for line in listed.splitlines() if identity in line]
    assert line.split()[1:3] == ["expired", "submit"]
    again = CliRunner().invoke(keys, ["--data", str(settings.data_dir), "rotate", identity])
    assert (again.exit_code, "has ended" in again.output) == (1, True)


def test_a_key_of_its_own_makes_no_second_tenant_of_one_name(settings: Settings, caller: As) -> None:
    identity, _ = key(settings, "twin")
    again = CliRunner().invoke(keys, ["--data", str(settings.data_dir), "create", "twin"])
    assert (again.exit_code, f"--tenant {identity}" in again.output) == (1, True), again.output
    assert key(settings, "twin", "--tenant", identity)[0] != identity


def test_the_command_rotates(settings: Settings, caller: As) -> None:
    old, secret = key(settings, "rotated", "--scope", "read")
    done = CliRunner().invoke(keys, ["--data", str(settings.data_dir), "rotate", old, "--overlap-hours", "1"])
    assert done.exit_code == 0, done.output
    for one in (secret, done.stdout.strip()):
        assert caller(one).get("/v1/audits").status_code == 200
        assert slug(caller(one).post("/v1/keys", json={"name": "x"})) == (403, "forbidden")
    again = CliRunner().invoke(keys, ["--data", str(settings.data_dir), "rotate", old])
    assert (again.exit_code, "was rotated already" in again.output) == (1, True)


def test_without_keys_there_is_nothing_to_manage(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("open")
    found = make_settings(broker, folder, db=5)
    with Served(create_app(found)) as address:
        answer = httpx.post(address + "/v1/keys", json={"name": "x"})
        assert slug(answer) == (403, "forbidden")
        assert "TREMOR_AUTH=none" in answer.json()["detail"]
