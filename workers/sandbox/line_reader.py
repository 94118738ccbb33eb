"""Lines that come through a socket or a pipe from a process that is not trusted."""

import os
import socket

from workers.sandbox.messages import MAX_LINE


class BadAnswer(Exception):
    """What came is no message of ours."""


class LineReader:
    """Lines from a socket or a pipe, without blocking."""

    def __init__(self, source: socket.socket | int) -> None:
        self.handle = source if isinstance(source, int) else source.fileno()
        self._buffer = bytearray()
        self.ended = False

    @property
    def open_handles(self) -> list[int]:
        """The handle, for `select`, until the other side has closed it."""
        return [] if self.ended else [self.handle]

    def fill(self) -> None:
        """Read once; the handle must be readable."""
        try:
            data = os.read(self.handle, 1 << 18)
        except ConnectionResetError:
            data = b""
        self.ended = not data
        self._buffer += data
        if len(self._buffer) > MAX_LINE:
            raise BadAnswer(f"a line of more than {MAX_LINE} bytes")

    def next_line(self) -> bytes | None:
        """The next whole line, without its end; None when there is none yet."""
        end = self._buffer.find(b"\n")
        if end < 0:
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line
