"""Uploads that go directly to the store.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("resumable_uploads") as table:
        table.add_column(sa.Column("multipart", sa.String(length=1024), nullable=True))
        table.add_column(sa.Column("part_size", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Take back. Files on their way directly to the store are sent anew."""
    op.execute("DELETE FROM resumable_uploads WHERE multipart IS NOT NULL")
    with op.batch_alter_table("resumable_uploads") as table:
        table.drop_column("part_size")
        table.drop_column("multipart")
