"""Everything together: the parameters and files of the report job → `openapi.report.Report`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from openapi.audits import AuditRequest, PolicyRule
from openapi.hardenings import HardeningRequest
from openapi.report import AttackReport, Check, Report, ReportDataset, ReportModel, ReportVerdict
from workers.reports.checks import result_checks
from workers.reports.definitions import definitions
from workers.reports.hardening import clean_drop, gains, hardening_verdict, metrics
from workers.reports.merge import AttackTable, merge_attacks
from workers.reports.neurons import missing_analyses, neuron_check, neuron_report
from workers.reports.outcomes import attack_report, class_reports, clean_report, worst_cases
from workers.reports.policy import early, judge
from workers.reports.survivors import passed_on


@dataclass(frozen=True)
class Built:
    """The report, the tables behind it, and for a hardening the comparison that the API answers as `metrics`."""

    report: Report
    tables: list[AttackTable]
    after: list[AttackTable]
    metrics: dict[str, Any] | None


def build_report(
    params: Mapping[str, Any], inputs: Mapping[str, Path], artifacts: Sequence[Mapping[str, Any]] = ()
) -> Built:
    """Merge the shards' results and judge them.

    params: see `workers.jobs.report`. inputs: name → file. artifacts: `ArtifactInfo` of files that this job itself
    adds. Raises `JobFailed` when a slice is missing.
    """
    slices = [(int(start), int(stop)) for start, stop in params["slices"]]
    values = params["values"]
    choice = params.get("choice")
    tables = merge_attacks(params["attacks"], slices, inputs, values, choice=choice)
    compare = params["kind"] == "hardening"
    few = bool(params["request"].get("survivors_only"))
    tables = passed_on(tables) if few else tables
    after = merge_attacks(params["attacks"], slices, inputs, values, "after.", choice) if compare else []
    model, dataset = _model(params), _dataset(params)
    attacks = [attack_report(t, model.num_classes, model.labels) for t in tables]
    clean, worst = clean_report(tables), worst_cases(tables)
    checks = list(result_checks(tables, model.num_classes, survivors_only=few))

    request: AuditRequest | HardeningRequest
    hardening: dict[str, Any] | None
    measured: dict[str, Any] | None
    neurons = None
    if compare:
        request = HardeningRequest.model_validate(params["request"])
        hardening, verdict, measured = _compared(request, params, tables, after, attacks, model.num_classes)
        checks += [Check.model_validate(c) for c in hardening["checks"]]
        checks.append(Check(id="neurons", title="Neuron sensitivity", status="skipped", detail=_ELSEWHERE))
    else:
        request = AuditRequest.model_validate(params["request"])
        hardened, measured, verdict = params.get("hardening"), None, ReportVerdict(status=None, rules=())
        hardening = hardened if hardened and not hardened.get("problem") else None
        if request.neurons is not None and any(name.startswith("sums.") for name in inputs):
            neurons = neuron_report(request.neurons, params["model"].get("layers") or (), inputs, values)
        checks += [neuron_check(request.neurons, neurons, _not_come_to(params)), *missing_analyses(neurons)]
        checks += [*_absent(request), _hardening_check(hardened)]
    recipe = request if isinstance(request, HardeningRequest) else request.harden
    options = request.neurons if isinstance(request, AuditRequest) else None
    report = Report(
        id=params["job_id"],
        created_at=datetime.fromisoformat(params["created_at"]),
        model=model,
        dataset=dataset,
        config=dict(params["request"]),
        definitions=definitions(tables, options, recipe, survivors_only=few),
        environment=dict(params.get("environment") or {}),
        clean=clean,
        attacks=tuple(attacks),
        worst_case=worst,
        classes=class_reports(tables, model.labels),
        stopped=params.get("stopped"),
        checks=tuple(checks),
        neurons=neurons,
        regions=None,
        explain=None,
        hardening=hardening,
        verdict=verdict,
        artifacts=(*(params.get("artifacts") or ()), *artifacts),
        timings=dict(params.get("timings") or {}),
    )
    if isinstance(request, AuditRequest):
        verdict = _judged(report, request.policy.rules)
        report = report.model_copy(update={"verdict": early(verdict, params) if params.get("stopped") else verdict})
    return Built(report, tables, after, measured)


def _not_come_to(params: Mapping[str, Any]) -> str | None:
    return "the audit ended before it" if params.get("stopped") else None


_ELSEWHERE = "not part of a hardening's report; audit the hardened model to see its neurons"


def _judged(report: Report, rules: Sequence[PolicyRule]) -> ReportVerdict:
    return judge(report.model_dump(mode="json"), rules)


def _compared(
    request: HardeningRequest,
    params: Mapping[str, Any],
    before: list[AttackTable],
    after: list[AttackTable],
    attacks: Sequence[AttackReport],
    num_classes: int,
) -> tuple[dict[str, Any], ReportVerdict, dict[str, Any]]:
    """The hardening block of the report, its verdict, and the `metrics` of the API's answer."""
    verdict = hardening_verdict(before, after, request.max_clean_drop)
    checks = [
        c.model_copy(update={"id": f"after.{c.id}", "title": f"After hardening: {c.title}"})
        for c in result_checks(after, num_classes)
    ]
    measured = {
        "before": metrics(clean_report(before), attacks, worst_cases(before)),
        "after": metrics(clean_report(after), [attack_report(t, num_classes) for t in after], worst_cases(after)),
        "clean_drop": clean_drop(before, after),
        "gains": gains(before, after),
        "rules": [r.model_dump(mode="json") for r in verdict.rules],
        "checks": [c.model_dump(mode="json") for c in checks],
    }
    training = params.get("training") or {}
    block = {
        "id": params["job_id"],
        "method": request.method,
        "verdict": verdict.status,
        **{name: training.get(name) for name in ("layers", "frozen", "log")},
        **measured,
    }
    return block, verdict, measured


def _model(params: Mapping[str, Any]) -> ReportModel:
    """The model's identity. Class names are the model's own, or else the data set's."""
    given = {k: v for k, v in params["model"].items() if k in ReportModel.model_fields}
    labels = given.get("labels") or params["dataset"].get("labels")
    return ReportModel.model_validate({**given, "labels": labels})


def _dataset(params: Mapping[str, Any]) -> ReportDataset:
    return ReportDataset.model_validate({k: v for k, v in params["dataset"].items() if k in ReportDataset.model_fields})


def _absent(request: AuditRequest) -> list[Check]:
    """A missing part is null with a reason."""
    found = []
    for name, title in (("regions", "Vulnerability by region"), ("explain", "Explanations")):
        asked = getattr(request, name) is not None
        detail = "not part of this version" if asked else f"not asked for: `{name}` was null"
        found.append(Check(id=name, title=title, status="skipped", detail=detail))
    return found


def _hardening_check(hardened: Mapping[str, Any] | None) -> Check:
    """Whether hardening was asked for, ended, and helped. A failed one costs the audit nothing of its own results."""
    if hardened is None:
        status, detail = "skipped", "not asked for: `harden` was null"
    elif hardened.get("problem"):
        found = hardened["problem"]
        status, detail = "fail", f"{hardened.get('id')} did not succeed: {found.get('detail') or found.get('title')}"
    elif hardened.get("verdict") == "pass":
        status, detail = "pass", "every bounded worst case rose, and clean accuracy fell by no more than allowed"
    else:
        detail = "a worst case did not rise beyond chance, or clean accuracy fell too far: see the block's `rules`"
        status = "fail" if hardened.get("verdict") == "fail" else "skipped"
    return Check(id="hardening", title="Hardening", status=status, detail=detail)
