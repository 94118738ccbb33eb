"""What a Redis stream answers, whatever the protocol's version, and the events in it."""

import logging
from dataclasses import dataclass
from typing import Any

from openapi.base import NEWER
from openapi.wire.jobs import WorkerEvent

_log = logging.getLogger("tremor.queue")

Entries = list[tuple[str, dict[str, str]]]


@dataclass(frozen=True)
class Delivery:
    """An event from the stream; `QueueClient.ack` it once the database holds its effect."""

    id: str
    event: WorkerEvent


def entries_of(answer: Any) -> Entries:
    """Flatten XREADGROUP's answer to pairs of id and fields; it is a list of pairs in RESP2 and a dict of lists in RESP3."""
    if not answer:
        return []
    streams = answer.items() if isinstance(answer, dict) else answer
    found: Entries = []
    for _, entries in streams:
        batches = [entries] if entries and isinstance(entries[0], tuple) else entries
        for part in batches:
            found += [(identity, fields or {}) for identity, fields in part]
    return found


def deliveries_of(entries: Entries) -> tuple[list[Delivery], list[str]]:
    """The events of these entries, and the ids of those that are none."""
    deliveries, broken = [], []
    for identity, fields in entries:
        try:
            deliveries.append(Delivery(identity, WorkerEvent.model_validate_json(fields["event"], extra=NEWER)))
        except (KeyError, ValueError):
            _log.warning("an event that this version does not know is dropped: %.1000s", fields)
            broken.append(identity)
    return deliveries, broken
