"""How long a training will take, by the speed that the inspection of its model measured."""

from openapi.hardening_methods import METHODS
from openapi.hardenings import Estimate, HardeningRequest
from service.orchestrator.subjects import DatasetSubject, ModelSubject

#: Forward and backward passes with weight gradients of an image and its adversary, in passes of the inspection.
_TRAINED = 2.5
#: Training images on which each epoch is judged, and the fewest steps of the attack on them
#: (`workers.hardening.watch`).
_MONITORED, _JUDGING_STEPS = 128, 10
#: Points on the way between the uploaded and the hardened weights (`workers.hardening.frontier`).
_POINTS = 9

_WORTH = "by the speed that the inspection of the model measured; another worker, or larger batches, have their own"


def estimated(request: HardeningRequest, model: ModelSubject | None, train: DatasetSubject | None) -> Estimate:
    """Seconds of the training alone: without waiting, comparing and writing."""
    if request.budget is not None:
        return Estimate(seconds=request.budget.seconds, reason="the budget that was asked for")
    if model is None:
        return Estimate(seconds=None, reason="the model is not inspected yet")
    if train is None:
        return Estimate(seconds=None, reason="the training data set is not inspected yet")
    if METHODS[request.method].kind == "edit":
        return Estimate(seconds=None, reason=f"{request.method} trains nothing")
    cost = model.inspection.cost_ms_per_image
    if cost is None:
        return Estimate(seconds=None, reason="the inspection measured no speed of this model")
    images = min(train.inspection.num_samples, request.max_samples or train.inspection.num_samples)
    return Estimate(seconds=round(cost / 1000 * passes(request, images), 1), reason=_WORTH)


def passes(request: HardeningRequest, images: int) -> float:
    """Passes through the network, forward and backward, of a training on so many images."""
    free = request.adversary == "free"
    attack = request.steps if METHODS[request.method].adversarial and not free else 0
    trained = (_TRAINED if attack else _TRAINED / 2) * (2 if request.awp is not None else 1)
    trained *= request.steps if free else 1
    held_out = request.validation * images
    judged = (min(_MONITORED, images) + held_out) * max(_JUDGING_STEPS, request.steps)
    chosen = min(request.pairs, images) * request.steps if request.selection in ("sensitive", "dynamic") else 0
    fixed = request.adversary == "fixed"
    epochs = request.epochs * (images - held_out) * (trained + (0 if fixed else attack))
    walked = _POINTS * held_out * max(_JUDGING_STEPS, request.steps) if request.goal is not None else 0.0
    return epochs + (request.epochs + 1) * judged + chosen + walked + (images * attack if fixed else 0)
