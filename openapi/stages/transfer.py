"""Stage `transfer`: examples made on one model, tried on another, over one slice of a data set.

Inputs: ``model`` (on which they are tried), ``source`` where they are made on another one, ``x``, ``y``. Its value and
its file are those of stage `attack`.
"""

from pydantic import Field

from openapi.attacks import Pgd
from openapi.stages.base import Choice, Wire, is_none
from openapi.stages.model_contract import ModelContract

#: The input with the model that examples are made on.
SOURCE = "source"


class TransferParams(Wire):
    """Full-strength examples (all steps, no early stop) of the chosen samples ``start..stop``.

    source: of the model that they are made on; None makes them on `model` itself, with straight-through gradients for
    the operators whose own gradient is zero.
    """

    model: ModelContract
    source: ModelContract | None
    attack: Pgd
    start: int
    stop: int
    seed: int = 0
    choice: Choice | None = Field(None, exclude_if=is_none)
