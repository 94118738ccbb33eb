"""Everything together: the parameters and files of the report job → `openapi.report.Report`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from openapi.artifacts import ArtifactInfo
from openapi.audits import AuditRequest
from openapi.hardenings import HardeningRequest
from openapi.report import Check, NeuronReport, Report, ReportDataset, ReportModel, ReportVerdict
from openapi.stages.comparison import AuditHardening, Comparison, NotHardened, OwnHardening
from openapi.stages.neurons import NeuronsFile
from openapi.stages.places import Whose
from openapi.stages.report import ReportParams
from workers.reports.analyses import found_of, own_analyses, with_analyses
from workers.reports.analyses.sensitivity import neuron_check, neuron_report
from workers.reports.baselines import read_baselines
from workers.reports.checks import result_checks
from workers.reports.compared import WRITTEN, compared, status_of
from workers.reports.definitions import definitions, own_definitions
from workers.reports.held_out import HELD_OUT
from workers.reports.kept_arrays import slices_of
from workers.reports.merge import AttackTable, merge_attacks
from workers.reports.outcomes import attack_report, class_reports, clean_report, worst_cases
from workers.reports.policy import early
from workers.reports.regions import judged, region_checks
from workers.reports.survivors import passed_on


@dataclass(frozen=True)
class Built:
    """The report, the tables behind it, and for a hardening the comparison that the API answers as `metrics`."""

    report: Report
    tables: list[AttackTable]
    after: list[AttackTable]
    metrics: Comparison | None


def build_report(params: ReportParams, inputs: Mapping[str, Path], artifacts: Sequence[ArtifactInfo] = ()) -> Built:
    """Merge the shards' results and judge them.

    inputs: name → file. artifacts: files that this job itself adds. Raises `JobFailed` when a slice is missing.
    """
    merge = partial(merge_attacks, params.attacks, params.slices, inputs, params.values, choice=params.choice)
    tables, request, model = merge(), params.request, _model(params)
    few = isinstance(request, AuditRequest) and request.survivors_only
    tables = passed_on(tables) if few else tables
    if isinstance(request, HardeningRequest):
        sides = {Whose.BEFORE: tables, Whose.AFTER: merge(whose=Whose.AFTER)}
        sides |= {Whose.RIVAL: merge(whose=Whose.RIVAL)} if params.rival is not None else {}
        found = _of_hardening(request, params, compared(request, params, inputs, sides, model))
    else:
        sides, found = {}, _of_audit(request, params, inputs)
    shape = model.input.shape
    checks = [
        *result_checks(tables, model.num_classes, survivors_only=few, shape=shape),
        *region_checks(tables),
        *found.checks,
    ]
    report = Report(
        id=params.job_id,
        created_at=params.created_at,
        model=_warned(model, checks),
        dataset=_dataset(params, checks),
        config=request.model_dump(mode="json", by_alias=True),
        definitions=definitions(tables, *_asked(request), survivors_only=few)
        | own_definitions(request if isinstance(request, AuditRequest) else None),
        environment=params.environment,
        clean=clean_report(tables),
        attacks=tuple(attack_report(t, model.num_classes, model.labels) for t in tables),
        worst_case=worst_cases(tables),
        classes=class_reports(tables, model.labels),
        replay=params.replay,
        stopped=params.stopped,
        checks=tuple(checks),
        neurons=found.neurons,
        regions=found.own.get("regions"),
        explain=found.own.get("explain"),
        hardening=None if found.hardening is None else found.hardening.dump(),
        verdict=found.verdict,
        artifacts=(*params.artifacts, *artifacts),
        timings=params.timings,
    )
    if isinstance(request, AuditRequest):
        report = _with_verdict(report, request, params, tables, inputs)
    return Built(report, tables, sides.get(Whose.AFTER, []), found.measured)


def _with_verdict(
    report: Report,
    request: AuditRequest,
    params: ReportParams,
    tables: Sequence[AttackTable],
    inputs: Mapping[str, Path],
) -> Report:
    """The report of an audit, judged by its policy."""
    rules = request.policy.rules
    baselines = read_baselines(inputs, [rule.relative_to for rule in rules if rule.relative_to is not None])
    verdict = judged(report.model_dump(mode="json"), rules, tables, baselines)
    return report.model_copy(update={"verdict": early(verdict, params) if params.stopped else verdict})


@dataclass(frozen=True)
class _Found:
    """What a report holds besides attacks. own: analyses that are fields of the report themselves, by name."""

    checks: Sequence[Check]
    verdict: ReportVerdict
    hardening: OwnHardening | AuditHardening | None
    measured: Comparison | None = None
    neurons: NeuronReport | None = None
    own: Mapping[str, Any] = field(default_factory=dict)


def _of_hardening(request: HardeningRequest, params: ReportParams, measured: Comparison) -> _Found:
    block, verdict = _own(request, params, measured)
    elsewhere = Check(id="neurons", title="Neuron sensitivity", status="skipped", detail=_ELSEWHERE)
    return _Found([*measured.checks, elsewhere], verdict, block, measured)


def _of_audit(request: AuditRequest, params: ReportParams, inputs: Mapping[str, Path]) -> _Found:
    """Without a verdict: the policy is judged on the whole report."""
    neurons, hardened = None, params.hardening
    if request.neurons is not None and slices_of(inputs, NeuronsFile.SUMS):
        neurons = neuron_report(request.neurons, params.model.layers, inputs, params.of_neurons())
    found = found_of(params, inputs, neurons)
    assert found is not None  # this is an audit
    neurons, of_analyses = with_analyses(neurons, found)
    own, of_own = own_analyses(found)
    checks = [neuron_check(request.neurons, neurons, _not_come_to(params)), *of_analyses]
    return _Found(
        [*checks, *of_own, _hardening_check(hardened), *_of_training(hardened)],
        ReportVerdict(status=None, rules=()),
        hardened if isinstance(hardened, AuditHardening) else None,
        neurons=neurons,
        own=own,
    )


def _asked(request: AuditRequest | HardeningRequest) -> tuple[Any, Any]:
    """The options of neurons and the recipe of a hardening, which definitions are written for."""
    if isinstance(request, HardeningRequest):
        return None, request
    return request.neurons, request.harden


def _not_come_to(params: ReportParams) -> str | None:
    return "the audit ended before it" if params.stopped else None


_ELSEWHERE = "not part of a hardening's report; audit the hardened model to see its neurons"


def _own(request: HardeningRequest, params: ReportParams, measured: Comparison) -> tuple[OwnHardening, ReportVerdict]:
    """The hardening block of the report, and its verdict."""
    training, status = params.training, status_of(measured.rules)
    block = OwnHardening(
        id=params.job_id,
        method=request.method,
        verdict=status,
        layers=training and training.layers,
        frozen=training and training.frozen,
        log=training and training.log,
        frontier=training and training.frontier,
        decided=training and training.decided,
        **dict(measured),
    )
    return block, ReportVerdict(status=status, rules=measured.rules)


def _model(params: ReportParams) -> ReportModel:
    """The model's identity. Class names are the model's own, or else the data set's."""
    given = params.model.model_dump(exclude={"layers"})
    return ReportModel.model_validate({**given, "labels": params.model.labels or params.dataset.labels})


def _warned(model: ReportModel, checks: Sequence[Check]) -> ReportModel:
    """The model, with the formats that its hardening could not write among its warnings."""
    missing = tuple(check.detail for check in checks if check.id == WRITTEN)
    return model.model_copy(update={"warnings": (*model.warnings, *missing)})


def _dataset(params: ReportParams, checks: Sequence[Check]) -> ReportDataset:
    """The data set's identity; what of it a hardening trained on is among its warnings."""
    found = ReportDataset.model_validate(params.dataset.model_dump(exclude={"labels"}))
    seen = tuple(check.detail for check in checks if check.id == HELD_OUT and check.numbers["shared"])
    return found.model_copy(update={"warnings": (*found.warnings, *seen)})


def _of_training(hardened: AuditHardening | NotHardened | None) -> list[Check]:
    """Of an audit's hardening: whether it trained on what is measured, and in which formats it is missing."""
    return [c for c in hardened.checks if c.id in (HELD_OUT, WRITTEN)] if isinstance(hardened, AuditHardening) else []


def _hardening_check(hardened: AuditHardening | NotHardened | None) -> Check:
    """Whether hardening was asked for, ended, and helped. A failed one costs the audit nothing of its own results."""
    if hardened is None:
        status, detail = "skipped", "not asked for: `harden` was null"
    elif isinstance(hardened, NotHardened):
        found = hardened.problem
        status, detail = "fail", f"{hardened.id} did not succeed: {found.detail or found.title}"
    elif hardened.verdict == "pass":
        status, detail = "pass", "every bounded worst case rose, and clean accuracy fell by no more than allowed"
    else:
        detail = "a worst case did not rise beyond chance, or clean accuracy fell too far: see the block's `rules`"
        status = "fail" if hardened.verdict == "fail" else "skipped"
    return Check(id="hardening", title="Hardening", status=status, detail=detail)
