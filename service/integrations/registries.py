"""The registries of an installation, by their names; the place that knows which kinds there are."""

from collections.abc import Sequence
from typing import Self

from openapi.wire.settings import Settings
from service.integrations.base import Registry
from service.integrations.config import RegistryConfig, read_registries
from service.integrations.generic import Generic
from service.integrations.huggingface import HuggingFace
from service.integrations.mlflow import MLflow

KINDS: dict[str, type[Registry]] = {"mlflow": MLflow, "huggingface": HuggingFace, "generic": Generic}


class Registries:
    """All of them, open until `close`."""

    def __init__(self, configs: Sequence[RegistryConfig]) -> None:
        self.all = tuple(KINDS[config.kind](config) for config in configs)
        self._by_name = {registry.config.name: registry for registry in self.all}

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Those of the file that the settings name. Raises `WrongRegistries`."""
        return cls(() if settings.registries_file is None else read_registries(settings.registries_file))

    def get(self, name: str) -> Registry | None:
        """The one of this name."""
        return self._by_name.get(name)

    async def close(self) -> None:
        """Close all connections."""
        for registry in self.all:
            await registry.close()
