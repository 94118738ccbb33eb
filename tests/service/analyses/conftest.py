"""An audit whose files real workers wrote, in a real service: the shards go through one process, the rest over HTTP."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import numpy.typing as npt
import pytest

from openapi.wire.settings import Settings
from service.embedded.broker import Broker
from tests.analyses.conftest import images, net
from tests.analyses.in_process import Audited, InProcess
from tests.service.conftest import flush, make_settings, ready, running
from tests.service.worker import ProtocolWorker

ATTACK = {"name": "pgd", "eps": 0.3, "steps": 5}
NEURONS = {
    "steps": 3,
    "sweep": {"eps": [0.01, 0.02]},
    "importance": {"k": 4},
    "similarity": {},
    "vulnerability": {"attack": ATTACK},
}
REQUEST: dict[str, Any] = {
    "attacks": [{"name": "fgsm", "eps": 0.1}],
    "neurons": NEURONS,
    "explain": {"attack": ATTACK},
    "regions": {"segments": 4},
}


@dataclass
class Place:
    """A service, and somebody who leaves in it what was computed elsewhere."""

    api: httpx.Client
    settings: Settings
    worker: ProtocolWorker
    model: str = ""
    dataset: str = ""

    def start(self, **request: Any) -> str:
        """Queue an audit; whatever it asks for is what the service is told, not what is computed."""
        body = {"attacks": [{"name": "fgsm", "eps": 0.1}], "neurons": None, "max_samples": 4, **request}
        answer = self.api.post("/v1/audits", json={"model_id": self.model, "dataset_id": self.dataset, **body})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def leave(self, audit: str, found: Audited | None) -> None:
        """Let an audit end with the files of another (or with none of its analyses)."""
        shard = self.worker.take()
        while shard.stage != "report":
            self.worker.do(shard)
            shard = self.worker.take()
        if found is None:
            self.worker.do(shard)
        else:
            report = self.worker.file("report.json", "report", "json", found.files["report"].read_bytes())
            views = self.worker.file("views.columns", "views", "columns", found.files["views"].read_bytes())
            value = found.results["report"].value
            self.worker.leave(shard, value, report=report, views=views)
        ended = self.api.get(f"/v1/audits/{audit}", params={"wait": 60}).json()
        assert ended["status"] == "succeeded", ended


@dataclass
class Explored:
    """An audit that can be asked, its report and its arrays."""

    place: Place
    id: str
    audited: Audited
    _arrays: dict[str, dict[str, npt.NDArray[Any]]] = field(default_factory=dict)

    def ask(self, path: str, **options: Any) -> httpx.Response:
        return self.place.api.get(f"/v1/audits/{self.id}/{path}", **options)

    def get(self, path: str, **params: Any) -> Any:
        answer = self.ask(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def every(self, path: str, **params: Any) -> list[Any]:
        """All items of a list, page by page."""
        found, cursor = [], None
        while True:
            page = self.get(path, **params, **({} if cursor is None else {"cursor": cursor}))
            found += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    @cached_property
    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = self.get("report")
        return found

    def arrays(self, key: str) -> dict[str, npt.NDArray[Any]]:
        """An artifact of the audit, by its key."""
        if key not in self._arrays:
            with np.load(self.audited.files[key], allow_pickle=False) as kept:
                self._arrays[key] = {name: kept[name] for name in kept.files}
        return self._arrays[key]


@pytest.fixture(scope="session")
def place(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    # A database of its own in the broker: other services live beside this one.
    settings = make_settings(broker, tmp_path_factory.mktemp("explored"), db=15)
    flush(settings)
    worker = ProtocolWorker(settings)
    with closing(worker), running(settings) as api:
        found = Place(api, settings, worker)
        found.model, found.dataset = ready(api, worker)
        yield found


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> InProcess:
    labels = np.random.default_rng(1).integers(0, 3, len(images()))
    return InProcess(tmp_path_factory.mktemp("tiny"), net(), images().numpy(), labels)


@pytest.fixture(scope="session")
def explored(place: Place, tiny: InProcess) -> Explored:
    """Everything that can be asked for, of 21 images of 8×8, cut into three slices."""
    audited = tiny.audit(slice_size=8, **REQUEST)
    identity = place.start()
    place.leave(identity, audited)
    return Explored(place, identity, audited)


@pytest.fixture(scope="session")
def plain(place: Place, tiny: InProcess) -> Explored:
    """An audit with σ alone."""
    audited = tiny.audit(attacks=REQUEST["attacks"], neurons={"steps": 3}, explain=None, regions=None)
    identity = place.start()
    place.leave(identity, audited)
    return Explored(place, identity, audited)


def folder_of(explored: Explored) -> Path:
    """Where the service keeps its files."""
    return Path(explored.place.settings.data_dir)
