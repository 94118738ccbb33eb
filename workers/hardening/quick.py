"""The network as the adversaries of training batches are made on it: in the form that attacks pass through faster."""

from torch import Tensor

from workers.attacks.engine.victim import Logits
from workers.models.audited import AuditedModel
from workers.models.quick.model import QuickModel


class Quick:
    """Keeps the quick form of a network, with its present weights: these change in place as it trains.

    Whether the network has a quick form that gives its logits is looked at once, on the first images.
    """

    def __init__(self, model: AuditedModel) -> None:
        self._model = model
        self._form: QuickModel | AuditedModel | None = None

    def now(self, images: Tensor) -> Logits:
        """The quick form, or the network itself where it has none. images: some of those that it will see."""
        if self._form is None:
            quick = self._model.quickened(images[:8])
            self._form = quick if isinstance(quick, QuickModel) else self._model
        if isinstance(self._form, QuickModel):
            self._form.renew()
        return self._form
