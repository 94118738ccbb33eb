"""What a worker puts off for now: work that it, or its store or disk, cannot do at this moment."""

import pytest

from openapi.stages.base import Stage
from openapi.wire.blobs import BlobStore
from tests.engine.worker import Worker, slug

pytestmark = pytest.mark.slow


def test_a_job_that_finds_no_room_is_put_off(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    event = worker.run(worker.shard("full"))
    assert (event.type, slug(event)) == ("deferred", "insufficient-storage")
    assert event.problem is not None
    assert "No space left on device" in str(event.problem.detail)
    # A disk that is short at the start: nothing is begun. One that is short at the end explains a crash.
    short = worker.settings.model_copy(update={"min_free_bytes": 2**60})
    monkeypatch.setattr(worker.runner, "_settings", short)
    event = worker.run(worker.shard("sum", data=b"never computed"))
    assert (event.type, slug(event)) == ("deferred", "insufficient-storage")
    assert list((worker.settings.cache_dir / "inputs").iterdir()) == [], "the cache has made room"
    monkeypatch.setattr("workers.runner.check_space", lambda *_: None)
    for do in ("crash", "raise"):
        assert worker.run(worker.shard(do)).type == "deferred"
    assert slug(worker.run(worker.shard("refuse"))) == "model-unsupported-operator"


def test_a_machine_on_which_no_job_can_begin_puts_its_work_off(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is no want of memory, and not the job's fault: another worker may do it."""
    shard = worker.shard("sum")
    worker.runner._server.close()
    with monkeypatch.context() as broken:
        broken.setattr("workers.sandbox.warm.sys.executable", "/bin/false")
        event = worker.run(shard)
    assert (event.type, slug(event)) == ("deferred", "unavailable")
    assert event.problem is not None
    assert "cannot start the process that runs its jobs (3 attempts): it ended with status 1" in str(
        event.problem.detail
    )
    assert worker.run(shard).type == "succeeded", "as soon as it can"


def test_what_a_newer_service_asks_for_waits_for_a_newer_worker(worker: Worker) -> None:
    told = {"model": {"format": "onnx", "input": {"shape": [1, 8, 8]}}, "start": 0, "stop": 1}
    asked = worker.shard("x").model_copy(update={"stage": Stage.TRANSFER, "params": {**told, "of_a_newer_version": 1}})
    event = worker.run(asked)
    assert (event.type, slug(event)) == ("deferred", "unavailable")
    assert event.problem is not None
    assert str(event.problem.detail).endswith("it does not know of_a_newer_version")
    event = worker.run(asked.model_copy(update={"params": told, "shard_id": "incomplete"}))
    assert (event.type, slug(event)) == ("failed", "job-failed"), "what is merely wrong is not waited with"


def test_a_store_that_is_away_is_waited_for(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    away = worker.settings.model_copy(
        update={"blob_url": "s3://tremor/x", "s3_endpoint": "http://127.0.0.1:9", "data_dir": worker.settings.data_dir}
    )
    monkeypatch.setattr(worker.runner, "_blobs", BlobStore.from_settings(away))
    event = worker.run(worker.shard("sum", data=b"anything"))
    assert (event.type, slug(event)) == ("deferred", "unavailable")
