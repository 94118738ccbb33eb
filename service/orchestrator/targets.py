"""The class that an attack aims at, as a number: requests may name it."""

from collections.abc import Sequence

from openapi.attacks import AttackSpec
from openapi.near_misses import named, near_misses
from openapi.problems import InvalidField
from openapi.text import counted

_MOST_NAMES = 12


def aimed(
    specs: Sequence[AttackSpec], names: Sequence[str] | None, num_classes: int, pointer: str
) -> tuple[AttackSpec, ...]:
    """The attacks with every chosen class as its number. Raises `InvalidField` when there is no such class.

    names: class names in the order of the logits, where they are known.
    """
    found = []
    for i, spec in enumerate(specs):
        chosen = getattr(spec, "chosen", None)
        if chosen is not None:
            number = _number(chosen, names, num_classes, f"{pointer}/{i}/target")
            spec = spec.model_copy(update={"target": number})
        found.append(spec)
    return tuple(found)


def one_spelling(specs: Sequence[AttackSpec], names: Sequence[str] | None, num_classes: int) -> tuple[AttackSpec, ...]:
    """The attacks with each chosen class as the first of them writes it: by name and by number it is one threat model.

    What every attack writes alike stays as it is written, and with it what policies call it by.
    """
    spelling: dict[int, int | str] = {}
    found = []
    for spec, told in zip(specs, aimed(specs, names, num_classes, "/attacks"), strict=True):
        chosen, number = getattr(spec, "chosen", None), getattr(told, "chosen", None)
        if chosen is not None and isinstance(number, int):
            spec = spec.model_copy(update={"target": spelling.setdefault(number, chosen)})
        found.append(spec)
    return tuple(found)


def _number(chosen: int | str, names: Sequence[str] | None, num_classes: int, pointer: str) -> int:
    if isinstance(chosen, str) and names and chosen in names:
        if list(names).count(chosen) > 1:
            raise InvalidField(pointer, f"several classes are called {chosen!r}; give the number")
        return list(names).index(chosen)
    if isinstance(chosen, int) or (chosen.isascii() and chosen.isdecimal() and len(chosen) < 10):
        number = int(chosen)
        if number >= num_classes:
            raise InvalidField(
                pointer, f"the model has {counted(num_classes, 'class')}, 0 to {num_classes - 1}; there is no {number}"
            )
        return number
    if not names:
        raise InvalidField(
            pointer, f"neither the model nor the data set names its classes; give the number of {chosen!r}"
        )
    near = near_misses(chosen, names)
    rest = ", ".join(names[:_MOST_NAMES]) + (", …" if len(names) > _MOST_NAMES else "")
    raise InvalidField(
        pointer, f"there is no class {chosen!r}; " + (f"did you mean {named(near)}?" if near else f"there are {rest}")
    )
