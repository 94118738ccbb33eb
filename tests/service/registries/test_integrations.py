"""Integrations are entered, changed, paused and deleted; what is wrong with one is said at once, secrets never."""

import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from openapi.wire.settings import Settings
from service.embedded.broker import Broker
from service.integrations.looking import Told
from tests.service.conftest import flush, make_settings, running, upload_ready
from tests.service.registries.team import QUICK, entered
from tests.service.worker import ProtocolWorker

SECRETS = {"secret": "signs-events-7f3a", "username": "reader-7f3a", "password": "opens-doors-7f3a"}
#: The discard port, where nobody listens: it can be entered, and is failing from then on.
NOBODY = "http://127.0.0.1:9"


@dataclass(frozen=True)
class Place:
    """A service that may ask registries on this machine, a data set, and a policy."""

    settings: Settings
    api: httpx.Client
    dataset: str
    policy: str

    def asked(self, **more: Any) -> dict[str, Any]:
        """A request for a server that is not there."""
        common = {"dataset_id": self.dataset, "audit": QUICK, "registered_models": ["digits-*"], "poll_seconds": 86_400}
        return {"tracking_uri": NOBODY, **common, **more}


@pytest.fixture(scope="module")
def place(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    settings = make_settings(broker, tmp_path_factory.mktemp("integrations"), db=11, registry_networks=("127.0.0.0/8",))
    flush(settings)
    with closing(ProtocolWorker(settings)) as worker, running(settings) as api:
        dataset = upload_ready(api, worker, "datasets", b"a data set")
        rule = {"metric": "clean.accuracy", "op": ">=", "value": 0.5}
        policy = api.post("/v1/policies", json={"name": "release", "rules": [rule]}).json()["id"]
        yield Place(settings, api, dataset, policy)


def test_an_integration_is_answered_as_it_was_entered_without_its_secrets(place: Place) -> None:
    harden = {"train_dataset_id": place.dataset, "epochs": 1, "eps": "8/255"}
    asked = place.asked(policy_id=place.policy, alias="robust", harden=harden, **SECRETS)
    made = entered(place.api, "mlflow", **asked)
    assert made["events_url"] == f"{place.api.base_url}/v1/integrations/{made['id']}/events".replace("//v1", "/v1")
    for name in ("tracking_uri", "registered_models", "dataset_id", "policy_id", "audit", "alias", "poll_seconds"):
        assert made[name] == asked[name]
    assert (made["harden"]["epochs"], made["is_signed"], made["credentials"]) == (1, True, "password")
    assert (made["pending"], made["audits"], made["last_event_at"]) == (0, 0, None)
    texts = [place.api.get(path).text for path in ("/v1/integrations", f"/v1/integrations/{made['id']}")]
    texts += [json.dumps(made), place.api.patch(f"/v1/integrations/{made['id']}", json={"alias": "x"}).text]
    assert not any(secret in text for secret in SECRETS.values() for text in texts)
    with closing(sqlite3.connect(place.settings.data_dir / "tremor.db")) as database:
        stored = repr(database.execute("SELECT * FROM integrations").fetchall())
    assert "fernet:" in stored
    assert not any(secret in stored for secret in SECRETS.values())


@pytest.mark.parametrize(
    ("kind", "changes", "pointer", "said"),
    [
        ("mlflow", {"tracking_uri": "http://10.0.0.1"}, "/tracking_uri", "is no public address"),
        ("mlflow", {"tracking_uri": "http://2130706432"}, None, None),
        ("mlflow", {"tracking_uri": "http://169.254.169.254/latest"}, "/tracking_uri", "is no public address"),
        ("mlflow", {"tracking_uri": "file:///etc/passwd"}, "/tracking_uri", "write an address"),
        ("mlflow", {"tracking_uri": "http://a:b@mlflow.example"}, "/tracking_uri", "write an address"),
        ("mlflow", {"dataset_id": "dst_none"}, "/dataset_id", "there is no data set 'dst_none'"),
        ("mlflow", {"policy_id": "pol_none"}, "/policy_id", "there is no policy 'pol_none'"),
        ("mlflow", {"harden": {"train_dataset_id": "dst_none"}}, "/harden/train_dataset_id", "there is no data set"),
        ("mlflow", {"harden": {}}, "/harden/train_dataset_id", "the data set to train on"),
        ("mlflow", {"audit": {"preset": "smok"}}, "/audit/preset", "Input should be 'smoke'"),
        ("mlflow", {"audit": {"attacks": [{"name": "fgsm", "eps": 2}]}}, "/audit/attacks/0/eps", "1"),
        ("mlflow", {"audit": {"atacks": []}}, "/audit/atacks", "did you mean 'attacks'?"),
        ("mlflow", {"audit": {"replay_of": "aud_none"}}, "/audit/replay_of", "there is no audit"),
        ("mlflow", {"audit": {"model_id": "mdl_1"}}, "/audit/model_id", "is the version's"),
        ("mlflow", {"audit": {"dataset_id": "dst_1"}}, "/audit/dataset_id", "stands beside"),
        ("mlflow", {"registered_models": []}, "/registered_models", "at least 1"),
        ("mlflow", {"username": "u"}, "/password", "belong together"),
        ("mlflow", {"token": "t", "username": "u", "password": "p"}, "/password", "give a token"),
        ("mlflow", {"poll_seconds": 0}, "/poll_seconds", "greater than or equal"),
        ("mlflow", {"since": "2026-01-01T00:00:00"}, "/since", "timezone"),
        ("mlflow", {"hosts": ["x"]}, "/hosts", "there is no such field"),
        ("generic", {"secret": "short"}, "/secret", "write whsec_"),
        ("generic", {"secret": "whsec_QUJD"}, "/secret", "of 24 bytes"),
        ("generic", {"alias": "robust"}, "/alias", "there is no such field"),
        ("mlflow", {"token": "two\nlines"}, "/token", "holds a line break"),
        ("mlflow", {"token": "read from a file\r\n"}, "/token", "often read with its token"),
        ("mlflow", {"token": " t"}, "/token", "no blank"),
        ("mlflow", {"secret": "two\nlines"}, "/secret", "holds a line break"),
        ("mlflow", {"username": "u\n", "password": "p"}, "/username", "holds a line break"),
        ("mlflow", {"username": "u:v", "password": "p"}, "/username", "no colon"),
        ("mlflow", {"username": "u", "password": "p\x7f"}, "/password", "control character"),
        ("huggingface", {"secret": "s\n"}, "/secret", "holds a line break"),
        ("huggingface", {"token": "t\x1b"}, "/token", "control character"),
        ("generic", {"secret": "whsec_QUJD\n"}, "/secret", "holds a line break"),
        ("huggingface", {"registered_models": None}, "/registered_models", "valid"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_once_and_where(
    place: Place, kind: str, changes: dict[str, Any], pointer: str | None, said: str | None
) -> None:
    body = place.asked(**changes)
    if kind == "generic":
        body = {name: body[name] for name in body if name not in ("tracking_uri", "poll_seconds")}
    before = _ids(place)
    answer = place.api.post(f"/v1/integrations/{kind}", json=body)
    if pointer is None or said is None:  # 127.0.0.0 by another name: allowed here
        assert place.api.delete(f"/v1/integrations/{answer.json()['id']}").status_code == 204
        return
    assert answer.status_code == 422, answer.text
    found = {error["pointer"]: error["detail"] for error in answer.json()["errors"]}
    assert said in found[pointer]
    assert _ids(place) == before


def _ids(place: Place) -> list[str]:
    """What is entered; how it fares changes by itself."""
    return [item["id"] for item in place.api.get("/v1/integrations", params={"limit": 1000}).json()["items"]]


@pytest.mark.parametrize("token", [None, "schlüssel-ключ"])
def test_a_registry_that_is_not_there_is_failing_and_says_why(place: Place, token: str | None) -> None:
    made = entered(place.api, "mlflow", **place.asked(token=token))
    path = f"/v1/integrations/{made['id']}"
    while (found := place.api.get(path).json())["status"] == "active":
        pass
    assert found["status"] == "failing"
    assert "ConnectError" in found["problem"]["detail"]
    assert found["last_poll_at"] is not None
    version = {"model": "digits", "version": "1"}
    event = {"entity": "model_version", "action": "created", "data": version}
    for body in (event, {**version, "url": "http://127.0.0.1:9/model.onnx"}):
        assert place.api.post(f"{path}/events", json=body).status_code != 500
    assert place.api.patch(path, json={"paused": True}).json()["status"] == "paused"
    assert place.api.delete(path).status_code == 204
    assert place.api.get(path).status_code == place.api.delete(path).status_code == 404


def test_the_log_says_once_what_is_wrong_at_each_look(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "tremor.registries")
    path = f"/v1/integrations/{entered(place.api, 'mlflow', **place.asked(poll_seconds=1))['id']}"
    looks: set[str | None] = set()
    while len(looks - {None}) < 3:
        looks.add(place.api.get(path).json()["last_poll_at"])
    assert place.api.delete(path).status_code == 204
    said = [record.getMessage() for record in caplog.records if path.rpartition("/")[2] in record.getMessage()]
    assert len([text for text in said if "ConnectError" in text]) == 1, said


def test_what_is_still_wrong_is_said_again_after_an_hour() -> None:
    now = [0.0]
    told = Told(lambda: now[0])
    assert not told.is_over("a")
    assert [told.is_news("a", said) for said in ("x", "x", "y", "y", "x")] == [True, False, True, False, True]
    assert told.is_news("b", "x"), "each for itself"
    now[0] = 3599.0
    assert not told.is_news("a", "x")
    now[0] = 3600.0
    assert [told.is_news("a", "x"), told.is_news("a", "x")] == [True, False]
    assert [told.is_over("a"), told.is_over("a")] == [True, False]
    assert told.is_news("a", "x")


def test_what_is_changed_is_looked_at_as_if_it_were_new(place: Place) -> None:
    made = entered(place.api, "mlflow", **place.asked(alias="robust", **SECRETS))
    path = f"/v1/integrations/{made['id']}"
    changed = place.api.patch(
        path, json={"alias": None, "audit": {"preset": "smoke"}, "secret": None, "username": None, "password": None}
    ).json()
    assert (changed["alias"], changed["audit"], changed["is_signed"]) == (None, {"preset": "smoke"}, False)
    assert changed["credentials"] is None
    assert changed["registered_models"] == made["registered_models"]
    for body, pointer in (
        ({"audit": {"preset": "x"}}, "/audit/preset"),
        ({"dataset_id": None}, "/dataset_id"),
        ({"username": "u"}, "/password"),
        ({"token": "two\nlines"}, "/token"),
        ({"tracking_uri": "https://elsewhere.example"}, "/tracking_uri"),
    ):
        answer = place.api.patch(path, json=body)
        assert answer.status_code == 422, answer.text
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert place.api.get(path).json()["audit"] == {"preset": "smoke"}


def test_the_same_key_makes_one_integration(place: Place) -> None:
    key = {"Idempotency-Key": "once"}
    answers = [place.api.post("/v1/integrations/mlflow", json=place.asked(), headers=key) for _ in range(2)]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert answers[1].headers["idempotency-replayed"] == "true"
    other = place.api.post("/v1/integrations/mlflow", json=place.asked(secret="another"), headers=key)
    assert other.status_code == 409


def test_what_an_integration_names_is_not_deleted(place: Place) -> None:
    rule = {"metric": "clean.accuracy", "op": ">=", "value": 0.6}
    policy = place.api.post("/v1/policies", json={"name": "to be deleted", "rules": [rule]}).json()["id"]
    made = entered(place.api, "mlflow", **place.asked(policy_id=policy))
    for path in (f"/v1/datasets/{place.dataset}", f"/v1/policies/{policy}"):
        answer = place.api.delete(path)
        assert answer.status_code == 409
        assert "The integration int_" in answer.json()["detail"]
    place.api.delete(f"/v1/integrations/{made['id']}")
    assert place.api.delete(f"/v1/policies/{policy}").status_code == 204


def test_a_key_tells_of_a_version_where_it_is_clear_for_which_integration(place: Place) -> None:
    event = {"model": "digits-a", "version": "1", "url": "http://files.invalid/a.onnx"}

    def tell(**more: str) -> httpx.Response:
        return place.api.post("/v1/integrations/generic/events", json={**event, **more})

    assert tell().json()["errors"][0] == {
        "pointer": "/integration_id",
        "detail": "there is no integration of kind generic",
    }
    common = {"dataset_id": place.dataset, "audit": QUICK}
    first = entered(place.api, "generic", **common)
    assert place.api.patch(f"/v1/integrations/{first['id']}", json={"paused": True}).json()["status"] == "paused"
    taken = tell()
    assert (taken.status_code, taken.json()["outcome"]) == (202, "taken")
    assert tell().json()["outcome"] == "known"
    second = entered(place.api, "generic", **common)
    assert "there are several" in tell().json()["errors"][0]["detail"]
    assert tell(integration_id=first["id"]).json()["outcome"] == "known"
    assert tell(integration_id=second["id"]).json()["outcome"] == "taken"
    found = place.api.get(f"/v1/integrations/{first['id']}").json()
    assert (found["pending"], found["audits"]) == (1, 0)
    assert found["last_event_at"] is not None
    (version,) = place.api.get(f"/v1/integrations/{first['id']}/versions", params={"status": "queued"}).json()["items"]
    assert (version["model"], version["version"], version["problem"]) == ("digits-a", "1", None)
    for made in (first, second):
        assert place.api.delete(f"/v1/integrations/{made['id']}").status_code == 204
