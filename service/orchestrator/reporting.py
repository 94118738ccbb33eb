"""The report step: everything that the finished steps left, put together for the worker that merges it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from openapi.artifacts import ArtifactInfo
from openapi.audits import AuditRequest, Stopped, StopReason
from openapi.base import Json, JsonObject
from openapi.hardenings import HardeningRequest
from openapi.models import as_shown
from openapi.samples import chosen, described
from openapi.stages.attack import AttackFile, AttackValue
from openapi.stages.base import Given, Stage, as_it_came
from openapi.stages.comparison import AuditHardening, NotHardened
from openapi.stages.harden import HardenValue, Origin
from openapi.stages.neurons import NeuronsFile, NeuronsValue
from openapi.stages.places import Place
from openapi.stages.report import BaselineFile, ReportParams, StudiedDataset, StudiedModel, baseline
from openapi.text import counted
from openapi.wire.jobs import Blob, OutputFile, ShardResult, artifact_info
from service.orchestrator.analyses import left_out, whole_analyses
from service.orchestrator.evaluation import choice_of, evaluated, slices
from service.orchestrator.partial import Ran, attacked, broken_rules, undecided, what_ran
from service.orchestrator.plan import Done, Known, Step
from service.orchestrator.replaying import replay_of, replayed_verdicts
from service.orchestrator.subjects import DatasetSubject, ModelSubject, Part

#: The phase and the name of the step.
REPORT = "report"

Results = Mapping[Place, Done]


def _results(rows: Sequence[Done]) -> dict[Place, Done]:
    """The steps whose results the report merges, by their places."""
    places = ((Place.find(row.name), row) for row in rows)
    return {place: row for place, row in places if place is not None}


def _files(results: Results) -> dict[Place, Blob]:
    """The files that the report merges."""
    found: dict[Place, Blob] = {}
    for place, row in results.items():
        parts: type[AttackFile] | type[NeuronsFile] = NeuronsFile if place.attack is None else AttackFile
        found |= {place.file(part): row.result.files[part].blob for part in parts if part in row.result.files}
    return found


def _values(results: Results) -> dict[Place, AttackValue | NeuronsValue]:
    return {
        place: row.value(NeuronsValue) if place.attack is None else row.value(AttackValue)
        for place, row in results.items()
    }


def _analyses(known: Known[Any]) -> tuple[dict[str, Blob], dict[str, Json] | None]:
    """``STEP.FILE`` → blob, and the parameter `analyses`: of the works that were done on all of their samples."""
    works = whole_analyses(known)
    rows = [row for row in known.done.values() if row.name.partition(".")[0] in works]
    files = {f"{row.name}.{key}": file.blob for row in rows for key, file in row.result.files.items()}
    return files, {row.name: row.result.value for row in rows} or None


def _timings(rows: Sequence[Done]) -> dict[str, float]:
    """Seconds of work per kind of shard, of analyses by their name, summed over shards."""
    spent: dict[str, float] = {}
    for row in rows:
        work = row.phase if row.stage is Stage.ANALYSIS else row.stage.value
        spent[work] = round(spent.get(work, 0.0) + row.result.seconds, 3)
    return spent


def _environment(results: Sequence[ShardResult], seed: int) -> JsonObject:
    """What the shards ran on; where several workers differed, every device is named."""
    told = [r.environment for r in results if r.environment.model_fields_set]
    first = as_it_came(told[0]) if told else {}
    devices = sorted({environment.device for environment in told if environment.device})
    return {**first, **({"device": ", ".join(devices)} if devices else {}), "seed": seed}


def listed(job_id: str, file: OutputFile, now: datetime) -> ArtifactInfo:
    """A file that a shard left, as it will be listed."""
    return artifact_info(job_id, file, file.blob.sha256, file.blob.size, now)


def _moved(place: Place, ran: Ran) -> Place | None:
    """Where a result lies among what ran; None for what is left out."""
    if place.attack is None:
        return place
    if place.attack not in ran.attacks or place.slice not in ran.slices:
        return None
    return replace(place, attack=ran.attacks.index(place.attack), slice=ran.slices.index(place.slice))


def cut_short(
    reason: StopReason, params: ReportParams, request: AuditRequest, rows: Sequence[Done]
) -> tuple[Ran, ReportParams]:
    """Of an audit that ended early: what ran, and the parameters of the report of that alone."""
    specs, done, cuts, n = request.attacks or (), attacked(rows), params.slices, params.dataset.evaluated
    ran = what_ran(len(specs), len(cuts), done)
    size = sum(cuts[j][1] - cuts[j][0] for j in ran.slices)
    why = {
        "time_budget": f"the time budget of {request.time_budget or 0:g} s was used up",
        "stop_on": "a rule of the policy was broken, whatever the rest would have found",
    }[reason]
    what = f"{size} of {counted(n, 'sample')} were evaluated by {len(ran.attacks)} of {counted(len(specs), 'attack')}"
    missing = tuple(str(spec.id) for i, spec in enumerate(specs) if i not in ran.attacks)
    return ran, params.model_copy(
        update={
            "attacks": tuple(params.attacks[i] for i in ran.attacks),
            "slices": tuple(cuts[j] for j in ran.slices),
            "values": {new: v for place, v in params.values.items() if (new := _moved(place, ran)) is not None},
            "dataset": params.dataset.model_copy(update={"evaluated": size}),
            "stopped": Stopped(reason=reason, detail=f"{why}: {what}", samples=n, not_run=missing),
            "broken": tuple(broken_rules(request, cuts, done, params.model.labels or params.dataset.labels)),
            "undecided": tuple(undecided(request, ran, len(cuts))),
        }
    )


def _studied_model(model: ModelSubject) -> StudiedModel:
    about = model.inspection
    return StudiedModel(
        id=model.id,
        sha256=model.sha256,
        format=about.format,
        name=model.name,
        num_parameters=about.num_parameters,
        input=as_shown(about.input),
        num_classes=about.num_classes,
        labels=model.meta.labels,
        warnings=about.warnings,
        layers=about.layers,
    )


def _studied_dataset(dataset: DatasetSubject, request: AuditRequest | HardeningRequest) -> StudiedDataset:
    about, matched = dataset.inspection, dataset.matched
    mapping = matched.label_mapping if matched is not None else None
    return StudiedDataset(
        id=dataset.id,
        sha256=dataset.sha256,
        name=dataset.name,
        num_samples=about.num_samples,
        evaluated=evaluated(dataset, request),
        samples=described(choice_of(request)[0], request.seed),
        split=dataset.meta.split,
        label_mapping=None if mapping is None else mapping.dump(),
        channels=None if matched is None else matched.channels,
        resize=about.resize,
        warnings=(
            *about.warnings,
            *(() if matched is None else matched.notes),
            *_too_few(dataset, request),
        ),
        labels=None if matched is None else matched.labels,
    )


def _too_few(dataset: DatasetSubject, request: AuditRequest | HardeningRequest) -> Iterator[str]:
    asked, there = choice_of(request)[1], dataset.inspection.num_samples
    if asked is not None and asked > there:
        yield f"{asked} samples were asked for and the data set has {there}: all of them were evaluated"


def _given(
    known: Known[Any], request: AuditRequest | HardeningRequest, dataset: DatasetSubject, params: ReportParams
) -> dict[str, Blob]:
    """The inputs that are no results of this job: of the data set, and of earlier audits."""
    given: dict[str, Blob] = {}
    if params.choice is not None:
        given[Given.LABELS] = dataset.arrays()[Given.Y]
    keeps = request.keep_examples if isinstance(request, AuditRequest) else known.keeps_examples
    if keeps:
        given[Given.IMAGES] = dataset.arrays()[Given.X]
    if isinstance(request, HardeningRequest):
        given[Given.TRAINED] = known.datasets[Part.TRAIN].arrays()[Given.X]
        given[Given.EVALUATED] = known.datasets[Part.EVAL].arrays()[Given.X]
    for identity, left in known.baselines.items():
        given[baseline(identity, BaselineFile.REPORT)] = left.report
        if left.samples is not None:
            given[baseline(identity, BaselineFile.SAMPLES)] = left.samples
    return given


def _trained_on(known: Known[Any]) -> Origin:
    data = known.datasets[Part.TRAIN]
    return Origin(id=data.id, sha256=data.sha256, name=data.name)


def report_step(
    known: Known[Any],
    request: AuditRequest | HardeningRequest,
    model: ModelSubject,
    dataset: DatasetSubject,
    rows: Sequence[Done],
    *,
    hardening: AuditHardening | NotHardened | None = None,
    artifacts: Sequence[ArtifactInfo] = (),
    rival: Done | None = None,
) -> Step:
    """Plan the merge of all results of a job into its report; `rival`: the training that it is shown beside."""
    n, (choice, _) = evaluated(dataset, request), choice_of(request)
    results = _results(rows)
    of_analyses, analyses = _analyses(known)
    trained = next((row for row in rows if row.stage == Stage.HARDEN), None)
    params = ReportParams(
        kind=known.kind,
        job_id=known.job_id,
        created_at=known.created_at,
        model=_studied_model(model),
        dataset=_studied_dataset(dataset, request),
        request=request,
        attacks=request.attacks or (),
        slices=tuple(slices(n, request.execution, known.slice_size)),
        choice=chosen(choice, n, request.seed),
        values=_values(results),
        training=None if trained is None else trained.value(HardenValue),
        rival=None if rival is None else rival.value(HardenValue),
        trained_on=_trained_on(known) if isinstance(request, HardeningRequest) else None,
        environment=_environment([row.result for row in rows], request.seed),
        timings=_timings(rows),
        hardening=hardening,
        artifacts=tuple(artifacts),
        analyses=analyses,
        left_out=left_out(known.request, request, model, dataset) if isinstance(request, AuditRequest) else None,
        replay=replay_of(known) if isinstance(request, AuditRequest) else None,
    )
    files = _files(results)
    if known.stopped is not None and isinstance(request, AuditRequest):
        ran, params = cut_short(known.stopped, params, request, rows)
        broken = [i for i, verdict in enumerate(replayed_verdicts(known)) if verdict == "fail"]
        params = params.model_copy(update={"broken": tuple(sorted({*(params.broken or ()), *broken}))})
        files = {new: blob for place, blob in files.items() if (new := _moved(place, ran)) is not None}
    inputs = {str(place): blob for place, blob in files.items()}
    given = _given(known, request, dataset, params)
    return Step(REPORT, REPORT, Stage.REPORT, {**inputs, **given, **of_analyses}, params)
