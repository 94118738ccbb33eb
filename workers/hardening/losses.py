"""The terms that hardening minimises.

In all of them a batch of n benign images comes first and their n adversarial examples second: logits `z` are
(2n, classes) and an activation is (2n, neurons, …), so that one forward pass serves both.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional as F


def sns_loss(
    activations: Mapping[str, Tensor], omega: Mapping[str, Tensor], factors: Mapping[str, float] | None = None
) -> Tensor:
    """L_sns = Σ_{l∈S} Σ_{m∈Ω_l} ‖F_l^m(x) − F_l^m(x')‖₁ / dim(F_l^m), mean over the batch  (SNS, Eq. 12).

    omega: layer name → (k,) indices of the neurons of Ω_l; its keys are S. factors: what each layer's term is
    multiplied by, None is 1. The mean over the batch and the factors are ours.
    """
    total: Tensor | None = None
    for name, neurons in omega.items():
        of_them = chosen(activations[name], neurons).float()
        benign, adversarial = of_them.reshape(2, len(of_them) // 2, len(neurons), -1)
        term = (benign - adversarial).abs().mean(2).sum(1).mean()
        term = term if factors is None else factors[name] * term
        total = term if total is None else total + term
    if total is None:
        raise ValueError("omega is empty: L_sns needs at least one layer")
    return total


class _Chosen(torch.autograd.Function):
    """See `chosen`.

    Read in the order in which it lies, which with channels last takes a quarter of the time; its gradient is laid out
    like it, so that autograd adds in place what comes from the next layer.
    """

    @staticmethod
    def forward(ctx: Any, activation: Tensor, neurons: Tensor) -> Tensor:
        ctx.save_for_backward(neurons)
        ctx.like = torch.empty_like(activation, device="meta")  # dense, in the same order
        if activation.stride(1) == 1:
            return activation.movedim(1, -1).index_select(-1, neurons).movedim(-1, 1)
        return activation.index_select(1, neurons)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> Any:
        (neurons,) = ctx.saved_tensors
        found = torch.zeros_like(ctx.like, device=neurons.device)
        return found.index_copy_(1, neurons, grads[0]), None


def chosen(activation: Tensor, neurons: Tensor) -> Tensor:
    """activation (n, m, …) → (n, k, …): those of the neurons (k,), all different; differentiable once."""
    found: Tensor = _Chosen.apply(activation, neurons)  # type: ignore[no-untyped-call]
    return found


def pat_loss(z: Tensor, y: Tensor) -> Tensor:
    """L_adv of PGD adversarial training: ½ CE(z(x), y) + ½ CE(z(x'), y)  (Madry et al. 2018, as in SNS)."""
    return F.cross_entropy(z, torch.cat([y, y]))


def alp_loss(z: Tensor, y: Tensor, weight: float = 0.5) -> Tensor:
    """PAT + weight · ‖z(x) − z(x')‖₂², mean over classes and batch  (adversarial logit pairing, Kannan et al. 2018)."""
    benign, adversarial = z.chunk(2)
    return pat_loss(z, y) + weight * F.mse_loss(benign, adversarial)


def divergence(z: Tensor) -> Tensor:
    """KL(p(x) ‖ p(x')) of each sample, (n,)."""
    benign, adversarial = z.log_softmax(1).chunk(2)
    return (benign.exp() * (benign - adversarial)).sum(1)


def trades_loss(z: Tensor, y: Tensor, weight: float = 6.0) -> Tensor:
    """CE(z(x), y) + weight · KL(p(x) ‖ p(x'))  (TRADES, Zhang et al. 2019); its x' maximises the divergence."""
    return F.cross_entropy(z.chunk(2)[0], y) + weight * divergence(z).mean()


def mart_loss(z: Tensor, y: Tensor, weight: float = 5.0) -> Tensor:
    """BCE(p(x'), y) + weight · KL(p(x) ‖ p(x')) · (1 − p_y(x))  (MART, Wang et al. 2020).

    BCE(p, y) = −log p_y − log(1 − max_{k≠y} p_k): the second term pushes the best wrong class down.
    """
    benign, adversarial = z.chunk(2)
    wrong = adversarial.softmax(1).scatter(1, y[:, None], 0.0).amax(1)
    # 1 − max p is at least a rounding step away from 0 in the log.
    boosted = F.cross_entropy(adversarial, y, reduction="none") - (1 - wrong).clamp_min(1e-12).log()
    p_y = benign.softmax(1).gather(1, y[:, None]).squeeze(1)
    return (boosted + weight * divergence(z) * (1 - p_y)).mean()
