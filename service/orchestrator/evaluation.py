"""Steps that attack a model: slices of the data, and a step for each attack and slice."""

import math
from collections.abc import Sequence
from itertools import pairwise

from openapi.attacks import AttackSpec
from openapi.audits import AuditRequest, Execution
from openapi.hardenings import HardeningRequest
from openapi.samples import SampleChoice, choice_params, how_many
from openapi.stages.base import Stage
from openapi.survivors import predecessors
from service.orchestrator.plan import OutputOf, Step, Subject
from service.orchestrator.targets import aimed, class_names

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


def attack_steps(
    phase: str,
    prefix: str,
    model: Subject,
    dataset: Subject,
    specs: Sequence[AttackSpec],
    cuts: Sequence[Slice],
    *,
    choice: SampleChoice,
    seed: int,
    keep_examples: bool,
    execution: Execution,
    survivors_only: bool = False,
) -> list[Step]:
    """One step for each attack and slice, slice by slice, so that a first verdict on every attack comes early.

    survivors_only: a step takes the samples of those of the cheaper attacks on its slice, as ``fooled.<i>``.
    """
    before = predecessors(specs) if survivors_only else ((),) * len(specs)
    return [
        Step(
            phase,
            f"{prefix}samples.{i}.{j}",
            Stage.ATTACK,
            {
                "model": model.blob,
                **dataset.arrays(),
                **{f"fooled.{n}": OutputOf(f"{prefix}samples.{k}.{j}", "samples") for n, k in enumerate(before[i])},
            },
            {
                "model": model.contract(),
                # Without the id: it names the attack in one report and does not change what is computed.
                "attack": spec.model_copy(update={"id": None}).model_dump(mode="json", by_alias=True),
                "start": start,
                "stop": stop,
                "seed": seed,
                "keep_examples": keep_examples,
                **choice_params(choice, cuts[-1][1], seed, start, stop),
            },
            weight=float(stop - start),
            execution={"batch_size": execution.batch_size},
            unit="samples",
        )
        for j, (start, stop) in enumerate(cuts)
        for i, spec in enumerate(specs)
    ]


def evaluated(dataset: Subject, request: AuditRequest | HardeningRequest) -> int:
    """How many samples of a data set are evaluated."""
    return how_many(*choice_of(request), int(dataset.inspection["num_samples"]))


def choice_of(request: AuditRequest | HardeningRequest) -> tuple[SampleChoice, int | None]:
    """Which samples a request asks for, and how many."""
    if isinstance(request, AuditRequest):
        return request.samples, request.max_samples
    return request.eval_samples, request.eval_max_samples


def aimed_attacks(request: AuditRequest | HardeningRequest, model: Subject, dataset: Subject) -> tuple[AttackSpec, ...]:
    """The attacks of a request, each chosen class as its number. Raises `InvalidField` when there is no such class."""
    names = class_names(model.meta, dataset.matched)
    return aimed(request.attacks or (), names, int(model.inspection["num_classes"]), "/attacks")
