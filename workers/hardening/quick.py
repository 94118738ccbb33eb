"""The network as the adversaries of training batches are made on it: in the form that attacks pass through faster."""

from torch import Tensor

from workers.attacks.engine.victim import Logits
from workers.models.audited import AuditedModel
from workers.models.quick.model import QuickModel


class Quick:
    """Makes the quick form of a network anew for its present weights.

    The rewriting is cheap beside a batch's passes. Whether the network has a quick form that gives its logits is looked
    at once, on the first images.
    """

    def __init__(self, model: AuditedModel) -> None:
        self._model = model
        self._has_one: bool | None = None

    def now(self, images: Tensor) -> Logits:
        """The quick form, or the network itself where it has none. images: some of those that it will see."""
        if self._has_one is None:
            self._has_one = isinstance(self._model.quickened(images[:8]), QuickModel)
        return QuickModel(self._model) if self._has_one else self._model
