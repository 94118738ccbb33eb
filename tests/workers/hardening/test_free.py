"""Free adversarial training (Shafahi et al. 2019): one pass gives the move of the weights and that of the images."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from pydantic import ValidationError
from torch.nn import functional as F

from tests.workers.hardening.nets import EPS, options, shipped
from workers.hardening.data import TrainingSet
from workers.hardening.training import Hardener
from workers.models.audited import AuditedModel

TIMES = 3


def free(**changes: Any) -> Any:
    return options(
        method="at", adversary="free", steps=TIMES, epochs=2, optimizer="sgd", lr=0.02, momentum=0.0, pairs=20,
        schedule="constant", warmup=0.5, batch_size=30, **changes,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("step_size", [None, 0.03])
def test_it_is_the_loop_written_by_hand(fresh: Callable[..., AuditedModel], step_size: float | None) -> None:
    data, model, plain = TrainingSet(*shipped("train", 90)), fresh(), fresh()
    seen: list[int] = []
    training = Hardener(model, data, free(step_size=step_size), seed=4)
    model.register_forward_pre_hook(lambda module, given: seen.append(len(given[0])))
    result = training.run()

    generator, total, step = torch.Generator().manual_seed(4), 2 * 3 * TIMES, 0
    losses = []
    for epoch in (1, 2):
        for rows in data.shuffled(30, 4, epoch):
            start = 2 * torch.rand(rows.x.shape, generator=generator) - 1
            delta = None
            for _ in range(TIMES):
                eps = EPS * min(1.0, (step + 1) / (0.5 * total))
                moved = rows.x + eps * start if delta is None else delta
                x = moved.clamp(0, 1).requires_grad_()
                loss = F.cross_entropy(plain(x), rows.y)
                parameters = list(plain.trainable_parameters().values())
                *weights, image = torch.autograd.grad(loss, [*parameters, x])
                with torch.no_grad():
                    for parameter, gradient in zip(parameters, weights, strict=True):
                        parameter.sub_(0.02 * gradient)
                step += 1
                eps = EPS * min(1.0, (step + 1) / (0.5 * total))
                alpha = eps if step_size is None else step_size * eps / EPS
                delta = x.detach() + alpha * image.sign()
                delta = torch.minimum(torch.maximum(delta, rows.x - eps), rows.x + eps)
                losses.append(loss.item())
    for name, parameter in model.trainable_parameters().items():
        torch.testing.assert_close(parameter, plain.trainable_parameters()[name], rtol=1e-4, atol=1e-6)
    assert result.log[2].loss == pytest.approx(sum(losses[9:]) / 9, rel=1e-4)
    assert seen == [30] * total, "no pass is for the examples alone"


@pytest.mark.parametrize("change", [{"method": "pat"}, {"method": "sns"}, {"awp": 0.01}, {"accumulate": 2}])
def test_it_belongs_to_at(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="free adversaries come of the training passes of at"):
        options(**({"method": "at", "adversary": "free"} | change))
