"""The steps of a hardening's close look: what `openapi.scrutiny` adds, on the first samples of the comparison."""

from collections.abc import Mapping
from dataclasses import replace

from openapi.analyses.sensitivity import SensitivityOptions
from openapi.attacks import Pgd
from openapi.hardenings import HardeningRequest
from openapi.scrutiny import Added, Scrutiny, added
from openapi.stages.base import Given, Stage
from openapi.stages.neurons import NeuronsParams
from openapi.stages.places import Place, Whose
from openapi.stages.transfer import SOURCE, TransferParams
from openapi.wire.jobs import Blob
from service.orchestrator.evaluation import Samples, attack_steps
from service.orchestrator.plan import OutputOf, Step
from service.orchestrator.subjects import ModelSubject


def added_to(request: HardeningRequest) -> Added:
    """The attacks that the scrutiny of a request adds; none without one."""
    scrutiny = request.scrutiny
    return Added() if scrutiny is None else added(scrutiny, request.attacks or (), request.eps, request.steps)


def scrutiny_steps(
    phase: str, request: HardeningRequest, models: Mapping[Whose, ModelSubject], samples: Samples
) -> list[Step]:
    """Attacks on every model, examples of the uploaded one and of a straight-through twin on the hardened one, and σ.

    Their places follow those of the request's own attacks.
    """
    if request.scrutiny is None:
        return []
    more, first = added_to(request), len(request.attacks or ())
    cuts = first_cuts(samples, request.scrutiny)
    few = replace(samples, cuts=cuts, whole=samples.size)
    steps: list[Step] = []
    for whose, model in models.items():
        steps += attack_steps(phase, model, few, more.both, whose=whose, first=first)
        steps += _neuron_steps(phase, request, model, few, whose) if request.scrutiny.neurons else []
    at = first + len(more.both)
    after, before = models[Whose.AFTER], models[Whose.BEFORE]
    for i, spec in enumerate(more.transferred):
        steps += _transfer_steps(phase, spec, at + i, after, before, few)
    at += len(more.transferred)
    for i, spec in enumerate(more.surrogate):
        steps += _transfer_steps(phase, spec, at + i, after, None, few)
    return steps


def first_cuts(samples: Samples, scrutiny: Scrutiny) -> list[tuple[int, int]]:
    """The slices of the first `max_samples` of the evaluated samples."""
    end = min(samples.size, scrutiny.max_samples)
    return [(start, min(stop, end)) for start, stop in samples.cuts if start < end]


def _neuron_steps(
    phase: str, request: HardeningRequest, model: ModelSubject, samples: Samples, whose: Whose
) -> list[Step]:
    """σ of pairs as the training makes them."""
    options = SensitivityOptions(
        eps=request.eps, steps=request.steps, step_size=request.step_size, top_fraction=request.top_fraction
    )
    inputs = {Given.MODEL: model.blob, **samples.dataset.arrays()}
    return [
        Step.of_samples(
            phase,
            str(Place.of_neurons(j, whose)),
            Stage.NEURONS,
            inputs,
            NeuronsParams(model=model.contract(), neurons=options, **samples.part(start, stop)),
            stop - start,
            samples.execution,
        )
        for j, (start, stop) in enumerate(samples.cuts)
    ]


def _transfer_steps(
    phase: str, spec: Pgd, at: int, model: ModelSubject, source: ModelSubject | None, samples: Samples
) -> list[Step]:
    inputs: dict[str, Blob | OutputOf] = {Given.MODEL: model.blob, **samples.dataset.arrays()}
    if source is not None:
        inputs[SOURCE] = source.blob
    attack, contract = spec.model_copy(update={"id": None}), None if source is None else source.contract()
    return [
        Step.of_samples(
            phase,
            str(Place.of_attack(at, j, Whose.AFTER)),
            Stage.TRANSFER,
            inputs,
            TransferParams(model=model.contract(), source=contract, attack=attack, **samples.part(start, stop)),
            stop - start,
            samples.execution,
        )
        for j, (start, stop) in enumerate(samples.cuts)
    ]
