"""Server-Sent Events: one frame an event of the log."""

import json

from pydantic import TypeAdapter

from openapi.base import Timestamp
from service.db.tables import EventRow

PING = b": still here\n\n"

_MOMENT: TypeAdapter[Timestamp] = TypeAdapter(Timestamp)


def frame(row: EventRow) -> bytes:
    """Write an event: ``id`` for Last-Event-ID, ``event`` its type, ``data`` one line of JSON."""
    data = {"id": row.id, "type": row.type, "at": _MOMENT.dump_python(row.created_at, mode="json"), **row.data}
    return f"id: {row.id}\nevent: {row.type}\ndata: {json.dumps(data)}\n\n".encode()
