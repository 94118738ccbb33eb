"""The classes of the ImageNet challenge: WordNet's ids, their names, and the order in which networks have them."""

import functools
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files

#: Share of a model's class names that must stand where the challenge has them.
_MOST = 0.9


@functools.cache
def wordnet_names() -> Mapping[str, str]:
    """Id → names, as in ``"n01440764": "tench, Tinca tinca"``, in the order of the logits (the ids, sorted)."""
    lines = files("openapi").joinpath("assets", "imagenet.txt").read_text("utf-8").splitlines()
    return {line[:9]: line[10:] for line in lines}


@functools.cache
def places() -> Mapping[str, int]:
    """Id → logit."""
    return {identity: place for place, identity in enumerate(wordnet_names())}


def in_order(labels: Sequence[str], alike: Callable[[str], frozenset[str]]) -> bool:
    """Whether class names are those of the challenge in its order; alike: a name → what any spelling of it shares."""
    if len(labels) != len(wordnet_names()):
        return False
    pairs = zip(labels, wordnet_names().items(), strict=True)
    there = sum(label == identity or bool(alike(label) & alike(said)) for label, (identity, said) in pairs)
    return there >= _MOST * len(labels)
