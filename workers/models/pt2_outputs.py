"""How the outputs of an exported program are nested: the names by which a caller knows them."""

import json
from collections.abc import Iterator
from typing import Any

_LISTS = frozenset({"builtins.tuple", "builtins.list"})
_MAPPINGS = frozenset({"builtins.dict", "collections.OrderedDict"})
#: Nesting beyond which the flat list is kept.
_DEEPEST = 16


def output_structure(program: dict[str, Any]) -> Any:
    """The program's own description of its output, as nested JSON; None where it has none."""
    try:
        calls = program["graph_module"]["module_call_graph"]
        return json.loads(calls[0]["signature"]["out_spec"])[1]
    except (KeyError, IndexError, TypeError, ValueError, RecursionError):
        return None


def structured(structure: Any, values: list[Any]) -> Any:
    """`values` in dicts and lists as the structure says; alone or in a list where it does not fit them."""
    plain = values[0] if len(values) == 1 else values
    left = iter(values)
    try:
        found = _nested(structure, left, 0)
    except (LookupError, TypeError, ValueError, StopIteration):
        return plain
    return plain if next(left, None) is not None else found


def _nested(structure: Any, values: Iterator[Any], depth: int) -> Any:
    if depth > _DEEPEST:
        raise ValueError
    kind, children = structure["type"], structure["children_spec"]
    if kind is None:
        return next(values)
    inner = [_nested(child, values, depth + 1) for child in children]
    if kind in _MAPPINGS:
        return dict(zip(json.loads(structure["context"]), inner, strict=True))
    if kind in _LISTS:
        return inner
    raise ValueError
