"""What shards a job's stages consist of: pure functions from requests and inspections to messages."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from openapi.attack_ids import attack_ids
from openapi.attacks import AttackSpec, Fgsm, Pgd
from openapi.audits import AuditRequest, Execution, NeuronOptions
from openapi.hardening_options import HardenOptions
from openapi.hardenings import HardeningRequest
from openapi.presets import PRESETS
from openapi.samples import SampleChoice, choice_params, how_many
from openapi.stages.base import Stage
from openapi.survivors import predecessors
from openapi.wire.jobs import Blob, Limits, OutputFile, Shard
from service.orchestrator.targets import aimed, class_names

Slice = tuple[int, int]

#: No audit is cut finer than this unless the request asks for it: every shard loads the model anew.
MAX_SLICES = 64


@dataclass(frozen=True)
class Subject:
    """A model or a data set as shards take it: its blobs and what the report says of it."""

    id: str
    name: str
    sha256: str
    size: int
    inspection: Mapping[str, Any]
    meta: Mapping[str, Any]
    files: Mapping[str, OutputFile] = field(default_factory=dict)
    #: Of a data set: how its labels and channels were brought together with the model's (see `matching`).
    matched: Mapping[str, Any] = field(default_factory=dict)

    @property
    def blob(self) -> Blob:
        """The uploaded file."""
        return Blob(sha256=self.sha256, size=self.size)

    def arrays(self) -> dict[str, Blob]:
        """The decoded arrays of a data set."""
        return {name: self.files[name].blob for name in ("x", "y")}

    def contract(self) -> dict[str, Any]:
        """The `model` parameter of every shard that runs the model."""
        chosen = {"output": self.meta["output"]} if self.meta.get("output") is not None else {}
        return {"format": self.inspection["format"], "input": self.inspection["input"], **chosen}


@dataclass(frozen=True)
class Planned:
    """A shard before it has an id. `name` is its input name in the report; `weight` its share of the progress."""

    stage: str
    name: str
    work: Stage
    inputs: Mapping[str, Blob]
    params: Mapping[str, Any]
    weight: float
    execution: Mapping[str, Any] = field(default_factory=dict)
    #: Names of shards of the same stage that must succeed first; their `samples` become its inputs ``fooled.<i>``.
    after: tuple[str, ...] = ()

    def message(self, job_id: str, shard_id: str, limits: Limits, owner: str = "") -> Shard:
        """The message that goes to a worker."""
        return Shard(
            job_id=job_id,
            shard_id=shard_id,
            owner=owner,
            stage=self.work,
            inputs=dict(self.inputs),
            params=dict(self.params),
            execution=dict(self.execution),
            limits=limits,
        )


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


def with_attacks(request: AuditRequest) -> AuditRequest:
    """Fill in preset and attack list, and give every attack its id; `preset` is null when a list replaced it.

    Raises `InvalidField` when two ids are equal.
    """
    preset = None if request.attacks else request.preset or "standard"
    specs = request.attacks or PRESETS[preset or "standard"].attacks
    return request.model_copy(update={"preset": preset, "attacks": named(specs)})


def with_evaluation(request: HardeningRequest) -> HardeningRequest:
    """Fill in the attacks of a hardening's before/after comparison: FGSM and PGD-20 at the training eps."""
    specs: Sequence[AttackSpec] = request.attacks or (Fgsm(eps=request.eps), Pgd(eps=request.eps, steps=20))
    return request.model_copy(update={"attacks": named(specs)})


def named(specs: Sequence[AttackSpec]) -> tuple[AttackSpec, ...]:
    """The attacks, each with its id."""
    return tuple(spec.model_copy(update={"id": i}) for spec, i in zip(specs, attack_ids(specs), strict=True))


def attack_shards(
    stage: str,
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
) -> list[Planned]:
    """One shard per attack and slice, slice by slice, so that a first verdict on every attack comes early.

    survivors_only: a shard waits for those of the cheaper attacks on its slice.
    """
    before = predecessors(specs) if survivors_only else ((),) * len(specs)
    return [
        Planned(
            stage,
            f"{prefix}samples.{i}.{j}",
            Stage.ATTACK,
            {"model": model.blob, **dataset.arrays()},
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
            after=tuple(f"{prefix}samples.{k}.{j}" for k in before[i]),
        )
        for j, (start, stop) in enumerate(cuts)
        for i, spec in enumerate(specs)
    ]


def neuron_shards(
    stage: str,
    prefix: str,
    model: Subject,
    dataset: Subject,
    options: NeuronOptions,
    cuts: Sequence[Slice],
    *,
    choice: SampleChoice,
    seed: int,
    keep_examples: bool,
    execution: Execution,
) -> list[Planned]:
    """One shard per slice of the samples that make dual pairs."""
    end = min(cuts[-1][1], options.max_samples or cuts[-1][1])
    return [
        Planned(
            stage,
            f"{prefix}sums.{j}",
            Stage.NEURONS,
            {"model": model.blob, **dataset.arrays()},
            {
                "model": model.contract(),
                "neurons": options.model_dump(mode="json", by_alias=True),
                "start": start,
                "stop": min(stop, end),
                "seed": seed,
                "keep_examples": keep_examples,
                **choice_params(choice, cuts[-1][1], seed, start, stop),
            },
            weight=float(min(stop, end) - start),
            execution={"batch_size": execution.batch_size},
        )
        for j, (start, stop) in enumerate(cuts)
        if start < end
    ]


def evaluated(dataset: Subject, request: AuditRequest | HardeningRequest) -> int:
    """How many samples of a data set are evaluated."""
    return how_many(*choice_of(request), int(dataset.inspection["num_samples"]))


def choice_of(request: AuditRequest | HardeningRequest) -> tuple[SampleChoice, int | None]:
    """Which samples a request asks for, and how many."""
    if isinstance(request, AuditRequest):
        return request.samples, request.max_samples
    return request.eval_samples, request.eval_max_samples


def audit_shards(request: AuditRequest, model: Subject, dataset: Subject, slice_size: int) -> list[Planned]:
    """The `evaluate` stage of an audit: every attack and the neuron analysis over every slice."""
    cuts = slices(evaluated(dataset, request), request.execution, slice_size)
    options: dict[str, Any] = {
        "choice": request.samples,
        "seed": request.seed,
        "keep_examples": request.keep_examples,
        "execution": request.execution,
    }
    specs, few = _aimed(request, model, dataset), request.survivors_only
    shards = attack_shards("evaluate", "", model, dataset, specs, cuts, survivors_only=few, **options)
    if request.neurons is not None:
        shards += neuron_shards("evaluate", "", model, dataset, request.neurons, cuts, **options)
    return shards


def _aimed(request: AuditRequest | HardeningRequest, model: Subject, dataset: Subject) -> tuple[AttackSpec, ...]:
    names = class_names(model.meta, dataset.matched)
    return aimed(request.attacks or (), names, int(model.inspection["num_classes"]), "/attacks")


def _mapping(dataset: Subject) -> dict[str, Any]:
    found = dataset.matched.get("label_mapping")
    return {"label_mapping": found} if found else {}


def train_shard(request: HardeningRequest, model: Subject, dataset: Subject) -> Planned:
    """The `train` stage of a hardening."""
    fields = set(HardenOptions.model_fields) - {"train_dataset_id"}
    return Planned(
        "train",
        "train",
        Stage.HARDEN,
        {"model": model.blob, **dataset.arrays()},
        {
            "model": model.contract(),
            "harden": request.model_dump(mode="json", by_alias=True, include=fields),
            "seed": request.seed,
            "parent": {"id": model.id, "sha256": model.sha256, "name": model.name},
            "dataset": {"id": dataset.id, "sha256": dataset.sha256, "name": dataset.name, **_mapping(dataset)},
        },
        weight=1.0,
        execution={"batch_size": request.execution.batch_size},
    )


def comparison_shards(
    request: HardeningRequest,
    model: Subject,
    hardened: Subject,
    dataset: Subject,
    slice_size: int,
    *,
    keep_examples: bool,
) -> list[Planned]:
    """The `evaluate` stage of a hardening: the same attacks on the parent (before) and on the hardened model (after).

    The parent's shards have the keys of those that an audit with the same attacks has run, and are then free.
    """
    cuts = slices(evaluated(dataset, request), request.execution, slice_size)
    options: dict[str, Any] = {
        "choice": request.eval_samples,
        "seed": request.seed,
        "execution": request.execution,
    }
    specs = _aimed(request, model, dataset)
    before = attack_shards("evaluate", "", model, dataset, specs, cuts, keep_examples=keep_examples, **options)
    after = attack_shards("evaluate", "after.", hardened, dataset, specs, cuts, keep_examples=False, **options)
    return before + after


def stored(request: AuditRequest | HardeningRequest) -> dict[str, Any]:
    """A request for the database: the fields that were set, so that `model_fields_set` is the same when read back."""
    return request.model_dump(mode="json", by_alias=True, include=set(request.model_fields_set))
