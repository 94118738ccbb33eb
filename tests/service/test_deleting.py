"""What goes when an audit is deleted, and what stays."""

import httpx

from openapi.wire.blobs import BlobStore
from openapi.wire.settings import Settings
from tests.service.conftest import audit, ended, ready
from tests.service.worker import ProtocolWorker, cancelled, until


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
