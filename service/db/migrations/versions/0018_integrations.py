"""Integrations with registries, and secrets that are encrypted.

Revision ID: 0018
Revises: 0017
"""

import base64
import secrets

import sqlalchemy as sa
from advanced_alchemy.types import DateTimeUTC
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

#: A secret of random bytes in base64 fits into the first; a Fernet token of it needs more.
_PLAIN, _SEALED = sa.String(100), sa.String(400)


def upgrade() -> None:
    """Apply.

    Registries were named in a file, which is read no more, so that versions known of them are of nothing that is there:
    whoever enters the registry again spares what was audited by `since`. Secrets are encrypted when an API starts.
    """
    _widen(_SEALED)
    op.create_table(
        "integrations",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("tenant_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("asked", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("secrets", sa.Text(), nullable=True),
        sa.Column("address", sa.String(length=2000), nullable=False),
        sa.Column("problem", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("paused_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("next_poll_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("last_poll_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("last_event_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("created_at", DateTimeUTC(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integrations")),
    )
    op.create_index("ix_integrations_tenant_id_id", "integrations", ["tenant_id", "id"])
    op.drop_table("registry_versions")
    _create_versions(
        sa.Column("integration_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["integration_id"],
            ["integrations.id"],
            name=op.f("fk_registry_versions_integration_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "integration_id",
            "model",
            "version",
            "again",
            name=op.f("uq_registry_versions_integration_id_model_version_again"),
        ),
    )
    op.create_index("ix_registry_versions_next_attempt_at", "registry_versions", ["next_attempt_at"])


def downgrade() -> None:
    """Take back. Webhooks with encrypted secrets get new ones that nobody knows, and are disabled until rotated."""
    webhooks = sa.table(
        "webhooks",
        *(sa.column(name, sa.String()) for name in ("id", "secret", "old_secret", "disabled_reason")),
        sa.column("disabled_at", DateTimeUTC(timezone=True)),
    )
    sealed = webhooks.c.secret.like("fernet:%")
    for (identity,) in op.get_bind().execute(sa.select(webhooks.c.id).where(sealed)).all():
        op.execute(
            webhooks.update()
            .where(webhooks.c.id == identity)
            .values(
                secret="whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(),
                disabled_at=sa.func.current_timestamp(),
                disabled_reason="its secret was encrypted by a newer version; rotate it and enable the webhook",
            )
        )
    op.execute(webhooks.update().where(webhooks.c.old_secret.like("fernet:%")).values(old_secret=None))
    _widen(_PLAIN)
    op.drop_table("registry_versions")
    op.drop_table("integrations")
    _create_versions(
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.UniqueConstraint(
            "tenant_id",
            "source",
            "model",
            "version",
            "again",
            name=op.f("uq_registry_versions_tenant_id_source_model_version_again"),
        ),
    )
    op.create_index("ix_registry_versions_source_next_attempt_at", "registry_versions", ["source", "next_attempt_at"])


def _widen(kind: sa.String) -> None:
    """Give secrets of webhooks another width. Not by batch: SQLite would drop the table and every message with it."""
    for name, column in (
        ("secret", sa.Column("copied", kind, nullable=False, server_default="")),
        ("old_secret", sa.Column("copied", kind, nullable=True)),
    ):
        op.add_column("webhooks", column)
        op.execute(f"UPDATE webhooks SET copied = {name}")
        op.drop_column("webhooks", name)
        op.execute(f"ALTER TABLE webhooks RENAME COLUMN copied TO {name}")


def _create_versions(*more: sa.schema.SchemaItem) -> None:
    """The table of versions, with what tells whose they are."""
    op.create_table(
        "registry_versions",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("tenant_id", sa.String(length=40), nullable=False),
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
        *more,
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_versions")),
    )
    op.create_index("ix_registry_versions_audit_id", "registry_versions", ["audit_id"])
