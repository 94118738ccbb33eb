"""Versions in a real MLflow server are audited, by its webhooks and without them, and what is found stands there."""

import base64
import hashlib
import hmac
import io
import json
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import onnx
import pytest
import torch
from onnx import helper, numpy_helper

from openapi.wire.settings import Settings
from service.app import create_app
from service.embedded.broker import Broker
from tests.ports import free_port
from tests.service.conftest import Served, flush, make_settings, upload_ready
from tests.service.conftest import running as running
from tests.service.mlflow_server import PATIENCE, Server, mlflow_server
from tests.service.worker import ProtocolWorker, until
from tests.tools.registries import every_version_once, register_while_killing

SECRET = "the secret of the webhook"
ONNX = b"flavors:\n  onnx: {data: model.onnx}\n  python_function: {loader_module: mlflow.onnx}\n"
TORCH = b"flavors:\n  pytorch: {model_data: data}\n"


@pytest.fixture(scope="session")
def mlflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with mlflow_server(tmp_path_factory.mktemp("mlflow")) as found:
        yield found


def registries(
    folder: Path, server: Server, dataset: str, *, train: str | None = None, poll_seconds: float = 1
) -> Path:
    """The file that names the server as the registry `team`; models whose names end in ``hard`` are hardened."""
    path = folder / "registries.toml"
    request = f'dataset_id = "{dataset}", attacks = [{{ name = "fgsm", eps = 0.1 }}], max_samples = 4'
    path.write_text(f"""
[[registries]]
name = "team"
kind = "mlflow"
url = "{server.url}"
webhook_secret = "{SECRET}"
report_url = "https://tremor.example"
poll_seconds = {poll_seconds}

[[registries.audits]]
models = ["{folder.name}-hard-*"]
request = {{ {request}, harden = {{ train_dataset_id = "{train or dataset}", epochs = 1 }} }}

[[registries.audits]]
models = ["{folder.name}-*"]
alias = "robust"
request = {{ {request} }}
""")
    path.chmod(0o600)
    return path


@dataclass
class Team:
    """A service that knows the server, whose workers are the tests."""

    server: Server
    settings: Settings
    api: httpx.Client
    worker: ProtocolWorker
    prefix: str
    tried: int = 0

    def model(self, kind: str = "plain") -> str:
        """A new registered model that is audited; of the kind ``hard`` it is hardened as well."""
        self.tried += 1
        name = f"{self.prefix}-{kind}-{self.tried}"
        self.server.ask("POST", "/registered-models/create", name=name)
        return name

    def work(self, ended: Callable[[], Any], **value: Any) -> Any:
        """Do what comes until something has come of it; `value` changes what reports say."""

        def step() -> Any:
            for shard in self.worker.waiting(0.1):
                self.worker.do(shard, **(value if shard.stage == "report" else {}))
            return ended()

        return until(step, PATIENCE)

    def audits(self, model: str) -> list[dict[str, Any]]:
        """The audits of versions of a model."""
        found = self.api.get("/v1/audits", params={"label": f"registered_model:{model}", "limit": 1000})
        items: list[dict[str, Any]] = found.json()["items"]
        return items


@pytest.fixture(scope="module")
def team(broker: Broker, mlflow: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """It looks at the registry when it starts and not again: what comes later it is told by webhooks."""
    folder, port = tmp_path_factory.mktemp("team"), free_port()
    settings = make_settings(broker, folder, db=9)
    flush(settings)
    worker = ProtocolWorker(settings)
    with closing(worker):
        with running(settings) as api:
            dataset = upload_ready(api, worker, "datasets", b"a data set")
            train = upload_ready(api, worker, "datasets", b"training data")
        file = registries(folder, mlflow, dataset, train=train, poll_seconds=86_400)
        settings = settings.model_copy(update={"registries_file": file})
        mlflow.hook(f"http://127.0.0.1:{port}/v1/integrations/team/events", SECRET)
        with (
            Served(create_app(settings), port, settings) as url,
            httpx.Client(base_url=url, timeout=PATIENCE) as api,
        ):
            yield Team(mlflow, settings, api, worker, folder.name)


def done(team: Team, model: str, number: str = "1") -> Callable[[], dict[str, str] | None]:
    """The tags of a version, once its audit is written back."""

    def look() -> dict[str, str] | None:
        tags = team.server.tags(model, number)
        return tags if tags.get("tremor.status") in ("succeeded", "refused", "failed") else None

    return look


def test_a_registered_version_is_audited_and_its_tags_say_what_was_found(team: Team) -> None:
    model = team.model()
    run = team.server.log({"MLmodel": ONNX, "model.onnx": b"an onnx file"})
    assert team.server.register(model, run, stage="candidate") == "1"
    tags = team.work(done(team, model))
    (audit,) = team.audits(model)
    assert tags == {
        "stage": "candidate",
        "tremor.status": "succeeded",
        "tremor.verdict": "pass",
        "tremor.clean_accuracy": "1.0000",
        "tremor.robust_accuracy": "1.0000",
        "tremor.threat_model": "linf eps=0.1",
        "tremor.samples": "4",
        "tremor.audit_id": audit["id"],
        "tremor.report": f"https://tremor.example/ui/audits/{audit['id']}",
    }
    assert team.server.aliases(model) == {"robust": "1"}
    uploaded = team.api.get(f"/v1/models/{audit['model_id']}").json()
    assert uploaded["name"] == model, "policies are bound by it"
    assert uploaded["tags"]["stage"] == "candidate"
    assert team.api.get(f"/v1/models/{audit['model_id']}/content").content == b"an onnx file"


def event(team: Team, body: Any, *, age: int = 0, secret: str = SECRET, name: str = "team") -> httpx.Response:
    """Send an event as MLflow does, signed so many seconds ago."""
    data, identity, at = json.dumps(body).encode(), str(uuid.uuid4()), str(int(time.time()) - age)
    digest = hmac.new(secret.encode(), f"{identity}.{at}.".encode() + data, hashlib.sha256).digest()
    headers = {
        "content-type": "application/json",
        "x-mlflow-delivery-id": identity,
        "x-mlflow-timestamp": at,
        "x-mlflow-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
    return team.api.post(f"/v1/integrations/{name}/events", content=data, headers=headers)


def created(model: str, number: str = "1", **tags: str) -> dict[str, Any]:
    """The event of a new version."""
    return {"entity": "model_version", "action": "created", "data": {"name": model, "version": number, "tags": tags}}


def test_an_event_that_is_sent_again_changes_nothing(team: Team) -> None:
    model = team.model()
    team.server.register(model, team.server.log({"MLmodel": ONNX, "model.onnx": b"sent again"}))
    team.work(done(team, model))
    (audit,) = team.audits(model)
    for _ in range(3):
        answer = event(team, created(model))
        assert (answer.status_code, answer.json()["outcome"]) == (202, "known"), answer.text
        assert answer.json()["version"]["audit_id"] == audit["id"]
    assert event(team, {"entity": "registered_model", "action": "created", "data": {"name": model}}).json() == {
        "outcome": "ignored",
        "version": None,
    }
    assert event(team, created("a model of others")).json()["outcome"] == "ignored"
    assert len(team.audits(model)) == 1


def test_what_is_not_signed_or_too_old_is_refused_whatever_it_is_of(team: Team) -> None:
    """So is an event for a registry that there is not, with the same words."""
    body = created(f"{team.prefix}-none")
    plain = team.api.post("/v1/integrations/team/events", json=body)
    answers = [plain, event(team, body, secret="another"), event(team, body, name="nobody")]
    answers += [event(team, body, age=301 + 60), event(team, body, age=-301 - 60)]
    assert [answer.status_code for answer in answers] == [401] * 5
    assert len({answer.json()["detail"] for answer in answers}) == 1
    assert SECRET not in plain.text


def test_texts_that_cannot_be_stored_are_refused(team: Team) -> None:
    for text in ("\0", "\ud800", "x" * 300):
        answer = event(team, created(f"{team.prefix}-{text}"))
        assert (answer.status_code, answer.json()["title"]) == (400, "The request cannot be read")
    bodies: list[Any] = [[], {"entity": {}}, {"entity": "model_version", "action": "created", "data": {"name": "x"}}]
    for body in bodies:
        assert event(team, body).status_code == 400


def test_a_tag_asks_for_another_audit_once_for_each_value(team: Team) -> None:
    model = team.model()
    team.server.register(model, team.server.log({"MLmodel": ONNX, "model.onnx": b"asked again"}))
    team.work(done(team, model))
    for value in ("again", "again", "and again"):
        team.server.tag(model, "1", "tremor.audit", value)
        team.server.tag(model, "1", "note", "none of ours")
    team.work(lambda: len(team.audits(model)) == 3 and all(a["finished_at"] for a in team.audits(model)))
    assert event(team, created(model, tremor_audit="x")).json()["outcome"] == "known"


def test_a_pickled_model_is_refused_and_the_registry_is_told_what_to_do(team: Team) -> None:
    model, pickled = team.model(), io.BytesIO()
    torch.save({"a": torch.zeros(1)}, pickled)
    team.server.register(model, team.server.log({"MLmodel": TORCH, "data/model.pth": pickled.getvalue()}))
    tags = team.work(done(team, model))
    assert set(tags) == {"tremor.status", "tremor.problem"}
    assert tags["tremor.status"] == "refused"
    assert "runs whatever program is in it" in tags["tremor.problem"]
    assert "mlflow.onnx.log_model" in tags["tremor.problem"]
    assert team.audits(model) == []


def test_flavours_that_are_not_read_are_named(team: Team) -> None:
    model = team.model()
    flavours = b"flavors: {sklearn: {pickled_model: model.pkl}, python_function: {}}"
    team.server.register(model, team.server.log({"MLmodel": flavours, "model.pkl": b""}))
    assert "its flavours are: sklearn" in team.work(done(team, model))["tremor.problem"]
    team.server.register(model, team.server.log({"notes.txt": b"no model"}))
    assert "it has no file MLmodel" in team.work(done(team, model, "2"))["tremor.problem"]


def content(team: Team, model: str) -> tuple[str, bytes]:
    """Name and bytes of the file that was uploaded for a model's version."""
    (audit,) = team.audits(model)
    answer = team.api.get(f"/v1/models/{audit['model_id']}/content")
    return answer.headers["content-disposition"], answer.content


def test_torchscript_and_exported_programs_are_fetched_as_they_are(team: Team) -> None:
    net, scripted, exported = torch.nn.Linear(2, 2).eval(), io.BytesIO(), io.BytesIO()
    torch.jit.save(torch.jit.trace(net, torch.zeros(1, 2)), scripted)
    torch.export.save(torch.export.export(net, (torch.zeros(1, 2),)), exported)
    for name, file, suffix in (("model.pth", scripted, ".pt"), ("model.pt2", exported, ".pt2")):
        model = team.model()
        team.server.register(model, team.server.log({"MLmodel": TORCH, f"data/{name}": file.getvalue()}))
        team.work(done(team, model))
        found, data = content(team, model)
        assert suffix in found
        assert data == file.getvalue()


def test_an_onnx_model_comes_with_the_files_that_hold_its_data(team: Team, tmp_path: Path) -> None:
    """As mlflow.onnx.log_model writes one: tensors beside the model, under a name that only the model says."""
    weight = numpy_helper.from_array(np.arange(1000, dtype=np.float32), "w")
    graph = helper.make_graph([], "g", [], [], [weight])
    onnx.save_model(
        helper.make_model(graph), str(tmp_path / "model.onnx"), save_as_external_data=True, location="9.data"
    )
    files = {name: (tmp_path / name).read_bytes() for name in ("model.onnx", "9.data")}
    model = team.model()
    team.server.register(model, team.server.log({"MLmodel": ONNX, **files}))
    team.work(done(team, model))
    with zipfile.ZipFile(io.BytesIO(content(team, model)[1])) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files


def test_the_alias_leads_to_the_newest_version_that_has_passed(team: Team) -> None:
    model = team.model()
    for number, verdict, leads in (("1", "fail", {}), ("2", "pass", {"robust": "2"}), ("3", "fail", {"robust": "2"})):
        team.server.register(model, team.server.log({"MLmodel": ONNX, "model.onnx": number.encode()}))
        tags = team.work(done(team, model, number), verdict=verdict)
        assert tags["tremor.verdict"] == verdict
        assert team.server.aliases(model) == leads
    team.server.tag(model, "1", "tremor.audit", "now it passes")
    team.work(lambda: team.server.tags(model, "1").get("tremor.verdict") == "pass")
    assert team.server.aliases(model) == {"robust": "2"}, "a newer one has passed"
    team.server.tag(model, "2", "tremor.audit", "now it fails")
    team.work(lambda: team.server.tags(model, "2").get("tremor.verdict") == "fail", verdict="fail")
    assert until(lambda: team.server.aliases(model) == {}, PATIENCE)


def test_a_hardened_checkpoint_becomes_a_version_that_says_where_it_comes_from(team: Team) -> None:
    model = team.model("hard")
    run = team.server.log({"MLmodel": ONNX, "model.onnx": b"to be hardened", "requirements.txt": b"onnx"})
    team.server.register(model, run)
    tags = team.work(done(team, model))
    assert tags["tremor.hardened_version"] == "2"
    (audit,) = team.audits(model)
    made = team.server.version(model, "2")
    told = team.server.tags(model, "2")
    assert (told["tremor.hardened_from"], told["tremor.hardening_id"]) == ("1", audit["hardening_id"])
    parent = team.server.ask("GET", "/runs/get", run_id=made["run_id"])["run"]
    assert {"key": "mlflow.parentRunId", "value": run} in parent["data"]["tags"]
    assert parent["info"]["status"] == "FINISHED"
    folder = f"/get-artifact?run_id={made['run_id']}&path=model/"
    checkpoint = team.server.client.get(f"{folder}model.onnx").content
    assert checkpoint == f"onnx {audit['hardening_id']}".encode()
    assert team.server.client.get(f"{folder}requirements.txt").content == b"onnx"
    assert b"onnx" in team.server.client.get(f"{folder}MLmodel").content
    assert event(team, created(model, "2", **told)).json()["outcome"] == "ignored", "it is not hardened for ever"
    assert len(team.audits(model)) == 1
    assert team.server.versions(model) == ["1", "2"]


@pytest.mark.slow
def test_every_version_is_audited_once_though_the_service_is_killed(
    broker: Broker, mlflow: Server, tmp_path: Path
) -> None:
    """A part of ``python -m tests.tools.registries``, which registers a hundred versions."""
    found = register_while_killing(tmp_path, broker, mlflow, versions=5, kills=3, seed=7, db=2)
    assert found.audits == every_version_once(5)
    assert found.statuses == {"succeeded": 5}
    assert found.starts == 4
