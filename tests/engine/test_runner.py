"""The runner against a real broker and blob store, with real child processes."""

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from openapi.stages.base import Stage
from openapi.wire.jobs import Blob, Limits, Shard, ShardResult
from openapi.wire.queue import WorkerInfo
from openapi.wire.settings import Settings
from tests.engine.worker import Worker, slug
from workers.jobs.context import LOG_SO_FAR, SO_FAR
from workers.jobs.registry import SHOWN, STAGES
from workers.runner import Runner
from workers.sandbox.confine import LAYERS

pytestmark = pytest.mark.slow

#: What is told of an error that names files of torch, of ours, of Python and of the job.
NO_PLACES = "ValueError: torch/__init__.py, tests/engine/stages.py, os.py, inputs/00000 and scratch/x"

Make = Callable[..., Shard]


def test_a_shard_is_computed_once(worker: Worker) -> None:
    shard = worker.shard("sum", data=bytes(range(100)))
    event = worker.run(shard)
    assert event.type == "succeeded"
    assert event.result is not None
    assert event.result.value == {"sum": 4950.0}
    assert worker.blobs.read(event.result.files["copy"].blob.sha256) == bytes(range(100))
    assert event.result.environment.device == "cpu"
    assert event.result.environment.threads == 1
    assert "torch" in event.result.environment.versions
    assert next(e.type for e in worker.events(shard)) == "started"
    planted = ShardResult(value={"sum": -1.0})
    worker.blobs.put_result(shard.result_key, planted)
    again = worker.run(shard)
    assert (again.result, event.found, again.found) == (planted, False, True)


def test_a_job_computes_as_the_settings_say(worker: Worker) -> None:
    event = worker.run(worker.shard("arithmetic"))
    assert event.result is not None
    assert event.result.value == {"gradients": "bfloat16", "cuda_graphs": "on", "tf32": False}


def test_progress_and_heartbeats(worker: Worker) -> None:
    shard = worker.shard("sleep", seconds=3)
    assert worker.run(shard).type == "succeeded"
    told = [event for event in worker.events(shard) if event.type == "progress"]
    assert len(told) >= 2
    assert (told[-1].done, told[-1].total, told[-1].unit, told[-1].phase) == (1, 2, "naps", "sleeping")
    beats = list(worker.raw.scan_iter("tremor:workers:*"))
    assert len(beats) == 1
    info = WorkerInfo.model_validate_json(str(worker.raw.get(beats[0])))
    assert {*info.sandbox_layers, *info.sandbox_missing} == set(LAYERS)
    assert info.trouble is None
    assert info.gpu_memory is None, "there is no GPU here"
    assert "gpu_memory" not in info.model_dump()


def test_signs_of_life_while_the_warm_server_is_still_cold(worker: Worker, settings: Settings) -> None:
    """A shard that comes at once must not look lost while torch is being imported."""
    fresh = Worker(settings.model_copy(update={"heartbeat_seconds": 0.2}))
    shard = fresh.shard("sum")
    assert fresh.run(shard).type == "succeeded"
    assert [event.type for event in fresh.events(shard)].count("progress") >= 3
    fresh.runner.close()


@pytest.mark.parametrize(
    ("do", "expected", "words"),
    [
        ("crash", "job-failed", "SIGSEGV"),
        ("leave", "job-failed", "status 7"),
        ("raise", "job-failed", "ValueError: seven is too many"),
        ("name_places", "job-failed", NO_PLACES),
        ("refuse", "model-unsupported-operator", "no such thing"),
        ("allocate", "memory-limit", "memory"),
        ("not_a_number", "job-failed", "JSON"),
        ("babble", "job-failed", "nonsense"),
        ("fill", "job-failed", "File too large"),
        ("litter", "job-failed", "wrote more than"),
        ("scatter", "job-failed", "wrote more than"),
    ],
)
def test_what_a_job_does_wrong_is_its_problem(worker: Worker, do: str, expected: str, words: str) -> None:
    event = worker.run(worker.shard(do))
    assert event.type == "failed"
    assert slug(event) == expected
    assert event.problem is not None
    assert words in str(event.problem.detail)
    assert worker.run(worker.shard("sum")).type == "succeeded"


def test_a_worker_that_leaves_gives_its_shard_back(worker: Worker) -> None:
    shard = worker.shard("sleep")
    thread = threading.Thread(target=worker.runner.run, args=(shard,))
    thread.start()
    pid = worker.pid_of_job()
    worker.runner.leaving.asked = True
    thread.join(60)
    worker.runner.leaving.asked = False
    assert not thread.is_alive()
    assert not psutil.pid_exists(pid)
    assert worker.events(shard)[-1].type == "returned"


def test_a_problem_keeps_its_extra_members(worker: Worker) -> None:
    problem = worker.run(worker.shard("refuse")).problem
    assert problem is not None
    assert problem.model_dump()["operator"] == "Foo"


@pytest.mark.parametrize(
    ("stage", "expected"), [(Stage.INSPECT_MODEL, "model-unsafe"), (Stage.INSPECT_DATASET, "dataset-malformed")]
)
def test_a_crash_of_an_inspection_is_a_refusal_of_the_file(
    worker: Worker, stage: Stage, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(STAGES, stage, "tests.engine.stages")
    event = worker.run(worker.shard("crash").model_copy(update={"stage": stage}))
    assert slug(event) == expected
    assert event.problem is not None
    assert "SIGSEGV" in str(event.problem.detail)


def test_a_problem_that_is_no_text_is_made_readable(worker: Worker) -> None:
    """Names in a file may hold any bytes."""
    problem = worker.run(worker.shard("mumble")).problem
    assert problem is not None
    assert problem.slug == "model-unsupported-operator"
    assert problem.model_dump()["operator"] == r"Cl\xffip"
    assert "no such thing: \\udcff" in str(problem.detail)
    unwritable = worker.run(worker.shard("unwritable")).problem
    assert unwritable is not None
    assert unwritable.slug == "job-failed"
    assert "serializ" in str(unwritable.detail)


@pytest.mark.parametrize(
    ("do", "limits"), [("sleep", Limits(wall_seconds=1)), ("spin", Limits(wall_seconds=600, cpu_seconds=1))]
)
def test_time_limits(worker: Worker, do: str, limits: Limits) -> None:
    event = worker.run(worker.shard(do, limits=limits))
    assert slug(event) == "time-limit"


def test_resident_memory_is_watched(worker: Worker) -> None:
    """With CUDA no address limit is set: then the watch from outside must end it."""
    code = {"fill": "import resource; hoard = bytearray(b'1') * (700 * 2**20); import time; time.sleep(600)"}
    shard = worker.shard("try", code=code, limits=Limits(wall_seconds=60, memory_bytes=600 * 2**20))
    event = worker.run(shard)
    assert slug(event) == "memory-limit"


@pytest.mark.parametrize("name", ["../escape", "/etc/hostname", "sub/../../x", "absent"])
def test_only_plain_scratch_files_are_taken(worker: Worker, name: str) -> None:
    event = worker.run(worker.shard("declare", name=name))
    assert event.type == "failed"
    assert event.result is None


def test_links_are_not_followed(worker: Worker, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("canary")
    event = worker.run(worker.shard("link", to=str(secret)))
    assert event.type == "failed"


def test_cancel_ends_the_process(worker: Worker) -> None:
    shard = worker.shard("sleep", job="aud_cancel")
    thread = threading.Thread(target=worker.runner.run, args=(shard,))
    thread.start()
    pid = worker.pid_of_job()
    worker.raw.set("tremor:cancel:aud_cancel", 1)
    thread.join(60)
    assert not thread.is_alive()
    assert not psutil.pid_exists(pid)
    assert worker.events(shard)[-1].type == "cancelled"
    again = worker.shard("sum", job="aud_cancel")
    assert worker.run(again).type == "cancelled"


@pytest.mark.parametrize("form", ["file", "folder"])
def test_who_is_cancelled_shows_what_there_is(worker: Worker, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    monkeypatch.setitem(SHOWN, Stage.ATTACK, {SO_FAR: ("so-far.bin", "checkpoint", "bin")})
    shard = worker.shard("show_and_sleep", job=f"aud_shown_{form}", form=form)
    thread = threading.Thread(target=worker.runner.run, args=(shard,))
    thread.start()
    for _ in range(600):
        if any(event.told for event in worker.events(shard)):
            break
        time.sleep(0.1)
    worker.raw.set(f"tremor:cancel:aud_shown_{form}", 1)
    thread.join(60)
    last = worker.events(shard)[-1]
    assert last.type == "cancelled"
    if form == "folder":
        assert last.files == {}
    else:
        assert worker.blobs.read(last.files["bin"].blob.sha256) == b"the best so far"
        assert (last.files["bin"].name, last.files["bin"].kind) == ("so-far.bin", "checkpoint")
        assert last.told == {"best": 7}


@pytest.mark.parametrize("way", ["problem", "error"])
def test_who_fails_shows_what_there_is(worker: Worker, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    shown = {SO_FAR: ("so-far.bin", "checkpoint", "bin"), LOG_SO_FAR: ("log-so-far.jsonl", "log", "jsonl")}
    monkeypatch.setitem(SHOWN, Stage.ATTACK, shown)
    last = worker.run(worker.shard("show_and_fail", way=way))
    assert last.type == "failed"
    assert last.problem is not None
    found = {file.name: worker.blobs.read(file.blob.sha256) for file in last.files.values()}
    assert found == {"so-far.bin": b"the best so far", "log-so-far.jsonl": b"the log so far"}
    assert last.files["jsonl"].kind == "log"


def test_a_killed_job_or_server_is_started_again(worker: Worker) -> None:
    for victim in ("job", "server"):
        shard = worker.shard("sleep", seconds=4, data=victim.encode())
        thread = threading.Thread(target=worker.runner.run, args=(shard,))
        thread.start()
        pid = worker.pid_of_job()
        target = pid if victim == "job" else psutil.Process(pid).ppid()
        os.kill(target, signal.SIGKILL)
        thread.join(120)
        assert not thread.is_alive()
        assert worker.events(shard)[-1].type == "succeeded"
        assert not psutil.pid_exists(pid)


def test_outdated_attempts_are_dropped(worker: Worker) -> None:
    shard = worker.shard("sum")
    worker.raw.set(f"tremor:attempt:{shard.shard_id}", 2)
    worker.runner.run(shard)
    assert worker.events(shard) == []
    assert worker.run(shard.model_copy(update={"attempt": 2})).type == "succeeded"


def test_a_missing_input_is_said(worker: Worker) -> None:
    shard = worker.shard("sum").model_copy(update={"inputs": {"x": Blob(sha256="ab" * 32, size=3)}})
    event = worker.run(shard)
    assert event.type == "failed"
    assert "not in the store" in str(event.problem and event.problem.detail)


def test_nothing_is_left_behind(worker: Worker) -> None:
    worker.run(worker.shard("sum"))
    assert list(worker.settings.cache_dir.glob("slots/*/job-*")) == []
    stale = worker.settings.cache_dir / "slots" / "slot-dead"
    stale.mkdir()
    (stale / "lock").touch()
    other = Runner(worker.settings, worker.queue, worker.blobs)
    other.close()
    assert not stale.exists()
    assert len(list(worker.settings.cache_dir.glob("slots/*"))) == 1
