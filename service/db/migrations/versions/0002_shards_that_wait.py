"""Shards may wait for others of their stage.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("shards", schema=None) as batch_op:
        batch_op.add_column(sa.Column("after", sa.JSON(none_as_null=True), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("shards", schema=None) as batch_op:
        batch_op.drop_column("after")
