"""uvicorn's HTTP protocol with an end to its patience: slow headers, stalled uploads and downloads are cut off.

A half-sent request costs its sender nothing and us a connection; uvicorn alone waits for the rest for ever.
"""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from openapi.problems import problem
from openapi.wire.settings import Settings

#: An upload that is slower than so many bytes in `TREMOR_STALL_SECONDS` is none.
_LEAST_BYTES = 1024

_LONGEST_HEAD = 32 * 1024

_HEADERS_LATE = "The headers of the request were not complete after {:g} seconds"
_BODY_LATE = "The request's body has stopped arriving: next to nothing came for {:g} seconds"
_STOPPING = "The service stops; send the request again soon"
_HEADERS_LONG = "The request line and headers are longer than this service takes"


class PatientProtocol(H11Protocol):
    """One connection, looked at now and then.

    Waiting for a request's head: all of it must come in `head_seconds`. Receiving a body: at least a kilobyte in each
    `stall_seconds`, unless it is we who do not read. Answering: some of what is buffered must be taken in that time.
    """

    head_seconds: float
    stall_seconds: float

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.conn = h11.Connection(h11.SERVER, _LONGEST_HEAD)
        self._look: asyncio.TimerHandle | None = None
        self._head_since: float | None = None
        self._received = 0
        self._mark: tuple[float, int] = (0.0, 0)  # when the present window began, and what had moved by then

    # What uvicorn calls

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to look."""
        super().connection_made(transport)
        self._head_since = self.loop.time()
        self._plan()

    def connection_lost(self, exc: Exception | None) -> None:
        """Look no more."""
        if self._look is not None:
            self._look.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Note that something came."""
        self._received += len(data)
        if self._head_since is None and self._is_idle():
            self._head_since = self.loop.time()
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._head_since = None
            self._begin_window(self._received)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP, or too long a head, as every error is answered."""
        if self._head_since is not None and len(self.conn.trailing_data[0]) > _LONGEST_HEAD:
            self._refuse("headers-too-large", _HEADERS_LONG)
        else:
            self._refuse("malformed-request", msg)

    def cut_off(self) -> None:
        """End a transfer that holds up the stop of the service, in either direction; leave an answer in progress."""
        if self.transport.is_closing() or self.flow.write_paused:
            self.transport.abort()
        elif not self._is_idle() and self.cycle.more_body:
            self._refuse("unavailable", _STOPPING)

    # Looking

    def _is_idle(self) -> bool:
        """Whether no request is being received or answered."""
        return self.cycle is None or (self.cycle.response_complete and self.conn.their_state is not h11.SEND_BODY)

    def _plan(self) -> None:
        self._look = self.loop.call_later(min(self.head_seconds, self.stall_seconds) / 4, self._on_look)

    def _begin_window(self, moved: int) -> None:
        self._mark = (self.loop.time(), moved)

    def _on_look(self) -> None:
        now = self.loop.time()
        if self.transport.is_closing():
            self._look_at_reader(now)  # the rest of an answer may wait for a client that takes nothing
        elif self._is_idle():
            if self._head_since is not None and now - self._head_since > self.head_seconds:
                self._on_late_head()
        elif self.cycle.more_body:
            self._look_at_sender(now)
        else:
            self._look_at_reader(now)
        self._plan()

    def _on_late_head(self) -> None:
        if self.conn.trailing_data[0] or self._received:
            self._refuse("request-timeout", _HEADERS_LATE.format(self.head_seconds))
        else:
            self.transport.close()  # a connection made in advance, as browsers do: there is nothing to answer

    def _look_at_sender(self, now: float) -> None:
        begun, moved = self._mark
        if self.flow.read_paused or self._received - moved >= _LEAST_BYTES:
            self._begin_window(self._received)
        elif now - begun > self.stall_seconds:
            self._refuse("request-timeout", _BODY_LATE.format(self.stall_seconds))

    def _look_at_reader(self, now: float) -> None:
        begun, left = self._mark
        waiting = self.transport.get_write_buffer_size()
        if not waiting or waiting != left:
            self._begin_window(waiting)
        elif now - begun > self.stall_seconds:
            self.logger.info("%s takes nothing of its answer; connection closed", self.client)
            self.transport.abort()

    def _refuse(self, slug: str, detail: str) -> None:
        """Answer with a problem where no answer has begun, and close."""
        found = problem(slug, detail)
        self.logger.info("%s: %s; connection closed", self.client, detail)
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            body = found.model_dump_json(exclude_none=True).encode()
            headers = [
                (b"content-type", b"application/problem+json"),
                (b"content-length", str(len(body)).encode()),
                (b"cache-control", b"no-store"),
                (b"connection", b"close"),
            ]
            for event in (h11.Response(status_code=found.status, headers=headers), h11.Data(body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self._begin_window(-1)
        self.transport.close()


def patient_protocol(settings: Settings) -> type[PatientProtocol]:
    """The protocol with the patience of the settings."""
    limits = {"head_seconds": settings.head_seconds, "stall_seconds": settings.stall_seconds}
    return type("PatientProtocol", (PatientProtocol,), limits)
