"""Operators that behave differently in training: dropout, and norms that take the statistics of their batch."""

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from openapi.problems import ModelRejected

#: Normalisations whose fourth argument holds running means, the sixth says whether the batch's own are taken.
_NORMS = {"batch_norm", "_batch_norm_impl_index", "native_batch_norm"}
_TRAINING = (
    "the file was exported in training mode: {name} at {where} takes the mean and variance of whatever batch it is "
    "given instead of those learnt; call model.eval() before torch.jit.trace or torch.export and upload that file"
)
_RANDOM = (
    "the file was exported in training mode: it drops activations at random; unless that is meant as a defence, call "
    "model.eval() before torch.jit.trace or torch.export and upload that file"
)
_SWITCHED = {"dropout", "dropout_", "feature_dropout", "alpha_dropout", "feature_alpha_dropout"}


def idle(program: Any, name: str, where: str, given: Sequence[Any]) -> bool:
    """Whether an operator gives back its first argument, as dropout does outside of training.

    Tells the user of dropout in training mode; raises `ModelRejected` for a norm in it that holds learnt statistics.
    """
    if name in _NORMS and given[5] is True and isinstance(given[3], Tensor):
        raise ModelRejected(_TRAINING.format(name=name, where=where), operator=f"aten::{name}")
    if name not in _SWITCHED or len(given) < 3:
        return False
    if given[2] is True:
        note(program, _RANDOM)
    return given[2] is False


def note(program: Any, text: str) -> None:
    """Tell the user something once."""
    if text not in program.notes:
        program.notes.append(text)
