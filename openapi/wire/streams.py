"""What a Redis stream answers, whatever the protocol's version."""

from typing import Any


def entries_of(answer: Any) -> list[tuple[str, dict[str, str]]]:
    """Flatten XREADGROUP's answer to pairs of id and fields; it is a list of pairs in RESP2 and a dict of lists in RESP3."""
    if not answer:
        return []
    streams = answer.items() if isinstance(answer, dict) else answer
    found: list[tuple[str, dict[str, str]]] = []
    for _, entries in streams:
        batches = [entries] if entries and isinstance(entries[0], tuple) else entries
        for part in batches:
            found += [(identity, fields or {}) for identity, fields in part]
    return found
