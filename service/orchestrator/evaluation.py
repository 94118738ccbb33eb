"""Steps that attack a model: slices of the data, and a step for each attack and slice."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self, TypedDict

from openapi.attacks import AttackSpec
from openapi.audits import AuditRequest, Execution
from openapi.hardenings import HardeningRequest
from openapi.samples import SampleChoice, chosen, how_many
from openapi.stages.attack import AttackFile, AttackParams, fooled
from openapi.stages.base import Choice, Given, Stage
from openapi.stages.places import Place, Whose
from openapi.survivors import predecessors
from service.orchestrator.masks import masks_of, regions_of
from service.orchestrator.matching import class_names
from service.orchestrator.plan import OutputOf, Step
from service.orchestrator.subjects import DatasetSubject, ModelSubject
from service.orchestrator.targets import aimed

Slice = tuple[int, int]

#: No audit is cut finer than this unless the request asks for it: every shard loads the model anew.
MAX_SLICES = 64


def slices(n: int, execution: Execution, size: int) -> list[Slice]:
    """Cut ``[0, n)`` into contiguous slices: `execution.shards` even ones, or pieces of `size` samples.

    Pieces begin at multiples of `size`, so that audits of more samples find the shards of those of fewer.
    """
    if execution.shards is None:
        size = max(size, math.ceil(n / MAX_SLICES))
        return [(start, min(start + size, n)) for start in range(0, n, size)]
    count = min(execution.shards, n)
    edges = [i * n // count for i in range(count + 1)]
    return list(pairwise(edges))


class OfSlice(TypedDict):
    """The fields of a stage's parameters that say which samples its shard takes."""

    start: int
    stop: int
    seed: int
    choice: Choice | None


@dataclass(frozen=True)
class Samples:
    """What is evaluated, and how: `choice` and `seed` say which samples, `cuts` are slices of them.

    `execution` may change the speed alone. `whole`: how many samples were chosen, where the cuts are of the first of
    them alone.
    """

    dataset: DatasetSubject
    cuts: Sequence[Slice]
    choice: SampleChoice
    seed: int
    execution: Execution
    keep_examples: bool = False
    whole: int | None = None

    @property
    def size(self) -> int:
        """How many samples were chosen."""
        return self.whole or self.cuts[-1][1]

    @classmethod
    def of(
        cls,
        request: AuditRequest | HardeningRequest,
        dataset: DatasetSubject,
        slice_size: int,
        *,
        keep_examples: bool = False,
    ) -> Self:
        """The samples that a request asks for."""
        cuts = slices(evaluated(dataset, request), request.execution, slice_size)
        return cls(dataset, cuts, choice_of(request)[0], request.seed, request.execution, keep_examples)

    def part(self, start: int, stop: int) -> OfSlice:
        """What the shard of ``start..stop`` is told."""
        choice = chosen(self.choice, self.size, self.seed, start, stop)
        return {"start": start, "stop": stop, "seed": self.seed, "choice": choice}


def attack_steps(
    phase: str,
    model: ModelSubject,
    samples: Samples,
    specs: Sequence[AttackSpec],
    *,
    whose: Whose = Whose.BEFORE,
    first: int = 0,
    survivors_only: bool = False,
) -> list[Step]:
    """One step for each attack and slice, slice by slice, so that a first verdict on every attack comes early.

    whose: see `Whose`. first: the position of the first of them in the job's list of attacks. survivors_only: a step
    takes the samples of those of the cheaper attacks on its slice.
    """
    before = predecessors(specs) if survivors_only else ((),) * len(specs)
    return [
        Step.of_samples(
            phase,
            str(Place.of_attack(first + i, j, whose)),
            Stage.ATTACK,
            {
                Given.MODEL: model.blob,
                **samples.dataset.arrays(),
                **masks_of(samples.dataset, spec),
                **{
                    fooled(n): OutputOf(str(Place.of_attack(first + k, j, whose)), AttackFile.SAMPLES)
                    for n, k in enumerate(before[i])
                },
            },
            AttackParams(
                model=model.contract(),
                # Without the id: it names the attack in one report and does not change what is computed.
                attack=spec.model_copy(update={"id": None}),
                keep_examples=samples.keep_examples,
                regions=regions_of(samples.dataset, spec),
                **samples.part(start, stop),
            ),
            stop - start,
            samples.execution,
        )
        for j, (start, stop) in enumerate(samples.cuts)
        for i, spec in enumerate(specs)
    ]


def evaluated(dataset: DatasetSubject, request: AuditRequest | HardeningRequest) -> int:
    """How many samples of a data set are evaluated."""
    return how_many(*choice_of(request), dataset.inspection.num_samples)


def choice_of(request: AuditRequest | HardeningRequest) -> tuple[SampleChoice, int | None]:
    """Which samples a request asks for, and how many."""
    if isinstance(request, AuditRequest):
        return request.samples, request.max_samples
    return request.eval_samples, request.eval_max_samples


def aimed_attacks(
    request: AuditRequest | HardeningRequest, model: ModelSubject, dataset: DatasetSubject
) -> tuple[AttackSpec, ...]:
    """The attacks of a request, each chosen class as its number. Raises `InvalidField` when there is no such class."""
    names = class_names(model, dataset)
    return aimed(request.attacks or (), names, model.inspection.num_classes, "/attacks")
