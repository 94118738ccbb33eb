"""A server that stops in good order: those who wait for a job are answered at once instead of being cut off."""

import socket
from types import FrameType

import uvicorn
from litestar import Litestar


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
        await super().shutdown(sockets)
