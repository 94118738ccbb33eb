"""The one place that knows which kinds of registries there are."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from openapi.integrations import IntegrationKind
from service.context import Services
from service.db.integrations import Integration
from service.integrations.base import Registry
from service.integrations.config import config_of
from service.integrations.generic import Generic
from service.integrations.huggingface import HuggingFace
from service.integrations.mlflow import MLflow

KINDS: dict[IntegrationKind, type[Registry]] = {"mlflow": MLflow, "huggingface": HuggingFace, "generic": Generic}


@asynccontextmanager
async def registry_of(services: Services, row: Integration) -> AsyncIterator[Registry]:
    """The registry of an integration, for as long as the block runs. Raises `CannotOpen`."""
    registry = KINDS[row.kind](config_of(row, services.vault), services.settings)
    try:
        yield registry
    finally:
        await registry.close()
