"""What existed before tenants did gets one, on SQLite and on a real PostgreSQL."""

from sqlalchemy import func, inspect, select

from service.db.bookkeeping import IdempotencyRow
from service.db.database import Database
from service.db.migrate import downgrade, upgrade
from service.db.tables import ApiKey, Artifact, EventRow, Job, Model, Tenant
from service.orchestrator import job_rows
from service.tenants.caller import DEFAULT_TENANT
from tests.service.test_database import a_job, a_model, go
from tests.service.test_database import database as database
from tests.service.test_database import url as url


async def test_rows_of_before_belong_to_the_default_tenant(database: Database) -> None:
    """Down to the schema without owners and up again: no row is lost, not even what hangs on a job."""
    job = a_job("key_a")
    async with database.write() as session:
        session.add_all([job, *(a_model(tenant=tenant) for tenant in (DEFAULT_TENANT, "key_a", "key_b"))])
        session.add(ApiKey(id="key_a", tenant_id="key_b", name="a", key_hash="0" * 64))
        await session.flush()
        job_rows.log_event(session, job, "note", {})
    async with database.engine.connect() as connection:
        await connection.run_sync(downgrade, "0002")
        await connection.commit()
        names = {column["name"] for column in await connection.run_sync(lambda c: inspect(c).get_columns("jobs"))}
        assert not names & {"owner", "tenant_id"}
        await connection.run_sync(upgrade)
        await connection.commit()
    async with database.read() as session:
        for table in (Model, Job, EventRow):
            assert set(await session.scalars(select(table.tenant_id))) == {DEFAULT_TENANT}
        assert await session.scalar(select(func.count()).select_from(Model)) == 3
        assert [row.tenant_id for row in await session.scalars(select(ApiKey))] == ["key_a"], "a key is its own tenant"
        assert dict((await session.execute(select(Tenant.id, Tenant.name))).all()) == {
            DEFAULT_TENANT: DEFAULT_TENANT,
            "key_a": "a",
        }


async def test_owners_become_tenants(database: Database) -> None:
    """Down to owners and up again: each row has the tenant that it had, and so has all that hangs on a job."""
    job, common = a_job("key_a"), a_job()
    async with database.write() as session:
        session.add(ApiKey(id="key_a", tenant_id="key_a", name="team a", key_hash="0" * 64))
        session.add_all([job, common, a_model(tenant="key_a"), a_model()])
        await session.flush()
        for one in (job, common):
            job_rows.log_event(session, one, "note", {})
            session.add(_artifact(one))
        for number, place in enumerate((f"/v1/audits/{job.id}", f"/v1/audits/{common.id}", "/v1/models/gone")):
            session.add(
                IdempotencyRow(
                    scope=str(number), tenant_id="x", body_hash="0" * 64, status=202, location=place, answer={}
                )
            )
    await go(database, "0007")
    async with database.read() as session:
        for table in (Model, Job, EventRow, Artifact):
            found = sorted(await session.scalars(select(table.tenant_id)))
            assert found == [DEFAULT_TENANT, "key_a"], table
        answers = await session.scalars(select(IdempotencyRow.tenant_id).order_by(IdempotencyRow.scope))
        assert list(answers) == ["key_a", DEFAULT_TENANT, DEFAULT_TENANT]
        assert sorted((await session.execute(select(Tenant.id, Tenant.name))).all()) == [
            (DEFAULT_TENANT, DEFAULT_TENANT),
            ("key_a", "team a"),
        ]
        assert all(row.created_at.utcoffset() is not None for row in await session.scalars(select(Tenant)))


def _artifact(job: Job) -> Artifact:
    return Artifact(
        id=f"art_{job.id}",
        tenant_id=job.tenant_id,
        job_id=job.id,
        kind="report",
        format="json",
        name="report.json",
        size=1,
        sha256="0" * 64,
    )
