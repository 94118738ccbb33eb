"""What handlers need of the process: settings, database, blobs, queue, orchestrator."""

from dataclasses import dataclass, replace
from typing import Self

from openapi.wire.blobs import BlobStore
from openapi.wire.queue import QueueClient
from openapi.wire.settings import Settings
from service.analyses.columns import ColumnsCache
from service.db.database import Database
from service.health.probes import Probes
from service.orchestrator.feeds import Feeds
from service.orchestrator.hub import Hub
from service.orchestrator.orchestrator import Orchestrator
from service.resumable.direct_store import DirectStore
from service.tenants.caller import ANYBODY, Caller
from service.vault import Vault


@dataclass(frozen=True)
class Services:
    """The parts of one API process, made once, and for each request the caller."""

    settings: Settings
    db: Database
    blobs: BlobStore
    queue: QueueClient
    orchestrator: Orchestrator
    probes: Probes
    feeds: Feeds
    columns: ColumnsCache
    direct: DirectStore | None
    vault: Vault
    caller: Caller = ANYBODY

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Open everything that the settings name; nothing is contacted yet."""
        db, blobs, queue = Database(settings.sqlalchemy_url), BlobStore.from_settings(settings), QueueClient(settings)
        orchestrator = Orchestrator(settings, db, queue, blobs)
        feeds, direct = Feeds(db, orchestrator.hub), DirectStore.from_settings(settings)
        vault = Vault(settings)
        return cls(settings, db, blobs, queue, orchestrator, Probes(), feeds, ColumnsCache(), direct, vault)

    def of(self, caller: Caller) -> Self:
        """The same parts on behalf of a caller."""
        return replace(self, caller=caller)

    @property
    def hub(self) -> Hub:
        """Where handlers wait for jobs."""
        return self.orchestrator.hub
