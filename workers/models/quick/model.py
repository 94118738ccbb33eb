"""The quick form of a model: its graph rewritten, and accepted only where it gives the model's logits.

An attack's result does not depend on it beyond float32 rounding, and successes are confirmed on the model itself.

Channels-last memory would bring 5 to 15 % more for maps of 14×14 and above, but oneDNN then takes other kernels for
other batch sizes, and rows came out different by more than rounding once a ReLU tipped: it is left out.
"""

from typing import Protocol, TypeVar

import torch
from torch import Tensor, fx, nn

from workers.models.inputs import InputTransform
from workers.models.quick.rewrites import (
    Derived,
    copied,
    fold_norms,
    fold_transform,
    image_convolutions,
    linears,
    max_pools,
    relu_in_place,
)
from workers.models.quick.tempered import temper


class Quickened(Protocol):
    """What has a quick form: `workers.models.audited.AuditedModel`."""

    graph: fx.GraphModule
    transform: InputTransform
    differentiable: bool

    def __call__(self, x: Tensor, /) -> Tensor:
        """x (n, c, h, w) in [0, 1] → logits (n, num_classes) float32."""
        ...


class QuickModel(nn.Module):
    """``forward``: x (n, c, h, w) float32 in [0, 1] → (n, num_classes) float32 logits, as `AuditedModel` to rounding.

    The weights, some copied and some shared, have no gradients; gradients with respect to x are complete. When weights
    of the model have changed in place, `renew` it. tempered: gradients of mixed probabilities are those of `tempered`.
    """

    def __init__(self, model: Quickened, *, tempered: bool = False) -> None:
        super().__init__()
        self.graph = copied(model.graph)
        if tempered:
            temper(self.graph)
        self.transform: nn.Module = model.transform
        self._derived = Derived(self.graph)
        fold_norms(self._derived)
        if model.transform.scale.device.type == "cpu":
            if fold_transform(self._derived, model.transform):
                self.transform = nn.Identity()
            image_convolutions(self._derived)
            linears(self._derived)
            max_pools(self.graph)
        relu_in_place(self.graph)
        self.graph.graph.eliminate_dead_code()
        self.graph.recompile()

    def renew(self) -> None:
        """Take the model's weights as they are now; they lie where they lay."""
        self._derived.renew()

    def forward(self, x: Tensor) -> Tensor:
        """x (n, c, h, w) in [0, 1] → logits (n, num_classes) float32."""
        logits: Tensor = self.graph(self.transform(x))
        return logits.float()


#: Comes back as it is where it has no quick form.
Audited = TypeVar("Audited", bound=Quickened)


def quicken(model: Audited, example: Tensor, *, tempered: bool = False) -> QuickModel | Audited:
    """Return the quick version of a model; the model itself where the quick one does not give its logits.

    example: (m, c, h, w) images on which both are compared (to 1e-4 of the logits' range). tempered: see `QuickModel`.
    """
    if not model.differentiable:
        return model
    quick = QuickModel(model, tempered=tempered)
    with torch.no_grad():
        wanted, got = model(example), quick(example)
    spread = (wanted.amax() - wanted.amin()).clamp(min=1e-12)
    return quick if bool(((wanted - got).abs() <= 1e-4 * spread).all()) else model
