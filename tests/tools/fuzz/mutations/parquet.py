"""Mutations of Parquet files: of the footer, and of the pages under a footer that stays right."""

from collections.abc import Sequence
from random import Random

from tests.tools.fuzz.mutations.raw import BYTES, NUMBERS, one_change
from tests.tools.fuzz.seeds import Seed


def parquet_footer(data: bytes, others: Sequence[Seed], rng: Random) -> bytes:
    """A change inside the footer, where the schema and the offsets are."""
    length = int.from_bytes(data[-8:-4], "little")
    footer = bytearray(data[-8 - length : -8])
    for _ in range(rng.choice((1, 2, 4))):
        one_change(footer, rng)
    stated = len(footer) if rng.random() < 0.9 else rng.choice(NUMBERS) % 2**32
    return data[: -8 - length] + bytes(footer) + stated.to_bytes(4, "little") + b"PAR1"


def parquet_pages(data: bytes, others: Sequence[Seed], rng: Random) -> bytes:
    """A change in the pages: the footer stays right."""
    length = int.from_bytes(data[-8:-4], "little")
    pages = bytearray(data[4 : -8 - length])
    for _ in range(rng.choice((1, 2, 8))):
        pages[rng.randrange(len(pages))] = rng.choice((*BYTES, rng.randrange(256)))
    return data[:4] + bytes(pages) + data[-8 - length :]
