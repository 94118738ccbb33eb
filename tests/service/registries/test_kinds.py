"""Registries that send signed messages, and the Hugging Face Hub: what they tell is fetched and audited.

The Hub is not to be reached from here: a server on this machine answers as its documentation says.
"""

import hashlib
import io
import json
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
import standardwebhooks

from service.embedded.broker import Broker
from tests.service.conftest import flush, make_settings, running, upload_ready
from tests.service.registries.mlflow_server import PATIENCE
from tests.service.registries.team import LOOPBACK, QUICK, entered
from tests.service.worker import ProtocolWorker, until

SECRET, SHARED, TOKEN = "whsec_" + "QUJD" * 8, "shared with the hub", "hf_hidden"


@dataclass
class Files:
    """A server of files: path → status, headers, body; and what it was asked for with which authorization."""

    port: int = 0
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def put(self, path: str, body: bytes | Any, status: int = 200, **headers: str) -> str:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers[path] = (status, headers, data)
        return self.url + path


@contextmanager
def serving() -> Iterator[Files]:
    files = Files()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            files.asked.append((self.path, self.headers["authorization"]))
            status, headers, body = files.answers.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        files.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield files
        server.shutdown()
        thread.join()


@dataclass(frozen=True)
class Place:
    """A service with two registries, whose workers are the tests."""

    files: Files
    api: httpx.Client
    worker: ProtocolWorker
    ids: dict[str, str]

    def send(self, registry: str, headers: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        data = json.dumps(body).encode()
        answer = self.api.post(f"/v1/integrations/{self.ids[registry]}/events", content=data, headers=headers)
        assert answer.status_code == 202, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def told(self, model: str, url: str, **more: Any) -> dict[str, Any]:
        """Tell of a version as a generic registry."""
        body = {"model": model, "version": "1", "url": url, **more}
        now = datetime.now(UTC)
        signature = standardwebhooks.Webhook(SECRET).sign("msg_1", now, json.dumps(body))
        headers = {
            "webhook-id": "msg_1",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature,
        }
        return self.send("plain", headers, body)

    def came_to(self, model: str, url: str, **more: Any) -> dict[str, Any]:
        """What has become of it: the same event again says so."""
        found: dict[str, Any] = until(
            lambda: (version := self.told(model, url, **more)["version"])["status"] != "queued" and version, PATIENCE
        )
        return found

    def pushed(self, repository: str, sha: str, **more: Any) -> dict[str, Any]:
        """Tell of a commit as the Hub does."""
        body = {
            "event": {"action": "update", "scope": "repo.content"},
            "repo": {"type": "model", "name": repository, "headSha": sha},
            "updatedRefs": [{"ref": "refs/heads/main", "oldSha": "0", "newSha": sha}],
            **more,
        }
        return self.send("hub", {"x-webhook-secret": SHARED}, body)

    def uploaded(self, version: dict[str, Any]) -> bytes:
        return self.api.get(f"/v1/models/{version['model_id']}/content").content


@pytest.fixture(scope="module")
def place(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("kinds")
    hosts = ("127.0.0.1", "10.0.0.1")
    settings = make_settings(
        broker, folder, db=10, import_hosts=hosts, import_networks=LOOPBACK["registry_networks"], **LOOPBACK
    )
    flush(settings)
    worker = ProtocolWorker(settings)
    with serving() as files, closing(worker), running(settings) as api:
        common = {"dataset_id": upload_ready(api, worker, "datasets", b"a data set"), "audit": QUICK}
        hub = entered(
            api,
            "huggingface",
            **common,
            tracking_uri=files.url,
            token=TOKEN,
            secret=SHARED,
            poll_seconds=1,
            registered_models=["team/named", "team/*"],
        )
        plain = entered(api, "generic", **common, secret=SECRET)
        yield Place(files, api, worker, {"hub": hub["id"], "plain": plain["id"]})


def test_a_generic_version_is_fetched_from_its_address_and_audited(place: Place) -> None:
    url = place.files.put("/digits/7.onnx", b"the seventh")
    metadata = {"tags": {"stage": "candidate"}, "input": {"mean": [0.5]}}
    assert place.told("digits", url, metadata=metadata)["outcome"] == "taken"
    version = place.came_to("digits", url, metadata=metadata)
    assert version["status"] == "auditing"
    assert place.uploaded(version) == b"the seventh"
    model = place.api.get(f"/v1/models/{version['model_id']}").json()
    assert model["name"] == "digits"
    assert model["metadata"]["input"]["mean"] == [0.5]
    assert model["tags"] == {
        "stage": "candidate",
        "integration": place.ids["plain"],
        "registered_model": "digits",
        "registered_version": "1",
    }
    (audit,) = place.api.get("/v1/audits", params={"label": "registered_model:digits"}).json()["items"]
    assert audit["id"] == version["audit_id"]
    assert place.told("digits", url, again="and again")["outcome"] == "taken"


def test_files_come_from_the_hosts_on_the_list_alone_also_after_redirects(place: Place) -> None:
    elsewhere = f"http://localhost:{place.files.port}/file"
    place.files.put("/file", b"not to be fetched")
    leads_away = place.files.put("/away", b"", 302, location=elsewhere)
    for model, url, said in (
        ("elsewhere", elsewhere, "localhost: it is not on the list of hosts"),
        ("led away", leads_away, "localhost: it is not on the list of hosts"),
        ("private", "http://10.0.0.1/file", "10.0.0.1 leads to no public address"),
        ("other scheme", place.files.put("/ftp", b"", 302, location="ftp://127.0.0.1/file"), "not on the list"),
    ):
        version = place.came_to(model, url)
        assert version["status"] == "refused"
        assert said in version["problem"]["detail"]
    here = place.files.put("/here", b"", 307, location="/file")
    assert place.uploaded(place.came_to("led on", here)) == b"not to be fetched"
    assert "/file" in [path for path, _ in place.files.asked]


def test_a_file_that_is_not_there_yet_is_fetched_later(place: Place) -> None:
    url = place.files.put("/late", b"", 503)
    place.told("late", url)
    waits = until(lambda: (version := place.told("late", url)["version"])["problem"] and version, PATIENCE)
    assert waits["status"] == "queued"
    assert "127.0.0.1 answers 503" in waits["problem"]["detail"]
    place.files.put("/late", b"there")
    assert place.uploaded(place.came_to("late", url)) == b"there"


def test_a_generic_event_is_signed_and_whole(place: Place) -> None:
    body = {"model": "m", "version": "1", "url": "http://127.0.0.1/x"}
    old = datetime.fromtimestamp(time.time() - 400, UTC)
    signature = standardwebhooks.Webhook(SECRET).sign("a", old, json.dumps(body))
    stamp = {"webhook-id": "a", "webhook-timestamp": str(int(old.timestamp())), "webhook-signature": signature}
    for headers in ({}, stamp, {**stamp, "webhook-timestamp": "x"}, {**stamp, "webhook-signature": "v1,é"}):
        sent = {name.encode(): value.encode() for name, value in headers.items()}
        answer = place.api.post(f"/v1/integrations/{place.ids['plain']}/events", content=json.dumps(body), headers=sent)
        assert answer.status_code == 401, answer.text
    now = datetime.now(UTC)
    wrong = json.dumps({"model": "m", "version": "1"})
    headers = {
        "webhook-id": "b",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": standardwebhooks.Webhook(SECRET).sign("b", now, wrong),
    }
    answer = place.api.post(f"/v1/integrations/{place.ids['plain']}/events", content=wrong, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/url"


def commit(place: Place, repository: str, files: dict[str, bytes], tags: tuple[str, ...] = ()) -> str:
    """A commit as the Hub shows it; returns its id."""
    sha = hashlib.sha1(repr((repository, files)).encode()).hexdigest()
    siblings = [{"rfilename": name} for name in files]
    place.files.put(f"/api/models/{repository}/revision/{sha}", {"sha": sha, "siblings": siblings, "tags": list(tags)})
    for name, content in files.items():
        place.files.put(f"/{repository}/resolve/{sha}/{name}", content)
    return sha


def came_of(place: Place, repository: str, sha: str) -> dict[str, Any]:
    """What has become of a commit."""
    found: dict[str, Any] = until(
        lambda: (version := place.pushed(repository, sha)["version"])["status"] != "queued" and version, PATIENCE
    )
    return found


def test_a_commit_on_the_hub_is_audited_once(place: Place) -> None:
    sha = commit(place, "team/digits", {"README.md": b"", "onnx/model.onnx": b"of the hub"}, tags=("vision",))
    assert place.pushed("team/digits", sha)["outcome"] == "taken"
    version = came_of(place, "team/digits", sha)
    assert (version["status"], place.uploaded(version)) == ("auditing", b"of the hub")
    assert place.api.get(f"/v1/models/{version['model_id']}").json()["tags"]["vision"] == "vision"
    assert place.pushed("team/digits", sha)["outcome"] == "known"
    assert all(given == f"Bearer {TOKEN}" for path, given in place.files.asked if "team/digits" in path)
    for other in (
        {"updatedRefs": [{"ref": "refs/pr/1", "oldSha": "0", "newSha": "1"}]},
        {"repo": {"type": "dataset", "name": "team/digits"}},
        {"event": {"action": "delete", "scope": "repo"}},
    ):
        assert place.pushed("team/digits", sha, **other) == {"outcome": "ignored", "version": None}
    refused = place.api.post(
        f"/v1/integrations/{place.ids['hub']}/events", json={}, headers={"x-webhook-secret": "guessed"}
    )
    assert refused.status_code == 401


def test_a_repository_that_is_named_is_looked_at_without_any_event(place: Place) -> None:
    sha = commit(place, "team/named", {"model.onnx": b"named"})
    place.files.put("/api/models/team/named", {"sha": sha})
    query = {"label": "registered_model:team/named"}
    (audit,) = until(lambda: place.api.get("/v1/audits", params=query).json()["items"], PATIENCE)
    assert audit["labels"]["registered_version"] == sha


def test_pickles_and_choices_on_the_hub_are_refused_with_what_to_do(place: Place) -> None:
    pickled = io.BytesIO()
    with zipfile.ZipFile(pickled, "w") as archive:
        archive.writestr("archive/data.pkl", b"")
    for name, files, said in (
        ("pickled", {"model.pt": pickled.getvalue()}, "model.pt is a pickled PyTorch model"),
        ("weights", {"model.safetensors": b"", "pytorch_model.bin": b""}, "put one file into the repository"),
        ("two", {"a.onnx": b"a", "b.onnx": b"b"}, "has 2 files *.onnx"),
    ):
        version = came_of(place, f"team/{name}", commit(place, f"team/{name}", files))
        assert version["status"] == "refused"
        assert said in version["problem"]["detail"]
