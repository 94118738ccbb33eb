"""The report's part of each analysis: a module of its name, with

``merge(options, found) -> Merged``, ``view(section, report) -> View`` for the template
``templates/analyses/NAME.html``, where it leaves files of its own ``keep(options, found, output)``, where the page
shows some of them ``pictures(section, files) -> View``, which joins the view, and where its options decide what it is
called ``title(section) -> str``.
"""

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openapi.analyses import OWN, NeuronOptions, further
from openapi.analyses.base import Analysis
from openapi.audits import AuditRequest
from openapi.base import Frozen
from openapi.report import Check, NeuronReport, Report
from openapi.stages.report import ReportParams
from workers.reports.analyses.base import Found, Merged, Output, Shown, results_of


def _module(name: str) -> Any:
    return importlib.import_module(f"workers.reports.analyses.{name}")


def found_of(params: ReportParams, inputs: Mapping[str, Path], neurons: NeuronReport | None = None) -> Found | None:
    """What the analyses of an audit are made from; None where there is no audit."""
    request = params.request
    if not isinstance(request, AuditRequest):
        return None
    return Found(params, request, request.neurons or NeuronOptions(), neurons, results_of(params, inputs))


def with_analyses(neurons: NeuronReport | None, found: Found | None) -> tuple[NeuronReport | None, list[Check]]:
    """σ with the sections of the further analyses, and a check of each that says why it is missing, if it is."""
    if neurons is None or found is None:
        return neurons, []
    sections, checks = _merged([(analysis, analysis.asked(found.options)) for analysis in further()], found)
    return neurons.with_parts(**sections), checks


def own_analyses(found: Found) -> tuple[dict[str, Frozen | None], list[Check]]:
    """The sections of the analyses with a field of their own, None where they are missing, and a check of each."""
    return _merged([(analysis, getattr(found.request, name)) for name, analysis in OWN.items()], found)


def _merged(
    asked: Sequence[tuple[Analysis[Any, Any], Frozen | None]], found: Found
) -> tuple[dict[str, Frozen | None], list[Check]]:
    sections: dict[str, Frozen | None] = {}
    checks: list[Check] = []
    for analysis, options in asked:
        if options is None:
            why = (found.params.left_out or {}).get(analysis.name)
            merged = Merged(None, f"left out: {why}" if why else f"not asked for: `{analysis.path}` was null")
        elif not any(found.of(work.name) for work in analysis.works) and analysis.works:
            merged = Merged(None, _UNDONE if found.params.stopped else _IMPOSSIBLE)
        else:
            merged = _module(analysis.name).merge(options, found)
        sections[analysis.name] = merged.section
        checks += [_check(analysis.path, _title(analysis, merged.section), merged), *merged.checks]
    return sections, checks


_UNDONE = "the audit ended before it"
_IMPOSSIBLE = "it left no result"


def _title(analysis: Analysis[Any, Any], section: Frozen | None) -> str:
    """Of its check and its section."""
    named = getattr(_module(analysis.name), "title", None) if section is not None else None
    return analysis.title if named is None else str(named(section))


def _check(path: str, title: str, merged: Merged) -> Check:
    status = "skipped" if merged.section is None else "pass"
    return Check(id=path, title=title, status=status, detail=merged.detail, numbers=dict(merged.numbers or {}))


def keep_files(found: Found | None, output: Output) -> None:
    """Write the files that analyses leave of themselves."""
    if found is None:
        return
    request = found.request
    asked = [(a, a.asked(request.neurons)) for a in further()]
    asked += [(a, getattr(request, name)) for name, a in OWN.items()]
    for analysis, options in asked:
        if options is not None and (keep := getattr(_module(analysis.name), "keep", None)) is not None:
            keep(options, found, output)


def views(report: Report, files: Mapping[str, Path]) -> list[Shown]:
    """For the page: every analysis of neurons that is there.

    files: what `keep_files` wrote, by key.
    """
    return [_view(a, section, report, files) for a in further() if (section := a.found(report.neurons)) is not None]


def own_views(report: Report, files: Mapping[str, Path]) -> list[Shown]:
    """The same of the analyses with a field of their own."""
    found = ((analysis, getattr(report, name)) for name, analysis in OWN.items())
    return [_view(analysis, section, report, files) for analysis, section in found if section is not None]


def _view(analysis: Analysis[Any, Any], section: Frozen, report: Report, files: Mapping[str, Path]) -> Shown:
    module = _module(analysis.name)
    shown = module.pictures(section, files) if hasattr(module, "pictures") else {}
    return Shown(
        analysis.name,
        _title(analysis, section),
        f"analyses/{analysis.name}.html",
        section.model_dump(mode="json"),
        {**module.view(section, report), **shown},
    )
