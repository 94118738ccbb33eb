"""Deleting a data set or a model deletes every copy: the blobs, and what each worker has cached of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from openapi.wire.blobs import BlobStore
from openapi.wire.jobs import Blob
from openapi.wire.queue import QueueClient
from openapi.wire.settings import Settings
from service.embedded import EmbeddedService
from service.embedded.broker import Broker
from tests.e2e.client import DEMO, Client
from tests.service.worker import until
from workers.cache import InputCache
from workers.forgetting import Forgetting


def cached(service: EmbeddedService) -> set[str]:
    return {path.name for path in (service.data_dir / "worker" / "inputs").iterdir()}


def blobs(service: EmbeddedService) -> set[str]:
    return {path.name for path in (service.data_dir / "blobs" / "blobs").rglob("*") if path.is_file()}


def test_deleting_takes_the_workers_copies_along(service: EmbeddedService, client: Client) -> None:
    dataset = client.dataset(7)
    model = client.upload("models", "m.pt", (DEMO / "small_vgg.pt").read_bytes(), {"name": "to be deleted"})
    report = client.report(
        client.start({"model_id": model, "dataset_id": dataset, "attacks": [{"name": "fgsm"}], "neurons": {"steps": 1}})
    )
    file = report["dataset"]["sha256"]
    everything = blobs(service)
    assert file in cached(service)
    before = cached(service)
    assert client.http.delete(f"/datasets/{dataset}").status_code == 204
    until(lambda: file not in cached(service))
    arrays = everything - blobs(service)
    assert len(arrays) >= 3, "the upload, its images and its labels, and what was prepared of them"
    until(lambda: not arrays & cached(service))
    assert before - arrays == cached(service), "what others need stays"
    for item in client.http.get(f"/audits/{report['id']}/artifacts").json()["items"]:
        content = client.http.get(item["href"].removeprefix("/v1"))
        assert content.status_code == 200, "the audit's own results stay"


class Machine:
    """Another worker's machine: a cache of its own, and the thread that keeps it clean."""

    def __init__(self, settings: Settings, folder: Path, blob: Blob) -> None:
        store = BlobStore.from_settings(settings)
        self.cache = InputCache(store, folder / "inputs", 10**9)
        self.cache.link(blob, folder / "job")
        self.forgetting = Forgetting(QueueClient(settings), store, self.cache)


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    with Broker(tmp_path / "broker") as broker:
        yield Settings(data_dir=tmp_path / "data", redis_url=broker.url)


async def test_every_worker_forgets_at_once(settings: Settings, tmp_path: Path) -> None:
    store = BlobStore.from_settings(settings)
    gone, kept = store.put_bytes(b"gone"), store.put_bytes(b"kept")
    machines = [Machine(settings, tmp_path / str(i), gone) for i in range(2)]
    for i, machine in enumerate(machines):
        machine.cache.link(kept, tmp_path / str(i) / "other")
        machine.forgetting.start()
    queue = QueueClient(settings)
    await store.delete_async(gone.sha256)
    await queue.forget([gone.sha256])
    until(lambda: all(machine.cache.names() == [kept.sha256] for machine in machines))
    for i, machine in enumerate(machines):
        assert (tmp_path / str(i) / "job").read_bytes() == b"gone", "a running job keeps its link"
        machine.forgetting.close()
    await queue.aclose()


async def test_a_worker_that_was_away_looks_when_it_comes_back(settings: Settings, tmp_path: Path) -> None:
    store = BlobStore.from_settings(settings)
    gone = store.put_bytes(b"gone")
    machine = Machine(settings, tmp_path / "away", gone)
    await store.delete_async(gone.sha256)
    machine.forgetting.start()
    until(lambda: machine.cache.names() == [])
    machine.forgetting.close()
