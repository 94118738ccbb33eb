"""Versions of models in registries.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from advanced_alchemy.types import DateTimeUTC
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "registry_versions",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("tenant_id", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=300), nullable=False),
        sa.Column("version", sa.String(length=100), nullable=False),
        sa.Column("again", sa.String(length=200), nullable=False),
        sa.Column("told", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("problem", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("model_id", sa.String(length=40), nullable=True),
        sa.Column("audit_id", sa.String(length=40), nullable=True),
        sa.Column("attempt_count", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("created_at", DateTimeUTC(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_versions")),
        sa.UniqueConstraint(
            "tenant_id",
            "source",
            "model",
            "version",
            "again",
            name=op.f("uq_registry_versions_tenant_id_source_model_version_again"),
        ),
    )
    op.create_index("ix_registry_versions_audit_id", "registry_versions", ["audit_id"])
    op.create_index("ix_registry_versions_source_next_attempt_at", "registry_versions", ["source", "next_attempt_at"])


def downgrade() -> None:
    """Take back. What was audited stays; what is registered is audited again after the next upgrade."""
    op.drop_table("registry_versions")
