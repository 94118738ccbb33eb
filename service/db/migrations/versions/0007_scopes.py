"""What an API key may do, when it ends and when it was last used. Keys of before may do all that they could.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from advanced_alchemy.types import DateTimeUTC
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("api_keys", sa.Column("scope", sa.String(10), nullable=False, server_default="submit"))
    op.add_column("api_keys", sa.Column("expires_at", DateTimeUTC(timezone=True), nullable=True))
    op.add_column("api_keys", sa.Column("last_used_at", DateTimeUTC(timezone=True), nullable=True))


def downgrade() -> None:
    """Take back. A key that may only read, or that has ended, must not become one that may do everything."""
    op.execute("UPDATE api_keys SET revoked_at = CURRENT_TIMESTAMP WHERE scope = 'read' AND revoked_at IS NULL")
    op.execute(
        "UPDATE api_keys SET revoked_at = expires_at WHERE expires_at <= CURRENT_TIMESTAMP AND revoked_at IS NULL"
    )
    for name in ("last_used_at", "expires_at", "scope"):
        op.drop_column("api_keys", name)
