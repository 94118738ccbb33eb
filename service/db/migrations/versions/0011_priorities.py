"""Jobs have a priority, and steps are found by tenant.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("jobs", sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_shards_status_tenant_id", "shards", ["status", "tenant_id"])


def downgrade() -> None:
    """Take back: all are equal."""
    op.drop_index("ix_shards_status_tenant_id", "shards")
    op.drop_column("jobs", "priority")
