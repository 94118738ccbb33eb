"""What somebody may have meant who wrote a name that there is not."""

from collections.abc import Iterable
from difflib import SequenceMatcher

#: A name must be so alike (twice the letters in common over all letters), and nearly as alike as the best one.
_ALIKE, _WORSE_THAN_BEST = 0.6, 0.1
#: Longer names are not compared, and of very many only the first: the comparison takes time.
_LONGEST, _MOST_COMPARED = 200, 20_000


def near_misses(wrong: str, known: Iterable[str], most: int = 2) -> list[str]:
    """The names most like a wrong one, the likest first, in any case of letters; those far behind the first are left out."""
    if not wrong or len(wrong) > _LONGEST:
        return []
    matcher = SequenceMatcher(b=wrong.casefold(), autojunk=False)
    found: dict[str, float] = {}
    for name in list(known)[:_MOST_COMPARED]:
        matcher.set_seq1(name[:_LONGEST].casefold())
        if matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE:
            found[name] = matcher.ratio()
    best = max(found.values(), default=0.0)
    wanted = [name for name, alike in found.items() if alike >= max(_ALIKE, best - _WORSE_THAN_BEST)]
    return sorted(wanted, key=lambda name: -found[name])[:most]


def named(names: Iterable[str]) -> str:
    """``'eps' or 'steps'``."""
    return " or ".join(map(repr, names))
