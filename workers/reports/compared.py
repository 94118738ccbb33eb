"""The comparison of a hardening: both sides, gains, classes, the close look, the rival, and the finding."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from openapi.audits import Verdict
from openapi.hardening_methods import RIVALS
from openapi.hardenings import HardeningRequest
from openapi.report import Check, ReportModel, RuleResult
from openapi.stages.comparison import Comparison, Rival, RivalScrutiny, ScrutinyReport, Side
from openapi.stages.harden import HardenValue, unwritten
from openapi.stages.places import Whose
from openapi.stages.report import ReportParams
from workers.reports.checks import result_checks
from workers.reports.hardening import class_changes, clean_drop, gains, hardening_rules
from workers.reports.held_out import held_out_check
from workers.reports.layer_changes import layer_changes
from workers.reports.merge import AttackTable
from workers.reports.outcomes import attack_report, clean_report, worst_cases
from workers.reports.scrutiny import Looked, finding, looked, masking_checks

#: The check that tells which formats are missing.
WRITTEN = "checkpoints"


def compared(
    request: HardeningRequest,
    params: ReportParams,
    inputs: Mapping[str, Path],
    sides: Mapping[Whose, list[AttackTable]],
    model: ReportModel,
) -> Comparison:
    """What the API answers as `metrics`, and the report shows. `sides`: tables of the request's own attacks."""
    before, after = sides[Whose.BEFORE], sides[Whose.AFTER]
    found = looked(params, request, inputs, sides)
    rows = gains(before, after)
    checks = _after_checks(found.own if found is not None else after, model.num_classes)
    if found is not None:
        checks += masking_checks(found)
    besides = [held_out_check(inputs, before[0].index), written_check(params.training)]
    what, reasons, signs = finding(rows, checks, found, [t.id for t in before])
    close = () if found is None else gains(found.before, found.after)
    masked = signs if found is not None or what == "masked" else None
    return Comparison(
        before=_side(before, model),
        after=_side(after, model),
        clean_drop=clean_drop(before, after),
        gains=tuple(rows),
        rules=hardening_rules(before, after, request.max_clean_drop, masked, close),
        checks=(*checks, *filter(None, besides)),
        finding=what,
        reasons=reasons,
        signs_of_masking=signs,
        classes=class_changes(before, after, model.labels),
        scrutiny=None if found is None else _scrutiny(found, params, request, inputs, model),
        rival=_rival(request, sides, found, model) if Whose.RIVAL in sides else None,
    )


def written_check(training: HardenValue | None) -> Check | None:
    """Which formats could not hold the hardened network; None where all did."""
    if training is None or not training.not_written:
        return None
    detail = "; ".join(unwritten(training.not_written))
    return Check(id=WRITTEN, title="Checkpoints in every format", status="skipped", detail=detail)


def status_of(rules: Sequence[RuleResult]) -> Verdict:
    """The verdict that rules come to: `fail` before `inconclusive` before `pass`."""
    states = [r.status for r in rules]
    return next((s for s in ("fail", "inconclusive") if s in states), "pass")


def _after_checks(tables: Sequence[AttackTable], num_classes: int) -> list[Check]:
    return [
        c.model_copy(update={"id": f"after.{c.id}", "title": f"After hardening: {c.title}"})
        for c in result_checks(tables, num_classes)
    ]


def _side(tables: Sequence[AttackTable], model: ReportModel) -> Side:
    attacks = tuple(attack_report(t, model.num_classes, model.labels) for t in tables)
    return Side(clean=clean_report(tables), attacks=attacks, worst_case=worst_cases(tables))


def _scrutiny(
    found: Looked, params: ReportParams, request: HardeningRequest, inputs: Mapping[str, Path], model: ReportModel
) -> ScrutinyReport:
    return ScrutinyReport(
        n=found.before[0].n,
        before=_side(found.before, model),
        after=_side(found.after, model),
        gains=tuple(gains(found.before, found.after)),
        operators=found.operators,
        neurons=layer_changes(params, request, inputs),
    )


def _rival(
    request: HardeningRequest,
    sides: Mapping[Whose, list[AttackTable]],
    found: Looked | None,
    model: ReportModel,
) -> Rival:
    tables = sides[Whose.RIVAL]
    return Rival(
        method=RIVALS.get(request.method, "pat"),
        side=_side(tables, model),
        gains=tuple(gains(sides[Whose.BEFORE], tables)),
        against=tuple(gains(tables, sides[Whose.AFTER])),
        scrutiny=None
        if found is None
        else RivalScrutiny(side=_side(found.rival, model), against=tuple(gains(found.rival, found.own))),
    )
