"""A server that stops in good order: those who wait for a job are answered at once instead of being cut off."""

import asyncio
import socket
from types import FrameType

import uvicorn
from litestar import Litestar

from service.http.patience import PatientProtocol

#: Uploads and downloads in progress may end for so long; then they are cut off, and come again elsewhere.
_TRANSFER_SECONDS = 3.0
#: What still runs then is cancelled: it waits for a database or store that does not answer.
_ANSWER_SECONDS = 10.0
_AGAIN_SECONDS = 1.0


class DrainingServer(uvicorn.Server):
    """uvicorn's server, which lets answers in progress end; long polls and event streams end when it begins to stop."""

    def __init__(self, config: uvicorn.Config, app: Litestar) -> None:
        super().__init__(config)
        self._app = app

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop in good order, and at once when asked again. A planned stop is a success: no signal is raised anew."""
        self.force_exit = self.should_exit
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop taking connections, answer who waits, end."""
        if (services := getattr(self._app.state, "services", None)) is not None:
            services.hub.close()
        last = asyncio.create_task(self._hurry(), name="hurry")
        try:
            await super().shutdown(sockets)
        finally:
            last.cancel()
            await asyncio.wait({last})

    async def _hurry(self) -> None:
        """End what does not end by itself. Cut off first: a cancelled request may hold a connection of the database."""
        await asyncio.sleep(_TRANSFER_SECONDS)
        for connection in list(self.server_state.connections):
            if isinstance(connection, PatientProtocol):
                connection.cut_off()
        await asyncio.sleep(_ANSWER_SECONDS - _TRANSFER_SECONDS)
        while True:  # a request may have dropped the first cancellation, see `QueueClient.consume`
            for task in self.server_state.tasks:
                task.cancel()
            for connection in list(self.server_state.connections):
                connection.transport.abort()
            await asyncio.sleep(_AGAIN_SECONDS)
