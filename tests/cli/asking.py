"""What the tests of the client ask of an API, and how they look at it."""

from pathlib import Path
from typing import Any

from openapi.client import Client as Api
from openapi.client.api.audits import list_audits
from openapi.client.api.models import list_models
from openapi.client.models import PageAuditInfo, PageModelInfo, Problem
from openapi.client.types import Response
from service.cli.client import Ask, Client
from service.cli.uploads import upload
from tests.cli.conftest import Cable

FGSM = {"attacks": [{"name": "fgsm", "eps": 0.1}], "neurons": None, "max_samples": 4}


def models(api: Api) -> Response[PageModelInfo | Problem]:
    return list_models.sync_detailed(client=api)


def audits(api: Api) -> Response[PageAuditInfo | Problem]:
    return list_audits.sync_detailed(client=api)


def read_as_models(path: str) -> Ask[PageModelInfo]:
    """What is at an address, read as a list of models."""
    return lambda api: list_models._build_response(client=api, response=api.get_httpx_client().get(path))


class Phases:
    """Remembers which phases were shown."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def show(self, phase: str, done: float, total: float, unit: str = "", *, waits: str = "") -> None:
        if phase not in self.names:
            self.names.append(phase)


def bring(client: Client, path: Path, kind: Any = "models", **metadata: Any) -> tuple[str, list[str]]:
    """Upload a file; its id, and what was shown."""
    shown = Phases()
    return upload(client, kind, path, metadata, shown).id, shown.names  # type: ignore[arg-type]


def ready(client: Client, folder: Path) -> dict[str, Any]:
    """A request for a small audit of what is uploaded first."""
    ids = {}
    for kind, field in (("models", "model_id"), ("datasets", "dataset_id")):
        path = folder / kind
        path.write_bytes(kind.encode())
        ids[field], _ = bring(client, path, kind)
    return {**FGSM, **ids}


def posts(cable: Cable) -> int:
    return sum(request.startswith(b"POST") for request in cable.requests)
