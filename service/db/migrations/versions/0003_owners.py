"""Models, data sets and jobs have an owner; what is there already has none and stays common.

Revision ID: 0003
Revises: 0002
"""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_UPLOADS = ("models", "datasets")


def upgrade() -> None:
    """Apply."""
    for table in _UPLOADS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(_owner())
            batch_op.drop_constraint(op.f(f"uq_{table}_fingerprint"), type_="unique")
            batch_op.create_unique_constraint(op.f(f"uq_{table}_owner_fingerprint"), ["owner", "fingerprint"])
    # Not by batch: SQLite would copy and drop the table, and with it, by the foreign keys, every shard and event.
    op.add_column("jobs", _owner())
    op.create_index("ix_jobs_owner_kind_id", "jobs", ["owner", "kind", "id"])
    op.add_column("api_keys", _owner())
    op.execute("UPDATE api_keys SET owner = id")
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.alter_column("owner", server_default=None)


def downgrade() -> None:
    """Take back. Files that several owners had uploaded stay as that many models or data sets."""
    op.drop_column("api_keys", "owner")
    op.drop_index("ix_jobs_owner_kind_id", "jobs")
    op.drop_column("jobs", "owner")
    for table in _UPLOADS:
        _tell_apart(table)
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(op.f(f"uq_{table}_owner_fingerprint"), type_="unique")
            batch_op.create_unique_constraint(op.f(f"uq_{table}_fingerprint"), ["fingerprint"])
            batch_op.drop_column("owner")


def _owner() -> sa.Column[str]:
    return sa.Column("owner", sa.String(length=40), nullable=False, server_default="")


def _tell_apart(name: str) -> None:
    """Give owned rows fingerprints of their own, so that equal ones of several owners can stand in one table."""
    table = sa.table(name, sa.column("id"), sa.column("owner"), sa.column("fingerprint"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(table).where(table.c.owner != "")).all():
        fingerprint = hashlib.sha256(f"{row.owner}\n{row.fingerprint}".encode()).hexdigest()
        connection.execute(sa.update(table).where(table.c.id == row.id).values(fingerprint=fingerprint))
