"""The one place that knows which kinds of registries there are."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module

from openapi.integrations import IntegrationKind
from service.context import Services
from service.db.integrations import Integration
from service.integrations.base import Registry
from service.integrations.config import config_of

#: Kind → module and class. Each is imported when the first integration of its kind is called: most services have none,
#: and what speaks HTTP for them is large.
REGISTRIES: dict[IntegrationKind, tuple[str, str]] = {
    "mlflow": ("service.integrations.mlflow", "MLflow"),
    "huggingface": ("service.integrations.huggingface", "HuggingFace"),
    "generic": ("service.integrations.generic", "Generic"),
}


@asynccontextmanager
async def registry_of(services: Services, row: Integration) -> AsyncIterator[Registry]:
    """The registry of an integration, for as long as the block runs. Raises `CannotOpen`."""
    module, name = REGISTRIES[row.kind]
    kind: type[Registry] = getattr(import_module(module), name)
    registry = kind(config_of(row, services.vault), services.settings)
    try:
        yield registry
    finally:
        await registry.close()
