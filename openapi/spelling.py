"""Names of classes in two spellings, and which of them mean the same."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence

from openapi import imagenet

_CODE = re.compile(r"(n\d{8}(?=[\s._-]|$)|\d{3}(?=\.))[\s._-]*(.*)")
#: A space that is not all that keeps two numbers apart.
_GAP = re.compile(r"(?<!\d) | (?!\d)")
#: A number that orders a name, and the name.
PREFIXED = re.compile(r"(\d{1,6})[\s_.\-]+(\D.*)")


def clean_name(name: str) -> str:
    """A class name as it is kept: composed Unicode (NFC), without spaces around it."""
    return unicodedata.normalize("NFC", name).strip()


#: Characters of a class name.
LONGEST_NAME = 200


def misnamed(names: Sequence[str]) -> tuple[int | None, str] | None:
    """What is wrong with class names, a model's or a data set's alike, and which is: they are short, printable, and each
    is of one class. None where nothing is. ImageNet's own list has two cranes and is taken as it is.
    """
    for i, name in enumerate(names):
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            long = f" ({len(name):,} characters)" if len(name) > LONGEST_NAME else ""
            return i, f"is {name[:60]!r}{long}; class names are 1 to {LONGEST_NAME} printable characters"
    for name, times in Counter(names).most_common(1):
        if times > 1 and not is_imagenet(names):
            return None, f"names {name!r} twice; class names must differ"
    return None


def letters(name: str) -> str:
    """What tells one class name from another: case, spaces, underscores, hyphens and Unicode form aside."""
    return " ".join(re.split(r"[\s_\-]+", unicodedata.normalize("NFKC", name).casefold())).strip()


def _spelt(name: str) -> frozenset[str]:
    return frozenset({name})


def _by_letters(name: str) -> frozenset[str]:
    return frozenset({letters(name)})


def by_synonyms(name: str) -> frozenset[str]:
    """``"tench, Tinca tinca"`` is either; ImageNet's labels are written so."""
    return frozenset(filter(None, (letters(part) for part in name.split(","))))


def _by_words(name: str) -> frozenset[str]:
    """``TabbyCat`` and ``tabbycat`` are two words."""
    return frozenset(_GAP.sub("", part) for part in by_synonyms(name))


def _by_code(name: str) -> frozenset[str]:
    """Names behind a number (``001.Laysan_Albatross``), and WordNet's ids with or without a name."""
    match = _CODE.fullmatch(name)
    if match is None:
        return by_synonyms(name)
    code, rest = match.groups()
    return (by_synonyms(rest) if rest else frozenset()) | ({code} if code[0] == "n" else frozenset())


def _by_wordnet(name: str) -> frozenset[str]:
    """The words of a WordNet id of ImageNet's; others as above."""
    return by_synonyms(imagenet.wordnet_names().get(name, "")) or _by_code(name)


def _behind_a_number(name: str) -> frozenset[str]:
    """``0_tabby cat`` and ``00-tabby``: names behind the number that orders them."""
    match = PREFIXED.fullmatch(name)
    return _by_words(match[2] if match else name)


_LEVELS: tuple[Callable[[str], frozenset[str]], ...] = (
    _spelt, _by_letters, by_synonyms, _by_words, _by_code, _by_wordnet, _behind_a_number,
)  # fmt: skip


def find_names(names: Sequence[str], among: Sequence[str]) -> dict[str, int]:
    """Return name → its one place in `among`: spelt alike, else in the same letters (case, spaces, underscores, hyphens
    and Unicode form aside), else as one of its synonyms, else as the same words without spaces, else with or without
    a code before it, else as what WordNet calls its id, else with or without a number before it. Names with no or several
    places are left out. Where `among` is ImageNet's list, ids go by its order.
    """
    left = list(dict.fromkeys(names))
    ids = imagenet.places().keys() & left
    found = {name: imagenet.places()[name] for name in ids} if ids and is_imagenet(among) else {}
    left = [name for name in left if name not in found]
    for level in _LEVELS:
        if not left:
            break
        table: dict[str, set[int]] = {}
        for place, name in enumerate(among):
            for key in level(clean_name(name)):
                table.setdefault(key, set()).add(place)
        places = {name: set().union(*(table.get(key, set()) for key in level(clean_name(name)))) for name in left}
        fitting = {name: next(iter(own)) for name, own in places.items() if len(own) == 1}
        if level is _behind_a_number:  # "10 pence" and "20 pence" are not both "pence"
            taken = Counter([*fitting.values(), *found.values()])
            fitting = {name: place for name, place in fitting.items() if taken[place] == 1}
        found |= fitting
        left = [name for name, own in places.items() if not own]  # several places are no better at a looser level
    return found


def is_imagenet(labels: Sequence[str]) -> bool:
    """Whether class names are the 1,000 of the ImageNet challenge, in its order."""
    return imagenet.in_order(labels, by_synonyms)
