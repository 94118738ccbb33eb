"""A service that audits what is registered in a real MLflow server; its workers are the tests."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from openapi.wire.settings import Settings
from tests.service.registries.mlflow_server import PATIENCE, Server
from tests.service.worker import ProtocolWorker, until

SECRET = "the secret of the webhook"
ONNX = b"flavors:\n  onnx: {data: model.onnx}\n  python_function: {loader_module: mlflow.onnx}\n"
TORCH = b"flavors:\n  pytorch: {model_data: data}\n"
#: This machine is no public address.
LOOPBACK = {"registry_networks": ("127.0.0.0/8",)}


#: What is asked of each version.
QUICK = {"attacks": [{"name": "fgsm", "eps": 0.1}], "max_samples": 4}


def entered(api: httpx.Client, kind: str, **asked: Any) -> dict[str, Any]:
    """Enter a registry."""
    answer = api.post(f"/v1/integrations/{kind}", json=asked)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


@dataclass
class Team:
    """A service that knows the server, whose workers are the tests."""

    server: Server
    settings: Settings
    api: httpx.Client
    worker: ProtocolWorker
    prefix: str
    #: Of models by their kinds: the integrations that audit them.
    ids: dict[str, str]
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


def done(team: Team, model: str, number: str = "1") -> Callable[[], dict[str, str] | None]:
    """The tags of a version, once its audit is written back."""

    def look() -> dict[str, str] | None:
        tags = team.server.tags(model, number)
        return tags if tags.get("tremor.status") in ("succeeded", "refused", "failed") else None

    return look


def event(team: Team, body: Any, *, age: int = 0, secret: str = SECRET, identity: str | None = None) -> httpx.Response:
    """Send an event as MLflow does, signed so many seconds ago."""
    data, delivery, at = json.dumps(body).encode(), str(uuid.uuid4()), str(int(time.time()) - age)
    digest = hmac.new(secret.encode(), f"{delivery}.{at}.".encode() + data, hashlib.sha256).digest()
    headers = {
        "content-type": "application/json",
        "x-mlflow-delivery-id": delivery,
        "x-mlflow-timestamp": at,
        "x-mlflow-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
    return team.api.post(f"/v1/integrations/{identity or team.ids['plain']}/events", content=data, headers=headers)


def created(model: str, number: str = "1", **tags: str) -> dict[str, Any]:
    """The event of a new version."""
    return {"entity": "model_version", "action": "created", "data": {"name": model, "version": number, "tags": tags}}
