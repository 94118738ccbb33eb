"""What attacks tell besides, added up over slices. No torch in here: reports are merged where it is not loaded."""

from collections.abc import Mapping
from typing import Any

#: What an attack tells besides its columns: counts, lists and dicts of counts, and texts, as JSON.
Extras = dict[str, Any]


def add_extras(a: Mapping[str, Any], b: Mapping[str, Any]) -> Extras:
    """Merge what two slices tell: numbers and lists of numbers are added, dicts recursively; others are kept, and
    of a number and a text the text, which says why there is no number.
    """
    out = dict(a)
    for key, value in b.items():
        mine = out.get(key)
        if isinstance(mine, dict) and isinstance(value, dict):
            out[key] = add_extras(mine, value)
        elif isinstance(mine, list) and isinstance(value, list) and len(mine) == len(value):
            out[key] = [p + q for p, q in zip(mine, value, strict=True)]
        elif _number(mine) and _number(value):
            out[key] = mine + value
        elif key not in out or (_number(mine) and isinstance(value, str)):
            out[key] = value
    return out


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
