"""What goes when an audit is deleted, and what stays."""

import httpx
import pytest

from openapi.wire.blobs import BlobStore
from openapi.wire.delivery import Lane
from openapi.wire.settings import Settings
from tests.service.conftest import audit, ended, ready, upload
from tests.service.worker import HEADLINE, ProtocolWorker, cancelled, until


def test_deleting_takes_artifacts_and_blobs_along(
    api: httpx.Client, worker: ProtocolWorker, settings: Settings
) -> None:
    model, dataset = ready(api, worker)
    identity = audit(api, model, dataset)
    worker.do(worker.take())
    worker.do(worker.take())
    ended(api, f"audits/{identity}")
    items = api.get(f"/v1/audits/{identity}/artifacts").json()["items"]
    assert len(items) == 3
    assert api.delete(f"/v1/audits/{identity}").status_code == 204
    assert api.get(f"/v1/audits/{identity}").status_code == 404
    store = BlobStore.from_settings(settings)
    for item in items:
        assert api.get(item["href"]).status_code == 404
        assert not store.exists(item["sha256"])
    assert api.get(f"/v1/models/{model}/content").content == b"a model"
    again = audit(api, model, dataset)
    assert worker.take().job_id == again, "the results went with the audit, and are computed anew"


def test_deleting_a_running_audit_stops_it(api: httpx.Client, worker: ProtocolWorker, settings: Settings) -> None:
    model, dataset = ready(api, worker)
    identity = audit(api, model, dataset)
    shard = worker.take()
    worker.tell(shard, "started")
    until(lambda: api.get(f"/v1/audits/{identity}").json()["status"] == "running")
    assert api.delete(f"/v1/audits/{identity}").status_code == 204
    assert cancelled(settings, identity)
    worker.do(shard)
    assert worker.is_empty()
    assert api.delete(f"/v1/models/{model}").status_code == 204


def with_masks(api: httpx.Client, worker: ProtocolWorker, model: str, dataset: str) -> tuple[str, str]:
    """An audit that has left an artifact of kind `regions`; returns both ids."""
    identity = audit(api, model, dataset)
    worker.do(worker.take())
    shard = worker.take()
    report, regions = (worker.file(f"{name}.npz", name, "npz", name.encode()) for name in ("report", "regions"))
    value = {"verdict": "pass", "metrics": None, "headline": HEADLINE.model_dump()}
    worker.leave(shard, value, report=report, regions=regions)
    ended(api, f"audits/{identity}")
    items = api.get(f"/v1/audits/{identity}/artifacts").json()["items"]
    (artifact,) = [item["id"] for item in items if item["kind"] == "regions"]
    return identity, artifact


@pytest.mark.parametrize("inspected", [True, False])
def test_masks_of_an_unfinished_audit_stay(
    api: httpx.Client, worker: ProtocolWorker, settings: Settings, inspected: bool
) -> None:
    """Also while its model is still inspected, and nothing of it is planned."""
    model, dataset = ready(api, worker)
    identity, artifact = with_masks(api, worker, model, dataset)
    other = model if inspected else upload(api, "models", b"another model")
    attacks = [{"name": "fgsm", "eps": 0.1, "mask": {"artifact_id": artifact}}]
    user = audit(api, other, dataset, attacks=attacks)
    answer = api.delete(f"/v1/audits/{identity}")
    assert answer.status_code == 409, answer.text
    assert answer.json()["job_id"] == user
    assert artifact in answer.json()["detail"]
    if not inspected:
        worker.do(worker.take(lanes=[Lane.SHORT]))
    shard = worker.take()
    assert BlobStore.from_settings(settings).exists(shard.inputs["masks"].sha256)
    worker.do(shard)
    worker.do(worker.take())
    ended(api, f"audits/{user}")
    assert api.delete(f"/v1/audits/{identity}").status_code == 204


def test_only_masks_of_attacks_hold_an_audit(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(api, worker)
    identity, artifact = with_masks(api, worker, model, dataset)
    audit(api, model, dataset, labels={"like": artifact})
    assert api.delete(f"/v1/audits/{identity}").status_code == 204
