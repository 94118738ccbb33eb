"""Mutations of valid uploads: of bytes, of a zip's or tar's entries, of an ONNX graph, of what is written in them.

Every mutation is a function of the seed and of a `random.Random`: the same number gives the same file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from tests.tools.fuzz.mutations.graphs import onnx_
from tests.tools.fuzz.mutations.parquet import parquet_footer, parquet_pages
from tests.tools.fuzz.mutations.raw import Change, bytes_
from tests.tools.fuzz.mutations.tars import repacked, tar_header, tar_members
from tests.tools.fuzz.mutations.zips import zip_bomb, zip_content, zip_headers, zip_names
from tests.tools.fuzz.seeds import Container, Seed

_ZIP: tuple[Change, ...] = (zip_content, zip_content, zip_content, zip_names, zip_headers, zip_bomb)
_DEEP: dict[Container, tuple[Change, ...]] = {
    "zip": _ZIP,
    "tar": (tar_members, tar_header),
    "packed": (repacked,),
    "onnx": (onnx_,),
    "parquet": (parquet_footer, parquet_pages),
}


@dataclass(frozen=True)
class Mutant:
    """A file to upload, and how it was made."""

    seed: Seed
    how: str
    data: bytes


def mutate(seed: Seed, others: Sequence[Seed], rng: Random) -> Mutant:
    """One to three mutations of a seed; a fifth of all are of bytes alone."""
    deep = _DEEP[seed.container]
    data, how = seed.data, []
    for _ in range(rng.choice((1, 1, 2, 3))):
        change = rng.choice(deep) if rng.random() < 0.8 else bytes_
        try:
            data = change(data, others, rng)
            how.append(change.__name__.strip("_"))
        except Exception:  # what an earlier mutation broke cannot be changed by its structure any more
            data = bytes_(data, others, rng)
            how.append("bytes")
    return Mutant(seed, "+".join(how), data or b"\0")
