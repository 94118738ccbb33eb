"""Which samples of a data set an audit evaluates: the words of the request, and what shards are told of them."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from openapi.problems import InvalidField
from openapi.stages.base import Choice, Drawn, Listed
from openapi.text import counted

#: Samples that a request may list one by one.
MOST_LISTED = 100_000

Index = Annotated[int, Field(ge=0, lt=2**53)]

#: `first`: in the order of the file; `random`: drawn by the seed; `per_class`: by the seed, as many of each class as
#: there are; or the indices themselves.
SampleChoice = (
    Literal["first", "random", "per_class"]
    | Annotated[tuple[Index, ...], Field(min_length=1, max_length=MOST_LISTED, fail_fast=True)]
)

DESCRIPTION = (
    "Which samples: `first` so many, `random` ones, `per_class` (the same number of each class, or all it has) with "
    "`{count}` as their number, drawn by `seed`; or a list of indices"
)


def check_choice(choice: SampleChoice, count: int | None, pointer: str, count_pointer: str) -> None:
    """Raise `InvalidField` where choice and count do not belong together."""
    if isinstance(choice, tuple):
        if count is not None:
            raise InvalidField(count_pointer, "the samples are listed one by one; leave the number out")
        seen: set[int] = set()
        for i, index in enumerate(choice):
            if index in seen:
                raise InvalidField(f"{pointer}/{i}", f"sample {index} is listed twice")
            seen.add(index)
    elif choice != "first" and count is None:
        raise InvalidField(count_pointer, f"say how many samples {choice!r} is to choose")


def check_indices(choice: SampleChoice, num_samples: int, pointer: str) -> None:
    """Raise `InvalidField` when a listed sample is none of the data set's."""
    for i, index in enumerate(choice if isinstance(choice, tuple) else ()):
        if index >= num_samples:
            raise InvalidField(
                f"{pointer}/{i}", f"the data set has {counted(num_samples, 'sample')}, 0 to {num_samples - 1}"
            )


def how_many(choice: SampleChoice, count: int | None, num_samples: int) -> int:
    """How many samples are evaluated."""
    return len(choice) if isinstance(choice, tuple) else min(num_samples, count or num_samples)


def chosen(choice: SampleChoice, n: int, seed: int, start: int = 0, stop: int | None = None) -> Choice | None:
    """What the shard of the chosen samples ``start..stop`` is told; None for the first n.

    Listed samples are taken in ascending order, each shard being told its own.
    """
    if isinstance(choice, tuple):
        return Listed(indices=tuple(sorted(choice)[start:stop]))
    return None if choice == "first" else Drawn(kind=choice, count=n, seed=seed)


def described(choice: SampleChoice, seed: int) -> str:
    """The choice in words, for the report."""
    words: Mapping[str, str] = {
        "first": "the first in the file",
        "random": f"drawn at random by the seed {seed}",
        "per_class": f"as many of each class as there are, drawn by the seed {seed}",
    }
    return "listed in the request" if isinstance(choice, tuple) else words[choice]
