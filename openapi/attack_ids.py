"""How the attacks of one audit are called in its report."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from openapi.attacks.base import Attack
from openapi.problems import InvalidField

#: Options that every id shows when the attack has them, in this order; the rest appears only where it tells two apart.
_SHOWN = ("norm", "corruption", "severity", "eps", "steps")
#: Longest id, given or made: a class's name in it may be longer.
_LONGEST = 80


def _written(value: Any) -> str:
    """One option's value as a part of an id: letters, digits, dots and dashes alone.

    Characters beyond ASCII are written by their number, ``u1f600``, so that two names never become one.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".") if 1e-3 <= value < 1e4 else f"{value:.3g}"
    if isinstance(value, Iterable) and not isinstance(value, str):
        return "_".join(_written(v) for v in value)
    return "".join(_character(c) for c in str(value))


def _character(c: str) -> str:
    if not c.isascii():
        return f"u{ord(c):04x}"
    return c if c.isalnum() or c in "._+-" else "_"


def _plain_id(spec: Attack) -> str:
    values = [getattr(spec, field, None) for field in _SHOWN]
    parts = [spec.name, *(_written(v) for v in values if v is not None)]
    chosen = getattr(spec, "chosen", None)
    if chosen is not None:
        parts.append(f"to-{_written(chosen)}")
    elif getattr(spec, "targeted", False):
        parts.append("targeted")
    if spec.region is not None:
        parts.append(f"in-{_written(spec.region)}")
    return "-".join(parts)


def check_file_names(specs: Sequence[Attack]) -> None:
    """Raise `InvalidField` when two attacks were given ids that some file systems take for one: files are named so."""
    seen: dict[str, str] = {}
    for i, spec in enumerate(specs):
        if spec.id is not None and (other := seen.setdefault(spec.id.lower(), spec.id)) != spec.id:
            detail = (
                f"the ids {other!r} and {spec.id!r} differ in capital letters alone: as names of files they are one"
            )
            raise InvalidField(f"/attacks/{i}/id", detail)


def attack_ids(specs: Sequence[Attack]) -> tuple[str, ...]:
    """Name every attack of one audit: readable, unique, and the same for the same list.

    A spec's own `id` is kept. The others are called by name, norm, eps and steps (``pgd-linf-0.0314-10``), then by
    whatever else tells two of them apart (``…-restarts-5``), and equal specs by a running number; what is longer than
    an id may be is cut. `InvalidField` when two specs were given the same `id`.
    """
    given = Counter(spec.id for spec in specs if spec.id is not None)
    for i, spec in enumerate(specs):
        if spec.id is not None and given[spec.id] > 1 and any(s.id == spec.id for s in specs[:i]):
            raise InvalidField(f"/attacks/{i}/id", f"the id {spec.id!r} is used twice; ids must differ")
    plain = [spec.id or _plain_id(spec) for spec in specs]
    names = list(plain)
    for i, spec in enumerate(specs):
        twins = [s for s, p in zip(specs, plain, strict=True) if p == plain[i] and s.id is None]
        if spec.id is None and len(twins) > 1:
            own = [f for f in type(spec).model_fields if f not in {"name", "id", "targeted", "mask", *_SHOWN}]
            odd = [f for f in own if getattr(spec, f) != type(spec).model_fields[f].default]
            told = [f for f in odd if len({repr(getattr(s, f, None)) for s in twins}) > 1]
            names[i] = "-".join([plain[i], *(f"{f}-{_written(getattr(spec, f))}" for f in told)])
    taken: set[str] = {spec.id.lower() for spec in specs if spec.id is not None}
    for i, spec in enumerate(specs):
        if spec.id is not None:
            continue
        name, count = names[i][:_LONGEST], 1
        while name.lower() in taken:
            count += 1
            number = f"-{count}"
            name = names[i][: _LONGEST - len(number)] + number
        names[i] = name
        taken.add(name.lower())
    return tuple(names)
