"""The report step: everything that the finished steps left, put together for the worker that merges it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from openapi.audits import ArtifactInfo, AuditRequest
from openapi.base import AS_WRITTEN
from openapi.hardenings import HardeningRequest
from openapi.report import ReportDataset, ReportModel
from openapi.samples import choice_params, described
from openapi.stages.base import Stage
from openapi.wire.jobs import Blob, OutputFile, ShardResult, artifact_id
from service.orchestrator.analyses import whole_analyses
from service.orchestrator.evaluation import Slice, choice_of, evaluated, slices
from service.orchestrator.partial import Ran, broken_rules, undecided, what_ran
from service.orchestrator.plan import Done, Known, Step, Subject

#: The phase and the name of the step.
REPORT = "report"
#: Phases whose results the report merges.
_EVALUATED = ("attacks", "evaluation")
#: Files of steps that the report merges: key in the result → first part of the input's name.
_MERGED = {"samples": "samples", "sums": "sums", "examples": "examples", "pairs": "pairs", "worst": "worst"}


def _inputs(rows: Sequence[Done]) -> dict[str, Blob]:
    """``samples.<attack>.<slice>``, ``sums.<slice>``, likewise ``examples``, ``pairs``, ``worst``; ``after.…`` too."""
    found: dict[str, Blob] = {}
    for row in rows:
        prefix = "after." if row.name.startswith("after.") else ""
        _, _, place = row.name.removeprefix(prefix).partition(".")
        for key, file in row.result.files.items():
            if key in _MERGED:
                found[f"{prefix}{_MERGED[key]}.{place}"] = file.blob
    return found


def _analyses(known: Known) -> tuple[dict[str, Blob], dict[str, Any]]:
    """``STEP.FILE`` → blob, and the parameter `analyses`: of the works that were done on all of their samples."""
    works = whole_analyses(known)
    rows = [row for row in known.done.values() if row.name.partition(".")[0] in works]
    files = {f"{row.name}.{key}": file.blob for row in rows for key, file in row.result.files.items()}
    return files, {"analyses": {row.name: row.result.value for row in rows}} if rows else {}


def _timings(rows: Sequence[Done]) -> dict[str, float]:
    """Seconds of work per kind of shard, of analyses by their name, summed over shards."""
    spent: dict[str, float] = {}
    for row in rows:
        work = row.phase if row.stage is Stage.ANALYSIS else row.stage.value
        spent[work] = round(spent.get(work, 0.0) + row.result.seconds, 3)
    return spent


def _environment(results: Sequence[ShardResult], seed: int) -> dict[str, Any]:
    """What the shards ran on; where several workers differed, every device is named."""
    first: Mapping[str, Any] = next((r.environment for r in results if r.environment), {})
    devices = sorted({str(r.environment["device"]) for r in results if r.environment.get("device")})
    return {**first, **({"device": ", ".join(devices)} if devices else {}), "seed": seed}


def artifact_info(job_id: str, file: OutputFile, now: datetime) -> dict[str, Any]:
    """An `ArtifactInfo` of a file that a shard left, as JSON."""
    identity = artifact_id(job_id, file.name)
    info = ArtifactInfo(
        id=identity,
        kind=file.kind,
        format=file.format,
        name=file.name,
        size=file.blob.size,
        sha256=file.blob.sha256,
        href=f"/v1/artifacts/{identity}",
        created_at=now,
    )
    return info.model_dump(mode="json", by_alias=True)


def done_of(rows: Sequence[Done]) -> dict[tuple[int, int], dict[str, Any]]:
    """(attack, slice) → the value of its shard."""
    places = {row.name.removeprefix("samples."): row for row in rows if row.name.startswith("samples.")}
    return {(int(i), int(j)): row.result.value for (i, _, j), row in ((k.partition("."), r) for k, r in places.items())}


def _renamed(name: str, ran: Ran) -> str | None:
    """What an input or a value is called among what ran; None for what is left out."""
    kind, *place = name.split(".")
    if kind in ("sums", "pairs"):
        return name
    i, j = int(place[0]), int(place[1])
    if i not in ran.attacks or j not in ran.slices:
        return None
    return f"{kind}.{ran.attacks.index(i)}.{ran.slices.index(j)}"


def cut_short(
    reason: str, request: AuditRequest, n: int, cuts: Sequence[Slice], rows: Sequence[Done], params: dict[str, Any]
) -> tuple[dict[str, str], dict[str, Any]]:
    """Of an audit that ended early: how its inputs are called in the report, and its changed parameters."""
    specs, done = request.attacks or (), done_of(rows)
    ran = what_ran(len(specs), len(cuts), done)
    size = sum(cuts[j][1] - cuts[j][0] for j in ran.slices)
    missing = [str(spec.id) for i, spec in enumerate(specs) if i not in ran.attacks]
    why = {
        "time_budget": f"the time budget of {request.time_budget or 0:g} s was used up",
        "stop_on": "a rule of the policy was broken, whatever the rest would have found",
    }[reason]
    what = f"{size} of {n} samples were evaluated by {len(ran.attacks)} of {len(specs)} attacks"
    stopped = {"reason": reason, "detail": f"{why}: {what}", "samples": n, "not_run": missing}
    every = [*_inputs(rows), *(row.name for row in rows)]
    names = {name: new for name in every if (new := _renamed(name, ran)) is not None}
    return names, {
        "attacks": [params["attacks"][i] for i in ran.attacks],
        "slices": [list(cuts[j]) for j in ran.slices],
        "values": {names[name]: value for name, value in params["values"].items() if name in names},
        "dataset": {**params["dataset"], "evaluated": size},
        "stopped": stopped,
        "broken": broken_rules(request, cuts, done),
        "undecided": undecided(request, ran, len(cuts)),
    }


def report_step(
    known: Known,
    request: AuditRequest | HardeningRequest,
    model: Subject,
    dataset: Subject,
    rows: Sequence[Done],
    *,
    hardening: dict[str, Any] | None = None,
    artifacts: Sequence[dict[str, Any]] = (),
) -> Step:
    """Plan the merge of all results of a job into its report."""
    n, (choice, _) = evaluated(dataset, request), choice_of(request)
    cuts: list[Slice] = slices(n, request.execution, known.slice_size)
    about_model = ReportModel(
        id=model.id,
        sha256=model.sha256,
        format=model.inspection["format"],
        name=model.name,
        num_parameters=model.inspection["num_parameters"],
        input=model.inspection["input"],
        num_classes=model.inspection["num_classes"],
        warnings=model.inspection.get("warnings") or (),
    )
    about_data = ReportDataset(
        id=dataset.id,
        sha256=dataset.sha256,
        name=dataset.name,
        num_samples=dataset.inspection["num_samples"],
        evaluated=n,
        samples=described(choice, request.seed),
        split=dataset.meta.get("split"),
        label_mapping=dataset.matched.get("label_mapping"),
        channels=dataset.matched.get("channels"),
        resize=dataset.inspection.get("resize"),
        warnings=(*(dataset.inspection.get("warnings") or ()), *(dataset.matched.get("notes") or ())),
    )
    results = [row.result for row in rows]
    told = choice_params(choice, n, request.seed)
    labels = {"labels": dataset.arrays()["y"]} if told else {}
    if isinstance(request, AuditRequest) and request.keep_examples:
        labels["images"] = dataset.arrays()["x"]
    merged = [row for row in rows if row.phase in _EVALUATED]
    inputs = _inputs(merged)
    params: dict[str, Any] = {
        "kind": known.kind,
        "job_id": known.job_id,
        "created_at": known.created_at.isoformat(),
        "model": {
            **about_model.model_dump(mode="json", by_alias=True),
            "labels": model.meta.get("labels"),
            "layers": model.inspection["layers"],
        },
        "dataset": {
            **about_data.model_dump(mode="json", by_alias=True),
            "labels": dataset.matched.get("labels"),
        },
        "request": request.model_dump(mode="json", by_alias=True, context=AS_WRITTEN),
        "attacks": [spec.model_dump(mode="json", by_alias=True, context=AS_WRITTEN) for spec in request.attacks or ()],
        "slices": [list(cut) for cut in cuts],
        **told,
        "values": {row.name: row.result.value for row in merged},
        "training": next((row.result.value for row in rows if row.stage == Stage.HARDEN), None),
        "environment": _environment(results, request.seed),
        "timings": _timings(rows),
        "hardening": hardening,
        "artifacts": list(artifacts),
    }
    reason = known.stopped
    if reason is not None and isinstance(request, AuditRequest):
        names, changed = cut_short(reason, request, n, cuts, merged, params)
        inputs = {names[name]: blob for name, blob in inputs.items() if name in names}
        params |= changed
    files, analyses = _analyses(known)
    return Step(REPORT, REPORT, Stage.REPORT, {**inputs, **labels, **files}, {**params, **analyses})
