"""Attack → implementation.

An attack is a function ``attack(batch: Batch, spec: Spec) -> None``, and two files:

1. Its options are a frozen model in a module of `openapi/attacks/`; with them stands, once, what is known of it
   (`paper`, `summary`, `facts`). The class enters itself.
2. Its function stands in a module of a folder of `workers/attacks/` under ``@implements(Spec)``. It begins with
   ``rows = batch.active()``, works on all of them at once (the Victim cuts passes into tiles), drops fooled rows from
   its own state, and hands every candidate to ``batch.keep(rows, x_adv, logits)``, the last iterate included. What it
   keeps lies in [0, 1] and inside the ball (`maths.balls`).

Random numbers come from ``batch.rng.stream("name.purpose")`` by row, never from a global generator. `facts.minimal`
says that there is no ball: `batch.keep` then keeps the nearest success, in `measured_norm`.
"""

import importlib
import importlib.util
import pkgutil
import re
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import workers.attacks
from openapi.attacks import ATTACKS
from openapi.attacks.base import Attack
from workers.attacks.engine.batch import Batch

AttackFunction = Callable[[Batch, Any], None]
Function = TypeVar("Function", bound=Callable[..., None])

_functions: dict[type[Attack], AttackFunction] = {}
_LINE = re.compile(r"^@implements\((\w+)\)$", re.MULTILINE)


def implements(kind: type[Attack]) -> Callable[[Function], Function]:
    """Enter a function as the implementation of an attack; `ValueError` when it has one already."""

    def enter(function: Function) -> Function:
        if kind in _functions:
            raise ValueError(f"{kind.__name__} is implemented twice")
        _functions[kind] = function
        return function

    return enter


def load(name: str) -> AttackFunction:
    """Return an attack's function; `LookupError` where nothing implements it.

    Only its own module is imported: corruptions bring scipy along, half a second that no other attack needs.
    """
    kind = ATTACKS[name]
    if kind not in _functions and kind.__name__ in _modules():
        importlib.import_module(_modules()[kind.__name__])
    if kind not in _functions:
        raise LookupError(f"no module below workers/attacks has a function under @implements({kind.__name__})")
    return _functions[kind]


@cache
def _modules() -> dict[str, str]:
    """Name of an attack's class → module that implements it, by the sources of all modules below `workers.attacks`."""
    found: dict[str, str] = {}
    for module in pkgutil.walk_packages(workers.attacks.__path__, "workers.attacks."):
        loader = getattr(importlib.util.find_spec(module.name), "loader", None)
        source: str = loader.get_source(module.name) or "" if loader is not None else ""
        found |= dict.fromkeys(_LINE.findall(source), module.name)
    return found
