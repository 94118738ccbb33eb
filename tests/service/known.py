"""A job as the functions of its kind see it, without a database."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from openapi.base import Frozen
from openapi.stages.base import Stage, Wire
from openapi.status import JobKind
from openapi.wire.jobs import Blob, OutputFile, ShardResult
from service.orchestrator.plan import Child, Done, Extension, Known, Step
from service.orchestrator.subjects import DatasetSubject, ModelSubject, Part
from tests.service.worker import ATTACKED, DATASET, MEASURED, MODEL, TRAINED

NOW = datetime(2026, 1, 1, tzinfo=UTC)
#: What a step of a stage finds.
VALUES: dict[Stage, Wire] = {Stage.ATTACK: ATTACKED, Stage.NEURONS: MEASURED, Stage.HARDEN: TRAINED}
FILES: dict[Stage, Sequence[str]] = {
    Stage.TRANSFER: ("samples",),
    Stage.ATTACK: ("samples", "worst"),
    Stage.NEURONS: ("sums",),
    Stage.HARDEN: ("onnx", "manifest"),
    Stage.PREPARE: ("x", "y"),
    Stage.REPORT: ("report", "html"),
    Stage.INSPECT_MODEL: (),
}


def blob(text: str) -> Blob:
    return Blob(sha256=text.encode().hex().ljust(64, "0")[:64], size=1)


def model(sha: str = "a", **inspected: Any) -> ModelSubject:
    return ModelSubject(f"mdl_{sha}", "net", sha * 64, 1, MODEL.model_copy(update=inspected))


def dataset(sha: str = "c", **inspected: Any) -> DatasetSubject:
    files = {name: OutputFile(name=name, kind="array", format="npy", blob=blob(f"{name} of {sha}")) for name in "xy"}
    return DatasetSubject(f"dst_{sha}", "data", sha * 64, 1, DATASET.model_copy(update=inspected), files=files)


def done(step: Step, value: Wire | None = None) -> Done:
    """A step that has succeeded."""
    files = {
        name: OutputFile(name=name, kind=name, format="npz", blob=blob(f"{step.name} {name}"))
        for name in FILES[step.stage]
    }
    found = value or VALUES[step.stage]
    return Done(step.phase, step.name, step.stage, ShardResult(value=found.dump(), files=files, seconds=2.0))


def known(
    kind: str,
    request: Frozen,
    data: Mapping[Part, DatasetSubject],
    steps: Sequence[Done] = (),
    *,
    classifier: ModelSubject | None = None,
    waiting: Sequence[str] = (),
    child: Child | None = None,
    **more: Any,
) -> Known[Any]:
    """A job with these steps done, and others that wait."""
    return Known(
        job_id="job_1",
        kind=JobKind(kind),
        created_at=NOW,
        now=NOW,
        request=request,
        classifier=classifier or model(),
        datasets=data,
        planned=frozenset([*(step.name for step in steps), *waiting]),
        done={step.name: step for step in steps},
        slice_size=4,
        child=child,
        **more,
    )


def names(extension: Extension) -> list[str]:
    return [step.name for step in extension.steps]
