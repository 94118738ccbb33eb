"""The analyses of neurons: a module each, and its one entry here.

`ANALYSES` is what the request's and the report's block `neurons` are made of, in this order. Each is planned by
`service.orchestrator.analyses`, computed by `workers.analyses` and written by `workers.reports.analyses`.
"""

from typing import Any

from openapi.analyses.base import Analysis
from openapi.analyses.explain import EXPLAIN
from openapi.analyses.importance import IMPORTANCE
from openapi.analyses.parts import Block, Parts
from openapi.analyses.receptive_fields import RECEPTIVE_FIELDS
from openapi.analyses.regions import REGIONS
from openapi.analyses.sensitivity import SensitivityOptions, SensitivitySection
from openapi.analyses.similarity import SIMILARITY
from openapi.analyses.suppression import SUPPRESSION
from openapi.analyses.sweep import SWEEP
from openapi.analyses.vulnerability import VULNERABILITY
from openapi.stages.analysis import Work

#: σ: see `openapi.analyses.sensitivity` for why it has no field.
SENSITIVITY = Analysis("sensitivity", "Neuron sensitivity was measured", SensitivityOptions, SensitivitySection)

#: Name → analysis, in the order of the report.
ANALYSES: dict[str, Analysis[Any, Any]] = {
    analysis.name: analysis
    for analysis in (SENSITIVITY, SWEEP, IMPORTANCE, SIMILARITY, SUPPRESSION, RECEPTIVE_FIELDS, VULNERABILITY)
}

#: Those that are no part of `neurons`: fields of the request and of the report themselves.
OWN: dict[str, Analysis[Any, Any]] = {analysis.name: analysis for analysis in (EXPLAIN, REGIONS)}


def further() -> list[Analysis[Any, Any]]:
    """The analyses with a field of their own: all but σ."""
    return [analysis for analysis in ANALYSES.values() if analysis is not SENSITIVITY]


def options() -> Parts:
    """The parts of a request's block `neurons`."""
    return tuple((a.name, a.options, f"{a.title}; null leaves it out") for a in further())


def sections() -> Parts:
    """The parts of a report's block `neurons`."""
    return tuple((a.name, a.section, a.title) for a in further())


def artifacts() -> frozenset[str]:
    """Kinds of the files that analyses leave."""
    return frozenset(kind for analysis in (*ANALYSES.values(), *OWN.values()) for kind in analysis.artifacts)


def work(name: str) -> Work:
    """A work by its name. Raises `ValueError` when no analysis has it."""
    found = {w.name: w for analysis in (*ANALYSES.values(), *OWN.values()) for w in analysis.works}
    if name not in found:
        raise ValueError(f"{name!r} is the work of no analysis; there are {', '.join(found)}")
    return found[name]


class NeuronOptions(SensitivityOptions, Block):
    """Sensitivity of every neuron (σ), and further analyses, each null unless it is asked for."""

    parts = staticmethod(options)
