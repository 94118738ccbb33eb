"""The whole product in one command and one folder: broker from a wheel, API, workers, all ended together."""

from service.embedded.embed import EmbeddedService

__all__ = ["EmbeddedService"]
