"""Migrations and transactions on SQLite and on a real PostgreSQL."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, func, inspect, select, text, update
from sqlalchemy.exc import DBAPIError

from openapi.base import utc_now
from openapi.wire.jobs import Blob, Shard
from service.db.bases import Base, Tenanted
from service.db.database import Database, async_url
from service.db.errors import why_unwritable
from service.db.migrate import downgrade, upgrade
from service.db.tables import EventRow, Job, Model, ShardRow
from service.http.problems import to_problem
from service.ids import new_id
from service.orchestrator import job_rows
from service.tenants.caller import DEFAULT_TENANT
from tests.service.conftest import empty_postgres

TABLES = {
    "tenants",
    "models",
    "datasets",
    "jobs",
    "shards",
    "events",
    "artifacts",
    "idempotency_keys",
    "page_sessions",
    "resumable_uploads",
    "upload_parts",
    "api_keys",
    "webhooks",
    "deliveries",
    "policies",
    "integrations",
    "registry_versions",
    "readiness",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'folder' / 'test.db'}"
    return empty_postgres(request.getfixturevalue("postgres"))


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    found = Database(url)
    await found.migrate()
    yield found
    await found.close()


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


async def test_migrations_give_the_tables_of_the_code(database: Database) -> None:
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
        names = await connection.run_sync(lambda c: set(inspect(c).get_table_names()))
    assert names == TABLES | {"alembic_version"}


async def test_why_a_database_does_not_store_is_known(database: Database) -> None:
    if database.is_sqlite:
        statement, reason = "PRAGMA max_page_count = 1", "its disk is full"
    else:
        statement, reason = "SET TRANSACTION READ ONLY", "it is read-only"
    await database.ping()
    with pytest.raises(DBAPIError) as caught:
        await write(database, statement)
    assert why_unwritable(caught.value) == reason
    assert to_problem(caught.value)[0].slug == "insufficient-storage"
    with pytest.raises(DBAPIError) as other:
        await write(database, "SELECT no_such_thing")
    assert why_unwritable(other.value) is None


async def write(database: Database, first: str) -> None:
    """A transaction that writes a good deal, after a statement."""
    async with database.write() as session:
        await session.execute(text(first))
        session.add_all(a_job(status="x", request={"a": "b" * 9000}) for _ in range(9))


async def test_migrations_go_down_and_up_again(database: Database) -> None:
    async with database.engine.connect() as connection:
        await connection.run_sync(downgrade)
        await connection.commit()
        assert await connection.run_sync(lambda c: set(inspect(c).get_table_names())) == {"alembic_version"}
        await connection.run_sync(upgrade)
        await connection.commit()
        assert await connection.run_sync(differences) == []


async def go(database: Database, down: str, up: str = "head") -> None:
    """Down to a schema, and up again."""
    async with database.engine.connect() as connection:
        await connection.run_sync(downgrade, down)
        await connection.commit()
        await connection.run_sync(upgrade, up)
        await connection.commit()


def test_every_table_says_whose_its_rows_are() -> None:
    """A new table mixes in `Tenanted`, or is named here: it holds nothing that comes of a request."""
    tables = {mapper.class_ for mapper in Base.registry.mappers}
    assert {table.__tablename__ for table in tables if not issubclass(table, Tenanted)} == {"tenants", "readiness"}


async def test_a_row_without_a_tenant_is_refused(database: Database) -> None:
    with pytest.raises(DBAPIError):
        async with database.write() as session:
            session.add(Job(id="aud_1", kind="audit", status="queued", request={}))


async def test_processes_that_start_together_migrate_once(url: str) -> None:
    """Five processes of `tremor db upgrade` on an empty database: one after the other, and none fails."""
    environment = {**os.environ, "TREMOR_DATABASE_URL": url, "TREMOR_REDIS_URL": "redis://127.0.0.1:9/0"}
    command = [sys.executable, "-m", "service.cli.main", "db", "upgrade"]
    started = [await asyncio.create_subprocess_exec(*command, env=environment, stderr=PIPE) for _ in range(5)]
    told = await asyncio.gather(*(process.communicate() for process in started))
    assert [process.returncode for process in started] == [0] * 5, told
    database = Database(url)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await database.close()


def a_job(tenant: str = DEFAULT_TENANT, status: str = "queued", request: dict[str, Any] | None = None) -> Job:
    return Job(id=new_id("aud"), tenant_id=tenant, kind="audit", status=status, request=request or {})


def a_model(name: str = "m", tenant: str = DEFAULT_TENANT) -> Model:
    return Model(
        tenant_id=tenant,
        id=new_id("mdl"),
        fingerprint=name.ljust(64, "0"),
        name=name,
        sha256="0" * 64,
        size=5_000_000_000,
        filename="m",
        status="inspecting",
        meta={"labels": ["ä", None, 1.5]},
    )


async def test_rows_come_back_as_they_went_in(database: Database) -> None:
    model, moment = a_model(), utc_now()
    model.created_at = moment
    async with database.write() as session:
        session.add(model)
    async with database.read() as session:
        found = await session.get(Model, model.id)
    assert found is not None
    assert (found.size, found.meta) == (5_000_000_000, {"labels": ["ä", None, 1.5]})
    assert found.created_at == moment
    assert found.created_at.utcoffset() is not None
    assert found.problem is None


async def test_a_write_that_raises_leaves_nothing(database: Database) -> None:
    async def fail() -> None:
        async with database.write() as session:
            session.add(a_model())
            await session.flush()
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        await fail()
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Model)) == 0


async def test_no_update_is_lost_when_many_write_at_once(database: Database) -> None:
    """Read, think, write, 20 times at once: a job's event numbers have no gap and no twin."""
    job = a_job()
    async with database.write() as session:
        session.add(job)

    async def one(number: int) -> None:
        async with database.write() as session:
            found = await job_rows.lock_job(session, job.id)
            assert found is not None
            await asyncio.sleep(0)
            job_rows.log_event(session, found, "note", {"number": number})

    await asyncio.gather(*(one(i) for i in range(20)))
    async with database.read() as session:
        rows = list(await session.scalars(select(EventRow).order_by(EventRow.seq)))
        found = await session.get(Job, job.id)
    assert [row.seq for row in rows] == list(range(1, 21))
    assert {row.data["number"] for row in rows} == set(range(20))
    assert found is not None
    assert found.last_seq == 20


async def test_only_one_of_many_claims_a_shard(database: Database) -> None:
    job = a_job()
    message = Shard(job_id=job.id, shard_id="s", stage="attack", inputs={"x": Blob(sha256="0" * 64, size=1)}, params={})
    async with database.write() as session:
        session.add(job)
        await session.flush()
        session.add(
            ShardRow(
                id="shd_1",
                tenant_id=DEFAULT_TENANT,
                job_id=job.id,
                phase="attacks",
                stage="attack",
                name="a",
                status="queued",
                result_key=message.result_key,
                message=message.model_dump(mode="json"),
            )
        )

    async def claim() -> bool:
        query = update(ShardRow).where(ShardRow.id == "shd_1", ShardRow.enqueued_at.is_(None))
        async with database.write() as session:
            rows = await session.execute(query.values(enqueued_at=utc_now()).returning(ShardRow.id))
            return rows.first() is not None

    assert sum(await asyncio.gather(*(claim() for _ in range(8)))) == 1


async def test_deleting_a_job_takes_what_hangs_on_it(database: Database) -> None:
    job = a_job()
    async with database.write() as session:
        session.add(job)
        await session.flush()
        job_rows.log_event(session, job, "note", {})
    async with database.write() as session:
        found = await session.get(Job, job.id)
        await session.delete(found)
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(EventRow)) == 0


async def test_sqlite_writes_ahead_and_enforces_keys(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    async with database.read() as session:
        pragmas = [await session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys")]
    await database.close()
    assert pragmas == ["wal", 1]


def test_the_async_driver_is_named() -> None:
    assert async_url("sqlite:////x/y.db") == "sqlite+aiosqlite:////x/y.db"
    assert async_url("postgresql://u:p@h/d") == "postgresql+psycopg://u:p@h/d"
    assert async_url("postgresql+psycopg://u:p@h/d") == "postgresql+psycopg://u:p@h/d"
