"""How uvicorn serves the app: the one configuration, for `tremor api` and for tests."""

from typing import Any

import uvicorn
from litestar.types import ASGIApp

from openapi.wire.settings import Settings
from service.http.patience import patient_protocol
from service.http.tus import overridden


def server_config(app: ASGIApp, settings: Settings, **changes: Any) -> uvicorn.Config:
    """Return uvicorn's configuration for an app of these settings; `changes` are uvicorn's own options."""
    options: dict[str, Any] = {
        "host": settings.host,
        "port": settings.port,
        "http": patient_protocol(settings),
        "ws": "none",
        "loop": "asyncio",
        "lifespan": "on",
        "log_config": None,
        "timeout_graceful_shutdown": None,  # `DrainingServer` hurries who does not end
        "timeout_keep_alive": 30,
        "server_header": False,
    }
    return uvicorn.Config(overridden(app), **{**options, **changes})
