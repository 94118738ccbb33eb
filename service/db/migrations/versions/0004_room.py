"""Shards wait for room on a disk, jobs say why they wait, and readiness has a row to write.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from advanced_alchemy.types import DateTimeUTC
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("shards", sa.Column("deferrals", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("shards", sa.Column("deferred_at", DateTimeUTC(timezone=True), nullable=True))
    op.add_column("shards", sa.Column("not_before", DateTimeUTC(timezone=True), nullable=True))
    op.add_column("jobs", sa.Column("waiting_for", sa.JSON(none_as_null=True), nullable=True))
    readiness = op.create_table(
        "readiness",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("written_at", DateTimeUTC(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readiness")),
    )
    op.bulk_insert(readiness, [{"id": 1, "written_at": None}])


def downgrade() -> None:
    """Take back."""
    op.drop_table("readiness")
    op.drop_column("jobs", "waiting_for")
    for name in ("not_before", "deferred_at", "deferrals"):
        op.drop_column("shards", name)
