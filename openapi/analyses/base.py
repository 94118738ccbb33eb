"""What an analysis of neurons is to the contract: its options, its section of the report, and the work it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from openapi.base import Frozen
from openapi.stages.analysis import Work

O = TypeVar("O", bound=Frozen)  # noqa: E741  the options
S = TypeVar("S", bound=Frozen)  #: the section


@dataclass(frozen=True)
class Analysis(Generic[O, S]):
    """One entry of `openapi.analyses.ANALYSES`.

    `name`: the field under `neurons` that asks for it and that reports it. `title`: of its check and its section.
    `works`: what shards do for it. `artifacts`: kinds of the files that it leaves. `definitions`: of its words, for the report. `own`: it is no part of `neurons`, but a
    field of the request and of the report themselves. How it is planned, computed, merged and
    shown stands in a module of this name in `service.orchestrator.analyses`, `workers.analyses` (one a work) and
    `workers.reports.analyses`.
    """

    name: str
    title: str
    options: type[O]
    section: type[S]
    works: tuple[Work, ...] = ()
    definitions: Mapping[str, str] = field(default_factory=dict)
    own: bool = False
    artifacts: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Where it stands in a request and in a report."""
        return self.name if self.own else f"neurons.{self.name}"

    def asked(self, neurons: Any) -> O | None:
        """Its options in a request's `neurons`; None when it is not asked for."""
        return getattr(neurons, self.name, None)

    def found(self, neurons: Any) -> S | None:
        """Its section in a report's `neurons`; None when it is missing there."""
        return getattr(neurons, self.name, None)
