"""Everything has a tenant: owners become tenants, and what had no owner belongs to the tenant `default`.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from advanced_alchemy.types import DateTimeUTC
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_UPLOADS = ("models", "datasets")
_PARTS = ("shards", "events", "artifacts")
#: Where the address of an answer leads → the table of what is there.
_ADDRESSES = {"models": "models", "datasets": "datasets", "audits": "jobs", "hardenings": "jobs"}


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "tenants",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("max_bytes", sa.BigInteger(), nullable=True),
        sa.Column("max_queued", sa.Integer(), nullable=True),
        sa.Column("max_running", sa.Integer(), nullable=True),
        sa.Column("requests_per_minute", sa.Integer(), nullable=True),
        sa.Column("created_at", DateTimeUTC(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenants")),
    )
    _found_tenants()
    for table in _UPLOADS:
        op.add_column(table, _tenant())
        op.execute(f"UPDATE {table} SET tenant_id = owner WHERE owner <> ''")
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(op.f(f"uq_{table}_owner_fingerprint"), type_="unique")
            batch_op.create_unique_constraint(op.f(f"uq_{table}_tenant_id_fingerprint"), ["tenant_id", "fingerprint"])
            batch_op.drop_column("owner")
    # Not by batch: SQLite would copy and drop the table and, by the foreign keys, every shard and event.
    op.add_column("jobs", _tenant())
    op.execute("UPDATE jobs SET tenant_id = owner WHERE owner <> ''")
    op.drop_index("ix_jobs_owner_kind_id", "jobs")
    op.drop_column("jobs", "owner")
    op.create_index("ix_jobs_tenant_id_kind_id", "jobs", ["tenant_id", "kind", "id"])
    op.add_column("api_keys", _tenant())
    op.execute("UPDATE api_keys SET tenant_id = owner WHERE owner <> ''")
    op.drop_column("api_keys", "owner")
    for table in _PARTS:
        op.add_column(table, _tenant())
        op.execute(
            f"UPDATE {table} SET tenant_id = (SELECT tenant_id FROM jobs WHERE jobs.id = {table}.job_id) "
            f"WHERE job_id IN (SELECT id FROM jobs WHERE tenant_id <> 'default')"
        )
    op.add_column("idempotency_keys", _tenant())
    for folder, table in _ADDRESSES.items():
        address = f"'/v1/{folder}/' || {table}.id"
        op.execute(
            f"UPDATE idempotency_keys SET tenant_id = (SELECT tenant_id FROM {table} WHERE {address} = location) "
            f"WHERE EXISTS (SELECT 1 FROM {table} WHERE {address} = location)"
        )


def _found_tenants() -> None:
    """A tenant for each owner, called as the key whose id the owner is."""
    op.execute("INSERT INTO tenants (id, name, created_at) VALUES ('default', 'default', CURRENT_TIMESTAMP)")
    owners = " UNION ".join(f"SELECT owner FROM {table} WHERE owner <> ''" for table in ("api_keys", *_UPLOADS, "jobs"))
    op.execute(
        "INSERT INTO tenants (id, name, created_at) "
        "SELECT owner, COALESCE((SELECT name FROM api_keys WHERE api_keys.id = found.owner), owner), CURRENT_TIMESTAMP "
        f"FROM ({owners}) AS found"
    )


def downgrade() -> None:
    """Take back. Keys of the tenant `default` then see what is common, as everybody does."""
    for table in ("idempotency_keys", *_PARTS):
        op.drop_column(table, "tenant_id")
    for table in ("api_keys", "jobs"):
        op.add_column(table, _owner())
        op.execute(f"UPDATE {table} SET owner = tenant_id WHERE tenant_id <> 'default'")
    op.drop_column("api_keys", "tenant_id")
    op.drop_index("ix_jobs_tenant_id_kind_id", "jobs")
    op.drop_column("jobs", "tenant_id")
    op.create_index("ix_jobs_owner_kind_id", "jobs", ["owner", "kind", "id"])
    for table in _UPLOADS:
        op.add_column(table, _owner())
        op.execute(f"UPDATE {table} SET owner = tenant_id WHERE tenant_id <> 'default'")
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(op.f(f"uq_{table}_tenant_id_fingerprint"), type_="unique")
            batch_op.create_unique_constraint(op.f(f"uq_{table}_owner_fingerprint"), ["owner", "fingerprint"])
            batch_op.drop_column("tenant_id")
    op.drop_table("tenants")


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant_id", sa.String(length=40), nullable=False, server_default="default")


def _owner() -> sa.Column[str]:
    return sa.Column("owner", sa.String(length=40), nullable=False, server_default="")
