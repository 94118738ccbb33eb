"""The module that holds a file's tensors while `torch.export` runs its program."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, fx, nn

#: What a graph of torch.fx has for itself: no tensor or module of a file can stand there under its own name.
TAKEN = frozenset(dir(fx.GraphModule(nn.Module(), fx.Graph())))


class FileTensors(nn.Module):
    """A file's tensors under the file's names, and nothing else that such a name could meet.

    ``forward``: x → what `run` makes of it.
    """

    def __init__(self, run: Callable[[Tensor], Any]) -> None:
        super().__init__()
        self._tremor_run = run
        self.training = False

    def forward(self, x: Tensor) -> Any:
        """Run the file's program."""
        return self._tremor_run(x)

    def own(self, path: str, tensor: Tensor, *, parameter: bool) -> None:
        """Register a tensor under a dotted name, making modules on the way; half precision becomes float32."""
        owner: nn.Module = self
        *parts, name = _free(path)
        for part in parts:
            if part not in owner._modules:
                owner._modules[part] = nn.Module()
            owner = owner._modules[part]  # type: ignore[assignment]
        value = tensor.detach()
        if value.dtype in (torch.float16, torch.bfloat16):
            value = value.float()
        if parameter:
            owner._parameters[name] = nn.Parameter(value, requires_grad=value.is_floating_point())
        else:
            owner._buffers[name] = value

    def tensor(self, path: str) -> Tensor:
        """The tensor of a dotted name."""
        owner: Any = self
        *parts, name = _free(path)
        for part in parts:
            owner = owner._modules[part]
        found = owner._parameters.get(name)
        return owner._buffers[name] if found is None else found  # type: ignore[no-any-return]


def _free(path: str) -> list[str]:
    """The parts of a dotted name; the first, which stands in the graph, gets a ``_`` where the graph has that name."""
    first, *rest = path.split(".")
    return [f"{first}_" if first in TAKEN else first, *rest]
