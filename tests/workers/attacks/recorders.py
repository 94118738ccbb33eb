"""What records passes without a GPU, well and badly."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from workers.attacks.engine.replay import Outputs

#: Where replays are tested: everywhere by `Rerunning`, and on a GPU, where there is one, as CUDA graphs.
DEVICES = ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]


class Rerunning:
    """Runs the pass itself, from static inputs into static outputs."""

    def __init__(self, device: torch.device) -> None:
        self.device = device

    def record(self, run: Callable[..., Outputs], inputs: Sequence[Tensor]) -> Callable[[], Outputs]:
        outputs = run(*inputs)

        def play() -> Outputs:
            for to, value in zip(outputs, run(*inputs), strict=True):
                to.copy_(value)
            return outputs

        return play


class Stale(Rerunning):
    """Plays what it has recorded, whatever the inputs."""

    def record(self, run: Callable[..., Outputs], inputs: Sequence[Tensor]) -> Callable[[], Outputs]:
        outputs = run(*inputs)
        return lambda: outputs


class Hasty(Rerunning):
    """Leaves the gradient of the last row out."""

    def record(self, run: Callable[..., Outputs], inputs: Sequence[Tensor]) -> Callable[[], Outputs]:
        outputs = run(*inputs)

        def play() -> Outputs:
            z, value, grad = run(*inputs)
            outputs[0].copy_(z)
            outputs[1].copy_(value)
            outputs[2][:-1].copy_(grad[:-1])
            return outputs

        return play


class Refusing(Rerunning):
    """Cannot record, for want of memory."""

    def record(self, run: Callable[..., Outputs], inputs: Sequence[Tensor]) -> Callable[[], Outputs]:
        raise torch.OutOfMemoryError("CUDA out of memory")
