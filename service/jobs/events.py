"""Server-Sent Events: one frame an event of the log, and what the document says of it."""

import json
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, TypeAdapter

from openapi.audits import Verdict
from openapi.base import Timestamp
from openapi.problems import Problem
from openapi.status import JobStatus
from service.db.tables import EventRow

PING = b": still here\n\n"

#: What `Last-Event-ID` holds; empty is none.
EVENT_ID = r"^(?:evt_[0-9a-z]{26})?$"

EventType = Literal["status", "phase", "progress", "artifact", "retry"]

_MOMENT: TypeAdapter[Timestamp] = TypeAdapter(Timestamp)


class JobEvent(BaseModel):
    """The `data` of one event: which fields it has, its type decides."""

    model_config = ConfigDict(frozen=True, extra="allow")

    id: str
    type: EventType
    at: Timestamp
    status: JobStatus | None = None
    verdict: Verdict | None = None
    problem: Problem | None = None
    phase: str | None = None
    detail: str | None = None
    done: float | None = None
    total: float | None = None
    unit: str | None = None


def event_schema(data: dict[str, Any]) -> dict[str, Any]:
    """JSON Schema of one event as clients take it apart; `data` is the schema of what its text holds."""
    text = {"type": "string", "contentMediaType": "application/json", "contentSchema": data}
    return {
        "type": "object",
        "description": "One event of the stream, as a client of Server-Sent Events gives it",
        "required": ["id", "event", "data"],
        "properties": {"id": {"type": "string"}, "event": {"enum": list(get_args(EventType))}, "data": text},
    }


def frame(row: EventRow) -> bytes:
    """Write an event: ``id`` for Last-Event-ID, ``event`` its type, ``data`` one line of JSON."""
    data = {"id": row.id, "type": row.type, "at": _MOMENT.dump_python(row.created_at, mode="json"), **row.data}
    return f"id: {row.id}\nevent: {row.type}\ndata: {json.dumps(data)}\n\n".encode()
