"""Which class the file's own scores name: its argmax, in its own precision, where the logits say more than they do."""

from dataclasses import dataclass

from torch import Tensor, finfo

#: Scores that are so few units in the last place apart may be equal in the file itself.
_UNITS = 4


@dataclass(frozen=True)
class FileDecision:
    """labels: (n,) classes that the file's argmax names, the first of equals; level: (n,) bool, where several classes
    share its highest score, to a few units in the last place (where the file returns labels alone nobody sees that)."""

    labels: Tensor
    level: Tensor


def decision(scores: Tensor, *, labels: bool) -> FileDecision:
    """Return what the file decides by what it returns: (n, k) scores, or its (n, 1) `labels` themselves."""
    if labels:
        named = scores[:, 0].long()
        return FileDecision(named, named != named)
    top = scores.amax(1, keepdim=True)
    near = top - _UNITS * finfo(scores.dtype).eps * top.abs()
    return FileDecision(scores.argmax(1), (scores >= near).sum(1) > 1)
