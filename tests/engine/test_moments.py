"""Work that keeps where it stands goes on from there: in the next process, on another worker, with the same bits."""

import contextlib
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch
from safetensors.numpy import load

from openapi.stages.base import Stage
from openapi.wire.blobs import BlobStore
from openapi.wire.jobs import Blob, Limits, Shard, WorkerEvent
from openapi.wire.settings import Settings
from service.embedded.broker import Broker
from tests.engine.worker import Worker, slug
from tests.workers.hardening.nets import options, trained
from tests.workers.hardening.stage import context
from workers.jobs.registry import RESUMABLE, STAGES
from workers.moments import Moments

pytestmark = pytest.mark.slow


def open_worker(folder: Path, store: Path, broker: Broker) -> Worker:
    return Worker(
        Settings(
            data_dir=folder, blob_url=f"file://{store}", redis_url=broker.url, device="cpu", threads=1,
            keep_seconds=0.0,
            heartbeat_seconds=0.5,
        )
    )  # fmt: skip


@pytest.fixture
def workers(tmp_path: Path, broker: Broker, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Worker]]:
    """Two workers on one store, and a third that shares nothing with them."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    stores = [tmp_path / "blobs", tmp_path / "blobs", tmp_path / "other"]
    made = [open_worker(tmp_path / f"worker-{i}", store, broker) for i, store in enumerate(stores)]
    yield made
    for worker in made:
        worker.runner.close()
        worker.queue.close()
        worker.raw.close()


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(STAGES, Stage.ATTACK, "tests.engine.stages")
    monkeypatch.setattr("workers.runner.RESUMABLE", frozenset({Stage.ATTACK}))


def kept(worker: Worker, shard: Shard) -> Blob | None:
    """What the service was told last of where the shard stands."""
    found = [event.checkpoint for event in worker.events(shard) if event.checkpoint is not None]
    return found[-1] if found else None


@pytest.mark.usefixtures("counting")
def test_a_killed_process_goes_on_from_what_it_kept(workers: list[Worker]) -> None:
    shard = workers[0].shard("count", dies=[3, 5])
    event = workers[0].run(shard)
    assert event.result is not None, event.problem
    assert event.result.value == {"begun": [0, 3, 5]}


@pytest.mark.usefixtures("counting")
def test_another_worker_goes_on(workers: list[Worker]) -> None:
    shard = workers[0].shard("count", dies=[4], killed=False)
    assert workers[0].run(shard).type == "failed"
    checkpoint = kept(workers[0], shard)
    assert checkpoint is not None
    assert workers[1].blobs.read(checkpoint.sha256) == b"0 4"
    event = workers[1].run(shard.model_copy(update={"attempt": 2, "checkpoint": checkpoint}))
    assert event.result is not None
    assert event.result.value == {"begun": [0, 4]}


@pytest.mark.usefixtures("counting")
def test_a_moment_that_is_gone_costs_the_work_and_no_more(workers: list[Worker]) -> None:
    shard = workers[0].shard("count", dies=[]).model_copy(update={"checkpoint": Blob(sha256="ab" * 32, size=3)})
    event = workers[0].run(shard)
    assert event.result is not None
    assert event.result.value == {"begun": [0]}


@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "large"])
def test_only_a_plain_file_of_a_fair_size_is_taken_from_a_job(settings: Settings, tmp_path: Path, kind: str) -> None:
    blobs, scratch = BlobStore.from_settings(settings), tmp_path / "scratch"
    scratch.mkdir()
    (tmp_path / "secret").write_text("secret")
    told: list[Blob] = []
    with Moments(blobs, None, scratch, tmp_path, 10, told.append) as moments:
        left = scratch / "moment"
        if kind == "link":
            left.symlink_to(tmp_path / "secret")
        elif kind == "pipe":
            os.mkfifo(left)
        elif kind == "folder":
            left.mkdir()
        else:
            left.write_bytes(bytes(11))
        moments.kept()
    assert not told
    with Moments(blobs, None, tmp_path, scratch, 10, told.append) as moments:
        (tmp_path / "moment").write_text("plain")
        moments.kept()
    (blob,) = told
    assert blobs.read(blob.sha256) == b"plain"


def training(worker: Worker, folder: Path, **changes: Any) -> Shard:
    folder.mkdir()
    ctx = context(trained(epochs=1), folder)
    harden = options(**{"epochs": 3, "pairs": 50, "max_samples": None, "averaging": 0.9, **changes})
    return Shard(
        job_id="hrd_moments",
        shard_id=f"hrd_moments.{time.time_ns()}",
        stage=Stage.HARDEN,
        inputs={name: worker.blobs.put_file(path) for name, path in ctx.inputs.items()},
        params={**ctx.params, "harden": harden.model_dump(mode="json", by_alias=True)},
        limits=Limits(wall_seconds=300, memory_bytes=2**31, output_bytes=2**26),
    )


def bits(worker: Worker, event: WorkerEvent) -> bytes:
    assert event.result is not None, event.problem
    return worker.blobs.read(event.result.files["safetensors"].blob.sha256)


def test_a_training_killed_at_a_random_moment_ends_with_the_same_bits(workers: list[Worker], tmp_path: Path) -> None:
    assert Stage.HARDEN in RESUMABLE
    torch.manual_seed(0)
    shard, killed = training(workers[0], tmp_path / "a"), 0
    thread = threading.Thread(target=workers[0].runner.run, args=(shard,))
    thread.start()
    while killed < 2 and thread.is_alive():
        if kept(workers[0], shard) is not None:
            for child in psutil.Process(os.getpid()).children(recursive=True):
                if child.name() == "tremor-job":
                    child.send_signal(signal.SIGKILL)
                    killed += 1
            time.sleep(3.0)
        time.sleep(0.05)
    thread.join()
    assert killed >= 1
    broken = workers[0].events(shard)[-1]
    whole = workers[2].run(training(workers[2], tmp_path / "b"))
    assert bits(workers[0], broken) == bits(workers[2], whole)


def job_of(worker: Worker, thread: threading.Thread, before: int) -> psutil.Process:
    """The process of the shard in work, once it is another than `before`."""
    while thread.is_alive():
        with contextlib.suppress(psutil.NoSuchProcess):
            for child in psutil.Process(worker.runner._server.pid).children():
                if child.name() == "tremor-job" and child.pid != before:
                    return child
        time.sleep(0.01)
    raise AssertionError("it has ended")


def test_a_training_that_is_killed_until_it_is_given_up_leaves_its_log_and_best_weights(
    workers: list[Worker], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed once in its third epoch or later, and then each time as soon as its process is seen."""
    monkeypatch.setattr(workers[0].runner, "_counters", ())  # nobody counts kills: three are too many
    shard = training(workers[0], tmp_path / "a", epochs=1000, pairs=20)
    thread = threading.Thread(target=workers[0].runner.run, args=(shard,))
    thread.start()
    while not any(event.told and event.told["epoch"] >= 3 for event in workers[0].events(shard)):
        assert thread.is_alive()
        time.sleep(0.05)
    last = 0
    for _ in range(3):
        job = job_of(workers[0], thread, last)
        last = job.pid
        job.kill()
    thread.join()
    event = workers[0].events(shard)[-1]
    assert (event.type, slug(event)) == ("failed", "memory-limit")
    files = {file.name: workers[0].blobs.read(file.blob.sha256) for file in event.files.values()}
    assert set(files) == {"best-so-far.safetensors", "log-so-far.jsonl"}
    lines = [json.loads(line) for line in files["log-so-far.jsonl"].splitlines()]
    assert [line["epoch"] for line in lines] == list(range(len(lines)))
    assert len(lines) >= 3
    assert load(files["best-so-far.safetensors"]).keys() == trained(epochs=0).state_dict().keys()
    assert event.told is not None
    assert event.told["best"]["epoch"] in range(1, len(lines))
