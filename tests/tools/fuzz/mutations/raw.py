"""Mutations of bytes, whatever they mean, and what all mutations draw from."""

from collections.abc import Callable, Sequence
from random import Random

from tests.tools.fuzz.seeds import Seed

#: (file, other seeds, rng) → the changed file; its name says how, in findings.
Change = Callable[[bytes, Sequence[Seed], Random], bytes]

#: Numbers that parsers get wrong.
NUMBERS = (
    0,
    1,
    -1,
    2,
    127,
    128,
    255,
    256,
    65535,
    65536,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**32,
    2**40,
    2**63 - 1,
    -(2**63),
)
NAMES = (
    "../up",
    "/etc/passwd",
    "a/../../b",
    "",
    ".",
    "\\\\x\\y",
    "C:x",
    "a\n",
    "ä\u202e",
    "x" * 2000,
    "a/" * 300,
    "con\x7f",
)
BYTES = (0, 0xFF, 0x7F, 0x80)


def bytes_(data: bytes, others: Sequence[Seed], rng: Random) -> bytes:
    """One to eight small changes, or one large one."""
    if rng.random() < 0.15:
        return data[: rng.randrange(len(data) + 1)]
    if rng.random() < 0.15:
        other = rng.choice(others).data
        return data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other)) :]
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        one_change(changed, rng)
    return bytes(changed)


def one_change(data: bytearray, rng: Random) -> None:
    at, how = rng.randrange(len(data) + 1), rng.randrange(6)
    if how == 0 and at < len(data):
        data[at] ^= 1 << rng.randrange(8)
    elif how == 1 and at < len(data):
        data[at] = rng.choice(BYTES)
    elif how == 2:
        del data[at : at + rng.randrange(1, 40)]
    elif how == 3:
        data[at:at] = rng.randbytes(rng.randrange(1, 40))
    elif how == 4:
        length = rng.choice((4, 8))
        data[at : at + length] = (rng.choice(NUMBERS) % 2 ** (8 * length)).to_bytes(length, "little")
    else:
        data[at:at] = data[at : at + rng.randrange(1, 200)]


def bomb(rng: Random) -> int:
    """Bytes of zeros to pack; the largest is rare, for its making takes longer than its refusal."""
    return 2 * 10**7 if rng.random() < 0.02 else rng.choice((10**5, 10**6))
