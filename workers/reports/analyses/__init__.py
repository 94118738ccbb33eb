"""The report's part of each analysis: a module of its name, with

``merge(options, found) -> Merged``, ``view(section, report) -> dict`` for the template
``templates/analyses/NAME.html``, and where it leaves files of its own ``keep(options, found, output)``.
"""

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openapi.analyses import further
from openapi.audits import AuditRequest
from openapi.base import Frozen
from openapi.report import Check, NeuronReport, Report
from openapi.stages.report import ReportParams
from workers.reports.analyses.base import Found, Merged, Output, results_of


def _module(name: str) -> Any:
    return importlib.import_module(f"workers.reports.analyses.{name}")


def found_of(params: ReportParams, inputs: Mapping[str, Path], neurons: NeuronReport | None = None) -> Found | None:
    """What the analyses of an audit are made from; None where none was asked for."""
    request = params.request
    if not isinstance(request, AuditRequest) or request.neurons is None:
        return None
    return Found(params, request, request.neurons, neurons, results_of(params, inputs))


def with_analyses(neurons: NeuronReport | None, found: Found | None) -> tuple[NeuronReport | None, list[Check]]:
    """σ with the sections of the further analyses, and a check of each that says why it is missing, if it is."""
    if neurons is None or found is None:
        return neurons, []
    sections: dict[str, Frozen | None] = {}
    checks: list[Check] = []
    for analysis in further():
        options = analysis.asked(found.options)
        if options is None:
            why = (found.params.left_out or {}).get(analysis.name)
            merged = Merged(None, f"left out: {why}" if why else f"not asked for: `{analysis.path}` was null")
        elif not any(found.of(work.name) for work in analysis.works) and analysis.works:
            merged = Merged(None, _UNDONE if found.params.stopped else _IMPOSSIBLE)
        else:
            merged = _module(analysis.name).merge(options, found)
        sections[analysis.name] = merged.section
        checks += [_check(analysis.path, analysis.title, merged), *merged.checks]
    return neurons.with_parts(**sections), checks


_UNDONE = "the audit ended before it"
_IMPOSSIBLE = "it left no result"


def _check(path: str, title: str, merged: Merged) -> Check:
    status = "skipped" if merged.section is None else "pass"
    return Check(id=path, title=title, status=status, detail=merged.detail, numbers=dict(merged.numbers or {}))


def keep_files(found: Found | None, output: Output) -> None:
    """Write the files that analyses leave of themselves."""
    for analysis in further() if found is not None else ():
        options = analysis.asked(found and found.options)
        if options is not None and (keep := getattr(_module(analysis.name), "keep", None)) is not None:
            keep(options, found, output)


def views(report: Report) -> list[dict[str, Any]]:
    """For the page: of every analysis that is there its template, section and view."""
    shown = []
    for analysis in further():
        section = analysis.found(report.neurons)
        if section is not None:
            shown.append(
                {
                    "name": analysis.name,
                    "title": analysis.title,
                    "template": f"analyses/{analysis.name}.html",
                    "section": section.model_dump(mode="json"),
                    "view": _module(analysis.name).view(section, report),
                }
            )
    return shown
