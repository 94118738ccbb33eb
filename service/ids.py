"""Opaque ids that sort by time: a prefix and 26 characters of Crockford's base 32 over a UUIDv7."""

from uuid_utils import uuid7

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id(prefix: str) -> str:
    """Return e.g. ``aud_01j9...``; ids made later sort after ids made earlier."""
    number = uuid7().int
    return f"{prefix}_" + "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))
