"""Muon: weight matrices move by their momentum with all its singular values made about equal.

Jordan et al., "Muon: An optimizer for hidden layers in neural networks" (2024). Ours: all matrices move so, the first
and the last layer's too, and one learning rate serves matrices and vectors.
"""

from collections.abc import Callable, Iterable
from typing import overload

import torch
from torch import Tensor, nn

#: Coefficients of an odd polynomial of degree 5 that takes (0, 1] into about (0.7, 1.2) when it is applied a few times.
_A, _B, _C = 3.4445, -4.7750, 2.0315
_TIMES = 5
#: Spectral norm of a matrix's move, in learning rates: those that are usual for Adam, 0.001 to 0.01, then serve here.
_LENGTH = 5.0
_BETAS, _EPS = (0.9, 0.999), 1e-8


class Muon(torch.optim.Optimizer):
    """Matrices and convolutions, as matrices of (out, in · kernel), by Muon; biases and scales by Adam.

    momentum: of the matrices, in Nesterov's form. weight_decay: as AdamW has it, apart from the gradient.
    """

    def __init__(
        self, parameters: Iterable[nn.Parameter], lr: float, momentum: float = 0.9, weight_decay: float = 0.0
    ) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @overload
    def step(self, closure: None = None) -> None: ...

    @overload
    def step(self, closure: Callable[[], float]) -> float: ...

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """Move every parameter that has a gradient."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                p.mul_(1 - group["lr"] * group["weight_decay"])
                move = self._matrix(p, group["momentum"]) if p.ndim > 1 else self._vector(p)
                p.add_(move, alpha=-group["lr"])
        return loss

    def _matrix(self, p: nn.Parameter, momentum: float) -> Tensor:
        """The move of a matrix for a learning rate of 1."""
        assert p.grad is not None
        state = self.state[p]
        mean = state.setdefault("momentum", torch.zeros_like(p))
        mean.lerp_(p.grad, 1 - momentum)
        ahead = p.grad.lerp(mean, momentum).flatten(1)
        return orthogonalised(ahead).mul(_LENGTH * (max(1.0, ahead.shape[0] / ahead.shape[1]) ** 0.5)).view_as(p)

    def _vector(self, p: nn.Parameter) -> Tensor:
        """Adam's move for a learning rate of 1 (Kingma and Ba, ICLR 2015)."""
        assert p.grad is not None
        state = self.state[p]
        if not state:
            state |= {"step": 0, "mean": torch.zeros_like(p), "square": torch.zeros_like(p)}
        state["step"] += 1
        state["mean"].lerp_(p.grad, 1 - _BETAS[0])
        state["square"].lerp_(p.grad.square(), 1 - _BETAS[1])
        mean, square = (
            state[name] / (1 - beta ** state["step"]) for name, beta in zip(("mean", "square"), _BETAS, strict=True)
        )
        move: Tensor = mean / (square.sqrt() + _EPS)
        return move


def orthogonalised(matrix: Tensor) -> Tensor:
    """About U Vᵀ of a matrix U S Vᵀ (rows, columns), by Newton and Schulz's iteration: singular values near 1."""
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    x: Tensor = wide / (wide.norm() + 1e-7)
    for _ in range(_TIMES):
        square = x @ x.T
        x = _A * x + (_B * square + _C * square @ square) @ x
    return x if wide is matrix else x.T
