"""With API keys, what one tenant has made is not there for another: every route is walked with another's key."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result
from litestar import Litestar

from openapi.wire.settings import Settings
from service.app import create_app
from service.cli.keys import keys
from service.cli.tenants import tenants
from service.embedded.broker import Broker
from tests.service.conftest import Served, audit, ended, flush, make_settings, ready, upload, upload_ready
from tests.service.tus import begin
from tests.service.worker import ProtocolWorker


def key(settings: Settings, name: str, *options: str) -> tuple[str, str]:
    """Make an API key as an operator does; returns its id and the key."""
    done = CliRunner().invoke(keys, ["--data", str(settings.data_dir), "create", name, *options])
    assert done.exit_code == 0, done.output
    return done.stderr.splitlines()[-1].partition(" ")[0], done.stdout.strip()


@dataclass(frozen=True)
class Two:
    """A service that asks for keys; `mine` has a finished audit with its hardening, `other` has nothing."""

    app: Litestar
    settings: Settings
    worker: ProtocolWorker
    url: str
    mine: httpx.Client
    other: httpx.Client
    ids: dict[str, str]

    def client(self, secret: str) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=90, headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture(scope="module")
def two(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    settings = make_settings(broker, tmp_path_factory.mktemp("tenants"), db=3, auth="keys")
    flush(settings)
    app, worker = create_app(settings), ProtocolWorker(settings)
    with Served(app) as address:
        found = Two(app, settings, worker, address, httpx.Client(), httpx.Client(), {})
        (own, secret), (_, another) = (key(settings, name, "--scope", "admin") for name in ("mine", "other"))
        with found.client(secret) as mine, found.client(another) as other:
            yield Two(app, settings, worker, address, mine, other, {"key_id": own, **everything(mine, worker)})
    worker.close()


def everything(api: httpx.Client, worker: ProtocolWorker) -> dict[str, str]:
    """One of each thing that has an id: parameter of a path → id."""
    model, dataset = ready(api, worker)
    train = upload_ready(api, worker, "datasets", b"training data")
    identity = audit(api, model, dataset, harden={"train_dataset_id": train}, keep_examples=True)
    found: dict[str, str] = {}
    while not (found := api.get(f"/v1/audits/{identity}").json())["finished_at"]:
        for shard in worker.waiting(0.2):
            worker.do(shard)
    assert found["status"] == "succeeded", found
    hardening = found["hardening_id"]
    artifact = api.get(f"/v1/audits/{identity}/artifacts").json()["items"][0]["id"]
    return {
        "model_id": model,
        "dataset_id": dataset,
        "audit_id": identity,
        "hardening_id": hardening,
        "artifact_id": artifact,
        **a_webhook(api),
        "policy_id": a_policy(api),
        "integration_id": an_integration(api, dataset),
        "upload_id": begin(api, 3).rpartition("/")[2],
    }


def a_webhook(api: httpx.Client) -> dict[str, str]:
    """A webhook whose message is not taken: its address is not public."""
    made = api.post("/v1/webhook-endpoints", json={"url": "https://ci.invalid/hook"})
    assert made.status_code == 201, made.text
    sent = api.post(f"/v1/webhook-endpoints/{made.json()['id']}/test")
    return {"webhook_id": made.json()["id"], "delivery_id": sent.json()["id"]}


def an_integration(api: httpx.Client, dataset: str) -> str:
    """One that asks nobody."""
    made = api.post("/v1/integrations/generic", json={"dataset_id": dataset, "secret": "whsec_" + "QUJD" * 8})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def a_policy(api: httpx.Client) -> str:
    rule = {"metric": "clean.accuracy", "op": ">=", "value": 0.5}
    made = api.post("/v1/policies", json={"name": "mine", "rules": [rule]})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def routes(app: Litestar) -> list[tuple[str, str]]:
    """Every method and path of /v1."""
    found = [
        (method, route.path_format)
        for route in app.routes
        if route.path.startswith("/v1")
        for method in getattr(route, "methods", ())
        if method != "OPTIONS"
    ]
    assert len(found) > 35
    return sorted(found)


def test_every_route_with_an_id_is_404_for_another_key_as_if_nothing_were_there(two: Two) -> None:
    walked = 0
    for method, path in routes(two.app):
        names = re.findall(r"\{(\w+)", path)
        if not names or (path.startswith("/v1/integrations/{integration_id") and path.endswith("/events")):
            continue  # signed by registries: see tests/service/registries
        name, place = names[0], filled(path, two.ids)
        nothing = filled(path, {**two.ids, name: "no_such_thing"})
        answer, absent = two.other.request(method, place), two.other.request(method, nothing)
        assert answer.status_code == absent.status_code == 404, (method, place, answer.status_code)
        assert answer.text.replace(two.ids[name], "no_such_thing") == absent.text
        if method == "GET" and "/events" not in path:  # and it is there for its owner, or says what to ask for
            own = two.mine.get(place)
            assert own.status_code == 200 or own.json()["detail"] != answer.json()["detail"], place
        walked += 1
    assert walked > 30


def filled(path: str, ids: dict[str, str]) -> str:
    """A path with ids in its parameters, 0 in those that count inside of what has an id, and what it must have."""
    query = "?images=0&pictures=benign" if path.endswith("/sheet.png") else ""
    return re.sub(r"\{(\w+)[^}]*\}", lambda match: ids.get(match[1], "0"), path) + query


def test_lists_hold_what_is_ones_own(two: Two) -> None:
    lists = [path for method, path in routes(two.app) if method == "GET" and "{" not in path]
    for path in lists:
        if path in ("/v1/attacks", "/v1/presets", "/v1/hardening-methods", "/v1/comparisons", "/v1/signing-key"):
            continue
        if path == "/v1/usage":
            assert two.mine.get(path).json()["bytes"] > two.other.get(path).json()["bytes"] == 0
            continue
        if path == "/v1/keys":
            assert [item["name"] for item in two.other.get(path).json()["items"]] == ["other"]
            continue
        assert two.mine.get(path).json()["items"], path
        assert two.other.get(path).json() == {"items": [], "next_cursor": None}, path
    sha256 = two.mine.get(f"/v1/models/{two.ids['model_id']}").json()["sha256"]
    assert two.other.get("/v1/models", params={"sha256": sha256}).json()["items"] == []


def test_a_model_of_another_key_can_be_named_in_no_request(two: Two) -> None:
    own = upload(two.other, "datasets", b"others data")
    absent = {"model_id": "mdl_none", "dataset_id": own, "train_dataset_id": own}
    for path, body in (
        ("audits", {"model_id": two.ids["model_id"], "dataset_id": own}),
        ("audits", {"model_id": "mdl_none", "dataset_id": two.ids["dataset_id"]}),
        ("hardenings", {"model_id": two.ids["model_id"], "train_dataset_id": own}),
    ):
        answer = two.other.post(f"/v1/{path}", json=body)
        assert answer.status_code == 422, answer.text
        first = answer.json()["errors"][0]
        field = first["pointer"].removeprefix("/")
        like = two.other.post(f"/v1/{path}", json={**body, field: absent[field]})
        assert first["detail"].replace(body[field], absent[field]) == like.json()["errors"][0]["detail"]
    two.worker.do(two.worker.take())


def test_the_same_bytes_are_new_to_another_key_and_inspected_anew(two: Two) -> None:
    """Neither the answer nor its quickness tells that somebody has uploaded the file before."""
    sent = {"file": ("some.bin", b"a model")}
    assert two.mine.post("/v1/models", files=sent).status_code == 200
    answer = two.other.post("/v1/models", files=sent)
    assert (answer.status_code, answer.json()["status"]) == (201, "inspecting")
    assert answer.json()["id"] != two.ids["model_id"]
    shard = two.worker.take()
    assert shard.job_id == answer.json()["id"]
    two.worker.do(shard)
    assert two.other.get(f"/v1/models/{shard.job_id}", params={"wait": 60}).json()["status"] == "ready"
    assert two.other.post("/v1/models", files=sent).json()["id"] == shard.job_id
    # Deleting one's own takes nothing from the other.
    assert two.other.delete(f"/v1/models/{shard.job_id}").status_code == 204
    assert two.mine.get(f"/v1/models/{two.ids['model_id']}/content").content == b"a model"


def test_an_audit_of_the_same_files_finds_no_results_of_another_key(two: Two) -> None:
    model = upload_ready(two.other, two.worker, "models", b"a model")
    dataset = upload_ready(two.other, two.worker, "datasets", b"a data set")
    identity = audit(two.other, model, dataset)
    shard = two.worker.take()
    assert (shard.job_id, shard.stage) == (identity, "attack")
    two.worker.do(shard)
    two.worker.do(two.worker.take())
    ended(two.other, f"audits/{identity}")
    again = audit(two.mine, two.ids["model_id"], two.ids["dataset_id"], keep_examples=True)
    report = two.worker.take()
    assert (report.job_id, report.stage) == (again, "report"), "one's own results are found again"
    two.worker.do(report)
    ended(two.mine, f"audits/{again}")


def test_an_idempotency_key_is_the_api_keys_own(two: Two) -> None:
    def send(client: httpx.Client, data: bytes) -> httpx.Response:
        return client.post("/v1/datasets", files={"file": ("d", data)}, headers={"Idempotency-Key": "one"})

    first, second = send(two.mine, b"mine"), send(two.other, b"theirs")
    assert (first.status_code, second.status_code) == (201, 201)
    assert send(two.mine, b"mine").headers["idempotency-replayed"] == "true"
    for _ in range(2):
        two.worker.do(two.worker.take())


def test_keys_of_one_tenant_share_and_a_rotated_key_loses_nothing(two: Two) -> None:
    old, secret = key(two.settings, "team")
    with two.client(secret) as team:
        model = upload_ready(team, two.worker, "models", b"of the team")
    with two.client(key(two.settings, "new", "--tenant", old)[1]) as rotated:
        CliRunner().invoke(keys, ["--data", str(two.settings.data_dir), "revoke", old])
        assert rotated.get(f"/v1/models/{model}").status_code == 200
    assert two.other.get(f"/v1/models/{model}").status_code == 404
    wrong = CliRunner().invoke(keys, ["--data", str(two.settings.data_dir), "create", "x", "--tenant", "key_none"])
    assert (wrong.exit_code, "key_none" in wrong.output) == (1, True)


def test_what_was_made_without_keys_is_the_default_tenants(broker: Broker, tmp_path: Path) -> None:
    settings = make_settings(broker, tmp_path)
    flush(settings)
    worker = ProtocolWorker(settings)
    with Served(create_app(settings)) as url, httpx.Client(base_url=url) as anybody:
        model, dataset = ready(anybody, worker)
        job = audit(anybody, model, dataset)
        worker.do(worker.take())
        worker.do(worker.take())
        ended(anybody, f"audits/{job}")
    (_, secret), (_, other) = key(settings, "one", "--tenant", "default"), key(settings, "other")
    with Served(create_app(make_settings(broker, tmp_path, auth="keys"))) as url:
        clients = [httpx.Client(base_url=url, headers={"Authorization": f"Bearer {k}"}) for k in (secret, other)]
        assert [c.get(f"/v1/audits/{job}/report").status_code for c in clients] == [200, 404]
        sent = [c.post("/v1/models", files={"file": ("some.bin", b"a model")}) for c in clients]
        assert [answer.status_code for answer in sent] == [200, 201]
        assert sent[0].json()["id"] == model
        for client in clients:
            client.close()
    with Served(create_app(settings)) as url, httpx.Client(base_url=url) as anybody:
        assert anybody.get(f"/v1/models/{model}").status_code == 200
        theirs = sent[1].json()["id"]
        assert anybody.get(f"/v1/models/{theirs}").status_code == 404, "a tenant's is nobody else's, keys or not"
    worker.close()


def test_tenants_are_made_by_hand(two: Two) -> None:
    def run(*words: str) -> Result:
        return CliRunner().invoke(tenants, ["--data", str(two.settings.data_dir), *words])

    assert run("create", "vision", "--name", "Vision\x1b team").exit_code == 0
    assert run("create", "vision").exit_code == 1
    for wrong in (("Vision",), ("a" * 41,), ("x", "--name", "")):
        assert run("create", *wrong).exit_code == 2
    listed = run("list").output.splitlines()
    assert listed[0].split()[0] == "default"
    assert "\x1b" not in "".join(listed)
    assert any(line.startswith("vision ") and line.endswith("team") for line in listed)
    members = [two.client(key(two.settings, name, "--tenant", "vision")[1]) for name in ("ann", "bob")]
    sent = [member.post("/v1/datasets", files={"file": ("d", b"shared")}) for member in members]
    assert [answer.status_code for answer in sent] == [201, 200]
    assert sent[0].json()["id"] == sent[1].json()["id"]
    two.worker.do(two.worker.take())
    for member in members:
        member.close()


def test_a_refusal_says_nothing_of_what_is_there(two: Two) -> None:
    """Without a valid key every route answers 401, word for word the same, whether the thing exists or not."""
    with two.client("trm_wrong") as wrong, httpx.Client(base_url=two.url) as nobody:
        for client in (wrong, nobody):
            for method, path in routes(two.app):
                answers = [
                    client.request(method, filled(path, ids))
                    for ids in (two.ids, dict.fromkeys(two.ids, "no_such_thing"))
                ]
                assert [answer.status_code for answer in answers] == [401, 401], (method, path)
                there, absent = (re.sub(r'"instance":"[^"]*"', "", answer.text) for answer in answers)
                assert there == absent
