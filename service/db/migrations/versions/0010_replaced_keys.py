"""Which key has replaced an API key that still works for a while.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("api_keys", sa.Column("replaced_by", sa.String(40), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("api_keys", "replaced_by")
