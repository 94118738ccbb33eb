"""`create_app`: the API as one Litestar application."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version
from typing import Any

from litestar import Litestar, Request, Response, Router
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Tag

from openapi.wire.settings import Settings
from service.analyses.controller import AnalysesController
from service.analyses.explanations_controller import ExplanationsController
from service.artifacts.controller import ArtifactController
from service.audits.controller import AuditController
from service.catalog.controller import CatalogController
from service.comparisons.controller import ComparisonController
from service.context import Services
from service.datasets.controller import DatasetController
from service.evidence.controller import SigningKeyController
from service.hardenings.controller import HardeningController
from service.health.controller import HealthController
from service.http.guards import RateLimit, caller_of, require_key
from service.http.measuring import measure_requests
from service.http.methods import acceptable, tell_methods
from service.http.origins import refuse_foreign
from service.http.problems import handle_exception
from service.http.queries import known_query
from service.http.schema import JsonDocument, PageDocument
from service.integrations.controller import IntegrationController
from service.integrations.syncer import Syncer
from service.keys.controller import KeyController
from service.models.controller import ModelController
from service.orchestrator.retries import Ended
from service.policies.controller import PolicyController
from service.reference.controller import ReferenceController
from service.reference.page import POLICY
from service.resumable.controller import ResumableController
from service.tenants.controller import UsageController
from service.ui.controller import PageController
from service.upkeep.keeper import kept_in_order
from service.upkeep.sealing import seal_all
from service.webhooks.controller import DeliveryController, WebhookController
from service.webhooks.deliverer import Deliverer

_DESCRIPTION = (
    "Audits image classifiers for adversarial robustness, shows which neurons tremble, and hardens them. "
    "Errors are RFC 9457 problems; lists are {items, next_cursor}; times are RFC 3339 in UTC; ids are opaque."
)


_TAGS = [
    Tag("models", "Uploaded and hardened classifiers"),
    Tag("datasets", "Uploaded data sets"),
    Tag("uploads", "Files in parts, of which models and data sets are made (tus 1.0)"),
    Tag("audits", "Attacks and neuron analysis of a model on a data set, with a report"),
    Tag("analyses", "Layers, neurons, images and clusters of an audit that has ended, in slices"),
    Tag("policies", "Rules under a name, bound to models"),
    Tag("evidence", "Signed statements of what was found"),
    Tag("comparisons", "Two audits of the same images, sample by sample"),
    Tag("hardenings", "Training a model against attacks, and comparing before and after"),
    Tag("artifacts", "Files that jobs left"),
    Tag("keys", "A tenant's API keys, for keys of scope `admin`, and what it has"),
    Tag("webhooks", "Who is told of what happens, and what was told (Standard Webhooks)"),
    Tag("integrations", "Registries of models whose versions are audited, and what they tell"),
    Tag("catalog", "What can be asked for"),
    Tag("health", "For probes and for monitoring"),
]


def _lifespan(settings: Settings, ended: Ended | None) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def live(app: Litestar) -> AsyncIterator[None]:
        """Open everything, migrate, take up unfinished work, serve, and close everything."""
        services = app.state.services = Services.from_settings(settings)
        deliverer, syncer = Deliverer(settings, services.db, services.hub, services.vault), Syncer(services)
        try:
            await services.db.migrate()
            await seal_all(services.db, services.vault)
            await services.blobs.sweep_async()
            await services.orchestrator.start(ended)
            deliverer.start()
            syncer.start()
            async with kept_in_order(services):
                yield
        finally:
            await syncer.stop()
            await deliverer.stop()
            await services.orchestrator.stop()
            await services.queue.aclose()
            await services.db.close()

    return live


def _services(request: Request[Any, Any, Any]) -> Services:
    """The parts of the process, for the caller of this request: no handler can forget whose request it serves."""
    found: Services = request.app.state.services
    return found.of(caller_of(request))


async def _secure(response: Response[Any]) -> Response[Any]:
    """Headers that every answer carries: nothing here is to be framed, sniffed, run, or shown in foreign pages."""
    # A coroutine though it waits for nothing: Litestar gives every answer to a thread where this is a function.
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    html = str(response.media_type or "").startswith("text/html")
    response.headers.setdefault(
        "Content-Security-Policy", POLICY if html else "default-src 'none'; frame-ancestors 'none'"
    )
    return response


def create_app(settings: Settings, *, workers_ended: Ended | None = None) -> Litestar:
    """Build the application. Its start migrates the database and begins the orchestrator's loops.

    `workers_ended`: how all workers of before ended, where none of them can live.
    """
    v1 = Router(
        path="/v1",
        route_handlers=[
            ModelController,
            DatasetController,
            ResumableController,
            AuditController,
            AnalysesController,
            ExplanationsController,
            ComparisonController,
            SigningKeyController,
            PolicyController,
            HardeningController,
            ArtifactController,
            CatalogController,
            KeyController,
            UsageController,
            WebhookController,
            DeliveryController,
            IntegrationController,
        ],
        guards=[require_key, RateLimit(settings.rate_limit_per_minute), known_query, acceptable],
    )
    return Litestar(
        route_handlers=[v1, HealthController, ReferenceController, PageController],
        dependencies={"services": Provide(_services, sync_to_thread=False)},
        exception_handlers={Exception: handle_exception},
        middleware=[measure_requests, refuse_foreign(settings), tell_methods],
        after_request=_secure,
        lifespan=[_lifespan(settings, workers_ended)],
        request_max_body_size=settings.max_body_bytes,
        openapi_config=OpenAPIConfig(
            title="Tremor",
            version=version("tremor"),
            description=_DESCRIPTION,
            path="/schema",
            use_handler_docstrings=True,
            render_plugins=[JsonDocument(), PageDocument()],
            tags=_TAGS,
        ),
        logging_config=None,
        debug=False,
    )
