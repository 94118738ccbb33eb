"""What a job's plan does not hold yet, and the steps of a stage by age: for the estimate of the time left.

Messages of shards may hold a checkpoint from now on.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_SHARDS = sa.table("shards", sa.column("id"), sa.column("message", sa.JSON()))


def upgrade() -> None:
    """Apply."""
    # Not by batch: SQLite would copy and drop the table and, by the foreign keys, every shard and event.
    op.add_column("jobs", sa.Column("ahead", sa.JSON(none_as_null=True), nullable=False, server_default="[]"))
    op.create_index("ix_shards_stage_id", "shards", ["stage", "id"])


def downgrade() -> None:
    """Take back. Trainings that were interrupted begin anew."""
    connection = op.get_bind()
    checkpoint = _SHARDS.c.message["checkpoint"]["sha256"].as_string()
    found = connection.execute(sa.select(_SHARDS.c.id, _SHARDS.c.message).where(checkpoint.is_not(None))).all()
    for identity, message in found:
        plain = {name: value for name, value in message.items() if name != "checkpoint"}
        connection.execute(sa.update(_SHARDS).where(_SHARDS.c.id == identity).values(message=plain))
    op.drop_index("ix_shards_stage_id", "shards")
    op.drop_column("jobs", "ahead")
