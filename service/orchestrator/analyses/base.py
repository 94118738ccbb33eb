"""What the steps of a neuron analysis are made from: slices, targets, and files of earlier steps."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from openapi.analyses import NeuronOptions
from openapi.analyses.base import Analysis
from openapi.audits import AuditRequest
from openapi.base import Frozen
from openapi.samples import chosen
from openapi.stages.analysis import Work, WorkParams
from openapi.stages.base import Given, Stage
from openapi.stages.model_contract import ModelContract
from openapi.stages.neurons import NeuronsFile
from openapi.stages.places import Place
from openapi.wire.jobs import Blob
from service.orchestrator.evaluation import OfSlice, Slice
from service.orchestrator.plan import OutputOf, Step, ValueOf
from service.orchestrator.subjects import DatasetSubject, ModelSubject

O = TypeVar("O", bound=Frozen)  # noqa: E741  the options


class OfRun(OfSlice):
    """The fields of a stage's parameters that say which model is run on which samples."""

    model: ModelContract


class OfWork(OfRun):
    """The fields of `openapi.stages.analysis.SliceParams`."""

    work: str
    version: int


@dataclass(frozen=True)
class Planning:
    """The audit that an analysis is a part of.

    `cuts`: the slices of the evaluated samples. `concepts`: another data set with masks, and slices of it.
    """

    request: AuditRequest
    model: ModelSubject
    dataset: DatasetSubject
    cuts: Sequence[Slice]
    concepts: tuple[DatasetSubject, Sequence[Slice]] | None = None

    @property
    def neurons(self) -> NeuronOptions:
        """The options of σ, and of the other analyses."""
        return self.request.neurons or NeuronOptions()

    def slices(self, max_samples: int | None) -> list[tuple[int, int, int]]:
        """(number, start, stop) of the slices of the first so many of the evaluated samples."""
        end = min(self.cuts[-1][1], max_samples or self.cuts[-1][1])
        return [(j, start, min(stop, end)) for j, (start, stop) in enumerate(self.cuts) if start < end]

    def sliced(self, work: Work, start: int, stop: int) -> OfWork:
        """What the shard of a work on ``start..stop`` is told."""
        return {"work": work.name, "version": work.version, **self.samples(start, stop)}

    def samples(self, start: int, stop: int) -> OfRun:
        """What the shard of any stage on ``start..stop`` of the evaluated samples is told."""
        request = self.request
        choice = chosen(request.samples, self.cuts[-1][1], request.seed, start, stop)
        return {
            "model": self.model.contract(),
            "start": start,
            "stop": stop,
            "seed": request.seed,
            "choice": choice,
        }

    def of_concepts(self) -> "Planning":
        """The same over all images of the data set with masks, where that is another."""
        if self.concepts is None:
            return self
        dataset, cuts = self.concepts
        whole = self.request.model_copy(update={"samples": "first"})
        return replace(self, request=whole, dataset=dataset, cuts=cuts, concepts=None)

    def data(self) -> dict[str, Blob | OutputOf]:
        """The inputs of a work that runs the model."""
        return {Given.MODEL: self.model.blob, **self.dataset.arrays()}

    def sums(self) -> dict[str, Blob | OutputOf]:
        """The inputs of a work that ranks neurons: the sums of σ of all slices."""
        places = [Place.of_neurons(j) for j, _, _ in self.slices(self.neurons.max_samples)]
        return {str(place): OutputOf(str(place), NeuronsFile.SUMS) for place in places}

    def step(
        self,
        analysis: Analysis[Any, Any],
        at: Sequence[int],
        inputs: Mapping[str, Blob | OutputOf],
        params: WorkParams,
        weight: float,
        values: Mapping[str, ValueOf] | None = None,
    ) -> Step:
        """A step of the work that `params` name; `at` tells it from the others, by target and slice for example."""
        name, execution = step_name(params.work, at), self.request.execution
        return Step.of_samples(analysis.path, name, Stage.ANALYSIS, inputs, params, weight, execution, values)


def step_name(work: str, at: Sequence[int]) -> str:
    """``name.2.0``."""
    return ".".join((work, *map(str, at)))


@dataclass(frozen=True)
class Plan(Generic[O]):
    """How an analysis is planned.

    `steps`: of its options. `check`: raises `InvalidField` where the model or data set cannot be analysed so.
    `lessened`: what is left of the options of a preset that cannot all be done; None is nothing.
    """

    steps: Callable[[O, Planning], list[Step]]
    check: Callable[[O, AuditRequest, ModelSubject, DatasetSubject], None] = lambda options, request, model, dataset: (
        None
    )
    lessened: Callable[[O, AuditRequest, ModelSubject, DatasetSubject], O | None] = (
        lambda options, request, model, dataset: None
    )
