"""Which of the model's logits a class of the data set is: by name, or by number, or several readings to be tried.

Pure rules for both sides: the service refuses by them at once, the workers apply what they say.
"""

import re
from collections.abc import Mapping, Sequence

from openapi import imagenet
from openapi.base import Frozen
from openapi.datasets import DatasetInspection
from openapi.near_misses import named, near_misses
from openapi.problems import DatasetMismatch
from openapi.spelling import PREFIXED, by_synonyms, find_names, letters
from openapi.text import counted

_PLACEHOLDER = re.compile(r"(?:label|class|cls|c)?[ _-]*0*(\d+)", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,6}")
#: What comes before a number, and the number.
_BEHIND = re.compile(r"(.*\D)(\d{1,6})")


#: Near misses are looked for in the caller's time: a few names, among labels that are not too many.
_HINTS, _MOST_COMPARED = 5, 2000


class Reading(Frozen):
    """One way to read the data set's labels: `logits[label]` is the logit, −1 for a label that no sample has."""

    order: str
    logits: tuple[int, ...]
    notes: tuple[str, ...] = ()

    def is_identity(self) -> bool:
        """True when every label in use is its own logit."""
        return all(logit in (-1, label) for label, logit in enumerate(self.logits))


def is_numbers(names: Sequence[str]) -> bool:
    """True when all names are whole numbers, such as folders 0 to 42."""
    return bool(names) and all(_NUMBER.fullmatch(name) for name in names)


def nothing_but_numbers(names: Sequence[str] | None) -> bool:
    """True when names say nothing beyond their place: absent, ``0, 1, …`` or ``LABEL_0, LABEL_1, …``."""
    matches = [_PLACEHOLDER.fullmatch(name.strip()) for name in names or ()]
    return all(m is not None and int(m[1]) == place for place, m in enumerate(matches))


def readings(model: str, k: int, labels: Sequence[str] | None, data: DatasetInspection) -> tuple[Reading, ...]:
    """Return how the labels of an inspected data set can be read for an inspected model; one unless evidence must decide.

    model: its name. k: its number of classes. labels: its class names. Raises `DatasetMismatch` when names cannot be
    brought together, or labels have no logit.
    """
    present = [label for label, count in enumerate(data.class_counts) if count]
    names, numbered, order, source = data.labels, data.numbered_names, data.label_order, data.label_source
    ranks = _ranks(names) if source == "name" and names else None
    if order == "numeric":
        return (_as_they_are(present, k, model) if ranks is None or len(ranks) != k else _ranked(ranks, present),)
    if order == "text" and numbered is None:
        return (_as_they_are(present, k, model),)
    if numbered is not None:
        return _numbered(numbered, labels, present, k, order, model)
    if not nothing_but_numbers(names) and not nothing_but_numbers(labels) and names and labels:
        return (_by_name({label: names[label] for label in present}, names, labels),)
    if source == "name" and names and k == len(imagenet.wordnet_names()) and set(names) <= imagenet.places().keys():
        return (_by_id({label: names[label] for label in present}),)
    if source == "name" and names is not None and len(names) != k:
        raise DatasetMismatch(
            f"the data set has {counted(len(names), 'named class')} ({_listed(names)}) and the model {model!r} {counted(k, 'logit')} "
            "without class names, so that nobody can say which logit is which class; upload the model with `labels`, "
            "its class names in the order of the logits, or the data set with `labels`, a name for each logit, "
            'or with "label_order": "text" when the logits are these classes in alphabetical order'
        )
    plain = _as_they_are(present, k, model)
    if names and nothing_but_numbers(labels) and ranks is not None:
        return _by_rank_or_text(ranks, names, present, k)
    if source == "number" and names is None and order is None and min(present) == 1:
        return (plain, _one_less(present))
    if source == "name" and not nothing_but_numbers(names) and nothing_but_numbers(labels):
        return (plain.model_copy(update={"notes": (_unconfirmed_order(names or (), k),)}),)
    return (plain,)


def _by_id(present: Mapping[int, str]) -> Reading:
    """ImageNet's ids as folders, and a model of 1,000 logits without names."""
    note = (
        "the classes are WordNet ids of ImageNet's, and the model has 1000 logits without names: they are taken for the "
        "challenge's classes in its order, that of the sorted ids"
    )
    logits = tuple(imagenet.places()[present[i]] if i in present else -1 for i in range(max(present) + 1))
    return Reading(order="name", logits=logits, notes=(note,))


def _ranks(names: Sequence[str]) -> list[int] | None:
    """The place of each name by the number before it (``10_owl``) or behind it (``class_10``).

    None where not all have one of their own, or it changes nothing.
    """
    before = [PREFIXED.fullmatch(name) for name in names]
    behind = [_BEHIND.fullmatch(name) for name in names]
    numbers = [int(m[1]) for m in before if m is not None]
    if len({m[1] for m in behind if m is not None}) == 1:
        numbers = [int(m[2]) for m in behind if m is not None]
    ordered = sorted(numbers)
    if len(numbers) < len(names) or len(set(numbers)) < len(numbers) or ordered == numbers:
        return None
    return [ordered.index(number) for number in numbers]


def _ranked(ranks: Sequence[int], present: Sequence[int]) -> Reading:
    return Reading(order="numeric", logits=tuple(ranks[i] if i in present else -1 for i in range(max(present) + 1)))


def _by_rank_or_text(ranks: Sequence[int], names: Sequence[str], present: Sequence[int], k: int) -> tuple[Reading, ...]:
    """Folders such as ``10_owl`` and ``2_cat``, and a model without names: evidence decides between two orders."""
    as_text = tuple(i if i in present else -1 for i in range(max(present) + 1))
    about = f"the model does not name its classes; its {k} logits are taken for the data set's in the order of "
    return (
        _ranked(ranks, present).model_copy(update={"notes": (f"{about}the numbers in their names",)}),
        Reading(
            order="text", logits=as_text, notes=(f"{about}their text, as ImageFolder sorts them: {_listed(names)}",)
        ),
    )


def _one_less(present: Sequence[int]) -> Reading:
    """Labels that begin at 1 and would fit as they are: counted from one, with the last class absent."""
    note = "the labels are taken to be 1-based (counted from one): label 1 is logit 0"
    return Reading(
        order="one_based", logits=tuple(i - 1 if i in present else -1 for i in range(max(present) + 1)), notes=(note,)
    )


def _unconfirmed_order(names: Sequence[str], k: int) -> str:
    return (
        f"the model does not name its classes; its {k} logits are taken for the data set's in alphabetical order, as "
        f"ImageFolder sorts folders: {_listed(names)}. If they follow another order, every figure here is wrong: the "
        'model\'s `labels`, or the data set\'s "label_order": "text", settle it'
    )


def _as_they_are(present: Sequence[int], k: int, model: str) -> Reading:
    top = max(present)
    if top < k:
        return Reading(order="numeric", logits=tuple(range(top + 1)))
    if top == k and min(present) == 1:
        raise DatasetMismatch(
            f"the labels run from 1 to {top} and the model {model!r} has {k} logits, counted from 0: the labels "
            'look 1-based (counted from one); upload the data set with "label_order": "one_based", or subtract 1'
        )
    raise DatasetMismatch(f"the labels go up to {top}, the model {model!r} has {k} logits (labels 0 to {k - 1})")


def _by_name(present: Mapping[int, str], names: Sequence[str], labels: Sequence[str]) -> Reading:
    """Match the names of the classes in use with the model's; every one must have its place."""
    found = find_names(list(present.values()), labels)
    lost = [name for name in present.values() if name not in found]
    if lost:
        raise DatasetMismatch(_no_place(lost, list(present.values()), labels))
    logits = [-1] * (max(present) + 1)
    for label, name in present.items():
        logits[label] = found[name]
    notes = []
    reading = Reading(order="name", logits=tuple(logits))
    if not reading.is_identity():
        notes.append(
            f"labels were matched with the model's class names: {len(present)} of the data set's {len(names)} classes "
            f"are found among the model's {len(labels)}, in another order or as a part of them"
        )
    loosely = [f"{name!r} is {labels[found[name]]!r}" for name in present.values() if name != labels[found[name]]]
    if loosely:
        more = f" and {len(loosely) - 5} more" if len(loosely) > 5 else ""
        notes.append(f"class names are spelt differently and were taken for the same: {'; '.join(loosely[:5])}{more}")
    return reading.model_copy(update={"notes": tuple(notes)})


def _no_place(lost: Sequence[str], names: Sequence[str], labels: Sequence[str]) -> str:
    hints = []
    spelt = {letters(label): label for label in labels}
    for name in lost[:_HINTS] if len(labels) <= _MOST_COMPARED else ():
        several = [label for label in labels if by_synonyms(name) & by_synonyms(label)]
        near = several or [spelt[key] for key in near_misses(letters(name), spelt)]
        if near:
            hints.append(f"{name!r}: {'it may be' if several else 'near is'} {named(near[:3])}")
    return (
        f"{len(lost)} of the data set's {len(names)} class names are not the model's: {_listed(lost)}"
        f"{' (' + '; '.join(hints) + ')' if hints else ''}. Data set: {_listed(names, 20)}. Model: {_listed(labels, 20)}. "
        "Give the data set's or the model's `labels` in the other's words; when the labels' numbers are the logits' "
        'whatever the names say, upload the data set with "label_order": "numeric" (its numbers), "text" (its folders '
        "in alphabetical order)"
    )


def _listed(names: Sequence[str], most: int = 10) -> str:
    shown = ", ".join(repr(name) for name in names[:most])
    return shown if len(names) <= most else f"{shown} … ({len(names)} in all)"


def _numbered(
    found: Sequence[str],
    labels: Sequence[str] | None,
    present: Sequence[int],
    k: int,
    order: str | None,
    model: str,
) -> tuple[Reading, ...]:
    """Classes that are called by numbers: the model's own names settle it, else number and text order are candidates."""
    written = {int(name): name for name in found}
    if order is None and labels is not None and is_numbers(labels):
        places = find_names([written[n] for n in present], labels)
        if len(places) == len(present):
            logits = [places[written[n]] if n in present else -1 for n in range(max(present) + 1)]
            return (Reading(order="name", logits=tuple(logits)),)
    wanted = _orders(sorted(written), written, k)
    if not wanted:
        return (_as_they_are(present, k, model),)
    if order == "text":
        wanted = [(name, place) for name, place in wanted if name.endswith("text")]
    result: list[Reading] = []
    for name, place in wanted:
        order_of = tuple(place[n] if n in present else -1 for n in range(max(present) + 1))
        if all(order_of != r.logits for r in result):
            result.append(Reading(order=name, logits=order_of, notes=_about_order(name, order_of, found, k)))
    return tuple(result)


def _about_order(order: str, logits: tuple[int, ...], found: Sequence[str], k: int) -> tuple[str, ...]:
    if order.endswith("text"):
        return (f"logits are taken for the class numbers in text order, as ImageFolder sorts them: {_listed(found)}",)
    if any(logit not in (-1, label) for label, logit in enumerate(logits)):
        return (f"the classes are numbered {found[0]} … and the model's {k} logits are taken for them in that order",)
    return ()


def _orders(numbers: Sequence[int], written: Mapping[int, str], k: int) -> list[tuple[str, dict[int, int]]]:
    """Orders, by number and by the text of all classes: name and number → logit; none where k logits do not fit.

    Classes that begin at 1 may be counted from one, with the last of them absent.
    """
    low, high = numbers[0], numbers[-1]
    every: Sequence[int]
    if high < k:
        every = range(k)
    elif low >= 1 and high == k:
        every = range(1, k + 1)
    elif len(numbers) == k:
        every = numbers
    else:
        return []
    found = _number_and_text(every, written, "numeric", "text")
    if low == 1 and high < k:
        found += _number_and_text(range(1, k + 1), written, "one_based", "one_based_text")
    return found


def _number_and_text(
    every: Sequence[int], written: Mapping[int, str], by_number: str, by_text: str
) -> list[tuple[str, dict[int, int]]]:
    padded = any(len(name) > 1 and name[0] == "0" for name in written.values())
    width = max(map(len, written.values())) if padded else 0
    text = {n: written.get(n, f"{n:0{width}d}") for n in every}
    return [
        (by_number, {n: place for place, n in enumerate(every)}),
        (by_text, {n: place for place, n in enumerate(sorted(every, key=lambda n: text[n]))}),
    ]
