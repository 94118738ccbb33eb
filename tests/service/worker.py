"""The workers' side of the wire: takes shards from the real queue, answers with events on the real stream."""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

import redis
from kombu.connection import Connection

from openapi.audits import Headline
from openapi.datasets import DatasetInspection
from openapi.models import InputSpec, LayerInfo, ModelInspection
from openapi.problems import Problem
from openapi.stages.attack import AttackValue
from openapi.stages.forms import FORMS
from openapi.stages.harden import HardenValue
from openapi.stages.neurons import NeuronsValue
from openapi.wire.blobs import BlobStore
from openapi.wire.delivery import QUEUES, Lane, make_celery
from openapi.wire.jobs import Environment, OutputFile, Shard, ShardResult, WorkerEvent
from openapi.wire.queue import QueueClient
from openapi.wire.settings import Settings
from tests.service.report import COMPARISON, REPORT

#: Inspections say no more than workers did when there were fewer fields: their keys are pinned.
LAYERS = (
    LayerInfo(name="conv1", kind="conv", neurons=4, shape=(4, 8, 8), depth=0, norm_folded=False),
    LayerInfo(name="fc", kind="linear", neurons=3, shape=(3,), depth=1, norm_folded=False),
)
MODEL = ModelInspection(
    format="onnx",
    input=InputSpec(shape=(1, 8, 8), layout="NCHW"),
    num_classes=3,
    num_parameters=123,
    trainable=True,
    differentiable=True,
    layers=LAYERS,
)
INSPECTED = MODEL.model_dump(mode="json", exclude_unset=True)
DATASET = DatasetInspection(
    num_samples=10, shape=(1, 8, 8), dtype="uint8", num_classes=3, class_counts=(4, 3, 3), resize="none"
)
ATTACKED = AttackValue(
    clean_correct=4, attacked=4, success=0, forward_passes=4, backward_passes=4, seconds=0.125, num_classes=3
)
MEASURED = NeuronsValue(n=4, layers=("conv1", "fc"), taps={"conv1": "conv", "fc": "conv"}, seconds=0.125)
TRAINED = HardenValue(
    inspection=MODEL, uploaded_format="onnx", not_written={}, log=(), layers=("conv1", "fc"), frozen=(), omega={}
)
#: What is waited for comes at some time, also on a slow machine; only a failing test waits so long.
PATIENCE = 90.0
HEADLINE = Headline(clean_accuracy=1.0, worst_case=1.0, threat_model="linf eps=0.1", n=4)


class ProtocolWorker:
    """Takes messages as Celery would deliver them and reports as the runner would."""

    name = "worker-of-the-tests"

    def __init__(self, settings: Settings) -> None:
        self.queue = QueueClient(settings)
        self.blobs = BlobStore.from_settings(settings)
        app = make_celery(settings)
        self._connection: Connection = app.connection_for_read()
        self._queues = {lane: self._connection.SimpleQueue(name) for lane, name in QUEUES.items()}

    def close(self) -> None:
        for queue in self._queues.values():
            queue.close()
        self._connection.release()
        self.queue.close()

    def take(self, seconds: float = PATIENCE, lanes: Sequence[Lane] = tuple(QUEUES)) -> Shard:
        """The next shard of the short queue, else of the long one.

        lanes: with the short one alone an inspection is waited for, whatever else nobody does.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for queue in (self._queues[lane] for lane in lanes):
                try:
                    message = queue.get(block=False)
                except queue.Empty:
                    continue
                message.ack()
                (args, *_) = message.payload
                return Shard.model_validate(args[0])
            time.sleep(0.02)
        raise AssertionError("no shard came")

    def take_of(self, stage: str) -> Shard:
        """The next shard of a stage; others are left to whoever has them already."""
        return next(shard for shard in iter(self.take, None) if shard.stage == stage)

    def waiting(self, seconds: float) -> list[Shard]:
        """The next shard, or none when none comes."""
        try:
            return [self.take(seconds)]
        except AssertionError:
            return []

    def is_empty(self, seconds: float = 0.5) -> bool:
        for shard in self.waiting(seconds):
            raise AssertionError(f"there is a shard: {shard.stage} {shard.shard_id}")
        return True

    def tell(self, shard: Shard, kind: str, **more: Any) -> None:
        self.queue.publish(
            WorkerEvent.model_validate(
                {
                    "type": kind,
                    "job_id": shard.job_id,
                    "shard_id": shard.shard_id,
                    "attempt": shard.attempt,
                    "worker": self.name,
                    "at": time.time(),
                    **more,
                }
            )
        )

    def file(self, name: str, kind: str, format: str, data: bytes) -> OutputFile:
        return OutputFile(name=name, kind=kind, format=format, blob=self.blobs.put_bytes(data))

    def succeed(self, shard: Shard, value: dict[str, Any], **files: OutputFile) -> ShardResult:
        result = ShardResult(value=value, files=files, seconds=0.25, environment=Environment(device="cpu"))
        self.blobs.put_result(shard.result_key, result)
        self.tell(shard, "succeeded", result=result)
        return result

    def fail(self, shard: Shard, found: Problem) -> None:
        self.tell(shard, "failed", problem=found)

    def leave(self, shard: Shard, value: dict[str, Any], **files: OutputFile) -> None:
        """Succeed with the value in the form of the shard's stage, as a worker does."""
        self.succeed(shard, FORMS[shard.stage].value.model_validate(value).dump(), **files)

    # What each stage leaves

    def do(self, shard: Shard, **value: Any) -> None:
        """Do a shard in the way of its stage, with hand-written numbers."""
        self.tell(shard, "started")
        getattr(self, f"_{shard.stage}")(shard, value)

    def _inspect_model(self, shard: Shard, value: dict[str, Any]) -> None:
        self.succeed(shard, {**INSPECTED, **value})

    def _inspect_dataset(self, shard: Shard, value: dict[str, Any]) -> None:
        x = self.file("x.npy", "array", "npy", b"x" + shard.inputs["file"].sha256.encode())
        y = self.file("y.npy", "array", "npy", b"y" + shard.inputs["file"].sha256.encode())
        self.succeed(shard, {**DATASET.model_dump(mode="json", exclude_unset=True), **value}, x=x, y=y)

    def _prepare(self, shard: Shard, value: dict[str, Any]) -> None:
        y = self.file("y.npy", "array", "npy", b"prepared" + shard.result_key.encode())
        files = {"y": y}
        if shard.params["channels"]:
            files["x"] = self.file("x.npy", "array", "npy", b"prepared x" + shard.result_key.encode())
        self.leave(shard, {**shard.params["readings"][-1], "evidence": None, "channels": None, **value}, **files)

    def _attack(self, shard: Shard, value: dict[str, Any]) -> None:
        files = {"samples": self.file("samples.npz", "samples", "npz", shard.result_key.encode())}
        if shard.params["keep_examples"]:
            files["examples"] = self.file("examples.npz", "examples", "npz", b"e" + shard.result_key.encode())
        self.leave(shard, {**ATTACKED.model_dump(), **value}, **files)

    def _replay(self, shard: Shard, value: dict[str, Any]) -> None:
        """As many samples of each attack as are evaluated; `fooled` of them still are."""
        n, fooled = shard.params["stop"] - shard.params["start"], value.get("fooled", 0)
        attacks = [{**attack, "n": n, "still_fooled": fooled} for attack in shard.params["attacks"]]
        threats = dict.fromkeys(attack["threat_model"] for attack in attacks)
        told = [{"threat_model": name, "fooled": fooled} for name in threats]
        self.leave(shard, {"evaluated": n, "attacks": attacks, "threats": told})

    def _neurons(self, shard: Shard, value: dict[str, Any]) -> None:
        self.leave(
            shard,
            {**MEASURED.model_dump(), **value},
            sums=self.file("sums.npz", "sums", "npz", b"s" + shard.result_key.encode()),
        )

    def _harden(self, shard: Shard, value: dict[str, Any]) -> None:
        names = {"onnx": "hardened.onnx", "torchscript": "hardened.pt", "safetensors": "hardened.safetensors"}
        files = {f: self.file(name, "checkpoint", f, self.checkpoint(shard, f)) for f, name in names.items()}
        files["manifest"] = self.file("manifest.json", "manifest", "json", b"{}")
        self.succeed(shard, {**TRAINED.dump(), "inspection": INSPECTED, **value}, **files)

    def checkpoint(self, shard: Shard, format: str) -> bytes:
        """The bytes of a hardened model: another for every job."""
        return f"{format} {shard.job_id}".encode()

    def _report(self, shard: Shard, value: dict[str, Any]) -> None:
        report = json.dumps(REPORT | {"id": shard.job_id}).encode()
        n = shard.params["dataset"]["evaluated"]
        metrics = COMPARISON if shard.params["kind"] == "hardening" else None
        lines = [
            json.dumps({"index": i, "label": 0, "predicted": 0, "correct": True, "attacks": {}}) + "\n"
            for i in range(n)
        ]
        self.leave(
            shard,
            {"verdict": "pass", "metrics": metrics, "headline": HEADLINE.model_dump(), **value},
            report=self.file("report.json", "report", "json", report),
            html=self.file("report.html", "report", "html", b"<!doctype html><p>" + report),
            samples=self.file("samples.jsonl", "samples", "jsonl", "".join(lines).encode()),
        )


def until(check: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Wait until `check` gives something true, and return it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.02)
    raise AssertionError("it never became true")


def cancelled(settings: Settings, job_id: str) -> bool:
    """Whether the workers were told to stop a job."""
    with redis.Redis.from_url(settings.redis) as client:
        return bool(client.exists(f"tremor:cancel:{job_id}"))
