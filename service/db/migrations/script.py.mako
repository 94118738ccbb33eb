"""${message}.

Revision ID: ${up_revision}
Revises: ${down_revision or 'nothing'}
"""

import sqlalchemy as sa
from advanced_alchemy.types import DateTimeUTC
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    """Apply."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Take back."""
    ${downgrades if downgrades else "pass"}
