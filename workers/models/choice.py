"""Which of a file's outputs the caller means, by name or position."""

from collections.abc import Sequence
from typing import Any, TypeVar

from openapi.problems import FieldError, ModelRejected

#: An output's name, its position from 0, or None to let it be chosen.
Wanted = str | int | None
T = TypeVar("T")


def spoken(path: tuple[Any, ...]) -> str:
    """How an output is called: the keys and positions that lead to it, joined by dots (``heads.0``)."""
    return ".".join(map(str, path)) or "0"


def choose(outputs: Sequence[tuple[tuple[Any, ...], T]], wanted: str | int) -> T:
    """Return the output that `wanted` names: (path, output) pairs in the file's order.

    A position counts the tensors from 0; a name is the whole path (``heads.age``), or its last key where only one
    output has it. Raises `ModelRejected` at ``/output`` with the names that there are.
    """
    if isinstance(wanted, int) and wanted < len(outputs):
        return outputs[wanted][1]
    exact = [output for path, output in outputs if spoken(path) == str(wanted)]
    last = [output for path, output in outputs if path and isinstance(wanted, str) and str(path[-1]) == wanted]
    for found in (exact, last):
        if len(found) == 1:
            return found[0]
    if isinstance(wanted, str) and wanted.isdecimal() and int(wanted) < len(outputs):
        return outputs[int(wanted)][1]
    names = ", ".join(spoken(path) for path, _ in outputs[:32]) + (", …" if len(outputs) > 32 else "")
    detail = f"the file has no output {wanted!r}; it has {len(outputs)}: {names}"
    raise ModelRejected(detail, errors=(FieldError(pointer="/output", detail=detail),))
