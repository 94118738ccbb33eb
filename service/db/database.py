"""Engine and sessions: `read()` and `write()` transactions that behave alike on SQLite and PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from advanced_alchemy.config import AsyncSessionConfig, EngineConfig, SQLAlchemyAsyncConfig
from sqlalchemy import create_engine, event, make_url, text, update
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from openapi.base import utc_now
from openapi.wire.private import private_file, private_folder
from service.db.bookkeeping import Readiness
from service.db.migrate import downgrade, revisions, upgrade

T = TypeVar("T")

#: Reads that run beside the event loop, each with a connection of its own.
_READERS = 4

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}


def async_url(url: str) -> str:
    """Name the async driver in a plain ``sqlite:///`` or ``postgresql://`` URL."""
    parsed = make_url(url)
    return parsed.set(drivername=_DRIVERS.get(parsed.drivername, parsed.drivername)).render_as_string(
        hide_password=False
    )


class Database:
    """The one door to the database.

    SQLite has a single writer: `write()` takes its lock at BEGIN, so that a transaction that reads and then writes can
    never find that its snapshot has grown stale. PostgreSQL locks rows (`with_for_update`), which SQLite ignores.
    """

    def __init__(self, url: str) -> None:
        url = async_url(url)
        self.is_sqlite = url.startswith("sqlite")
        options: dict[str, Any] = {} if self.is_sqlite else {"pool_size": 10, "max_overflow": 20, "pool_pre_ping": True}
        if self.is_sqlite and (database := make_url(url).database) and database != ":memory:":
            private_folder(Path(database).parent)
            private_file(Path(database))  # SQLite gives its journals the same mode
        self.config = SQLAlchemyAsyncConfig(
            connection_string=url,
            engine_config=EngineConfig(**options),
            session_config=AsyncSessionConfig(expire_on_commit=False),
        )
        self.engine = self.config.get_engine()
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self.engine.sync_engine, "begin", _begin_sqlite)
        self._sessions = self.config.create_session_maker()
        self._plain = create_engine(
            make_url(url).set(drivername="sqlite" if self.is_sqlite else "postgresql+psycopg"),
            pool_size=_READERS,
            max_overflow=0,
            pool_pre_ping=not self.is_sqlite,
        )
        if self.is_sqlite:
            event.listen(self._plain, "connect", _prepare_sqlite)
            event.listen(self._plain, "begin", _begin_sqlite)
        self._readers = ThreadPoolExecutor(_READERS, "database")

    @property
    def engines(self) -> list[Engine]:
        """Whatever asks the database."""
        return [self.engine.sync_engine, self._plain]

    async def migrate(self) -> None:
        """Bring the schema to the newest revision; of processes that start together one does, and the others wait."""
        async with self.engine.connect() as connection:
            await connection.execution_options(writes=True)
            await connection.run_sync(upgrade)
            await connection.commit()

    async def downgrade(self, revision: str) -> None:
        """Take the schema back to an older revision; `UnknownRevision` when it is a newer program's."""
        await self.schema()
        async with self.engine.connect() as connection:
            await connection.execution_options(writes=True)
            await connection.run_sync(downgrade, revision)
            await connection.commit()

    async def schema(self) -> tuple[str | None, str]:
        """The revision of the database and the newest that is known; `UnknownRevision` when it is a newer program's."""
        async with self.engine.connect() as connection:
            return await connection.run_sync(revisions)

    async def fetch(self, work: Callable[[Session], T]) -> T:
        """Read in a thread: for what is asked often, or gives much. One change of threads instead of one a step."""

        def run() -> T:
            with Session(self._plain, expire_on_commit=False) as session:
                return work(session)

        return await asyncio.get_running_loop().run_in_executor(self._readers, run)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Open a session for reading."""
        async with self._sessions() as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction: committed when the block ends, rolled back when it raises."""
        async with self._sessions() as session:
            await session.connection(execution_options={"writes": True})
            yield session
            await session.commit()

    async def lock(self, session: AsyncSession, key: int) -> None:
        """Wait for a named lock that the transaction then holds. SQLite's only writer has every lock already."""
        if not self.is_sqlite:
            await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})

    async def ping(self) -> None:
        """Raise when nothing can be written to the database."""
        async with self.write() as session:
            await session.execute(update(Readiness).values(written_at=utc_now()))

    async def close(self) -> None:
        """Close every connection."""
        self._readers.shutdown(wait=False, cancel_futures=True)
        self._plain.dispose()
        await self.engine.dispose()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own BEGIN comes too late (before the first write only): transactions are begun in `_begin_sqlite`.
    connection.isolation_level = None
    cursor = connection.cursor()
    # Patience first: a new file is locked for a moment while another process gives it its journal.
    for pragma in ("busy_timeout=30000", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
