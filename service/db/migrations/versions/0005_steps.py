"""A job is a plan: shards are its steps, with phase, stage, what they need of each other, and how long they took.

Revision ID: 0005
Revises: 0004
"""

from typing import Any

import sqlalchemy as sa
from advanced_alchemy.types import DateTimeUTC
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

#: What a phase of the plan was called as a stage of the job.
_STAGES = {
    "inspecting": "inspect",
    "preparing": "prepare",
    "attacks": "evaluate",
    "evaluation": "evaluate",
    "hardening": "hardening",
    "training": "train",
    "report": "report",
}
_JOBS = sa.table(
    "jobs", sa.column("id"), sa.column("kind"), sa.column("stage"), sa.column("planned"), sa.column("phase")
)
_SHARDS = sa.table(
    "shards",
    sa.column("id"),
    sa.column("job_id"),
    sa.column("name"),
    sa.column("phase"),
    sa.column("stage"),
    sa.column("unit"),
    sa.column("status"),
    sa.column("after", sa.JSON()),
    sa.column("needs", sa.JSON()),
    sa.column("message", sa.JSON()),
)


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("shards", schema=None) as batch_op:
        batch_op.alter_column("stage", new_column_name="phase", type_=sa.String(length=60), nullable=False)
        batch_op.add_column(sa.Column("needs", sa.JSON(none_as_null=True), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("extends", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("unit", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("started_at", DateTimeUTC(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("seconds", sa.Double(), nullable=True))
        batch_op.drop_constraint("uq_shards_job_id_stage_name", type_="unique")
    op.add_column("shards", sa.Column("stage", sa.String(length=20), nullable=False, server_default=""))
    _name_the_steps()
    with op.batch_alter_table("shards", schema=None) as batch_op:
        batch_op.alter_column("stage", existing_type=sa.String(length=20), server_default=None)
        batch_op.create_unique_constraint("uq_shards_job_id_name", ["job_id", "name"])
    # Not by batch: SQLite would copy and drop the table and, by the foreign keys, every shard and event.
    op.add_column("jobs", sa.Column("planned", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("jobs", sa.Column("seconds_left", sa.Double(), nullable=True))
    op.execute(sa.update(_JOBS).where(_JOBS.c.stage != "waiting").values(planned=True))
    op.drop_column("jobs", "stage")


def _name_the_steps() -> None:
    """Give every shard its phase, stage and unit; names become unique in the job, and what waits says for what."""
    connection = op.get_bind()
    columns = (_SHARDS.c.id, _SHARDS.c.name, _SHARDS.c.phase, _SHARDS.c.status, _SHARDS.c.after, _JOBS.c.kind)
    joined = sa.select(*columns).join_from(_SHARDS, _JOBS, _SHARDS.c.job_id == _JOBS.c.id)
    for row in connection.execute(joined).all():
        phases = {stage: phase for phase, stage in _STAGES.items() if phase != "attacks"}
        phase = "attacks" if row.phase == "evaluate" and row.kind == "audit" else phases[row.phase]
        message: Any = connection.scalar(sa.select(_SHARDS.c.message).where(_SHARDS.c.id == row.id))
        values: dict[str, Any] = {"phase": phase, "stage": message["stage"]}
        if row.phase == "prepare":
            values["name"] = f"prepare.{row.name}"
        if row.phase == "evaluate":
            values["unit"] = "samples"
        if row.after:
            values["needs"] = {"inputs": {f"fooled.{i}": [name, "samples"] for i, name in enumerate(row.after)}}
        connection.execute(sa.update(_SHARDS).where(_SHARDS.c.id == row.id).values(**values))


def downgrade() -> None:
    """Take back. Steps of stages that were not there before are left out: nobody could do them."""
    connection = op.get_bind()
    op.add_column("jobs", sa.Column("stage", sa.String(length=20), nullable=False, server_default="waiting"))
    with op.batch_alter_table("shards", schema=None) as batch_op:
        batch_op.drop_constraint("uq_shards_job_id_name", type_="unique")
    connection.execute(sa.delete(_SHARDS).where(_SHARDS.c.stage == "analysis"))
    connection.execute(sa.update(_JOBS).where(_JOBS.c.phase.like("neurons.%")).values(phase="attacks"))
    for phase, stage in _STAGES.items():
        planned = sa.update(_JOBS).where(_JOBS.c.planned, _JOBS.c.phase == phase)
        connection.execute(planned.values(stage=stage))
        connection.execute(sa.update(_SHARDS).where(_SHARDS.c.phase == phase).values(phase=stage))
    prepared = sa.update(_SHARDS).where(_SHARDS.c.phase == "prepare", _SHARDS.c.name.like("prepare.%"))
    connection.execute(prepared.values(name=sa.func.replace(_SHARDS.c.name, "prepare.", "")))
    op.drop_column("jobs", "seconds_left")
    op.drop_column("jobs", "planned")
    with op.batch_alter_table("shards", schema=None) as batch_op:
        for name in ("stage", "seconds", "started_at", "unit", "extends", "needs"):
            batch_op.drop_column(name)
    with op.batch_alter_table("shards", schema=None) as batch_op:
        batch_op.alter_column("phase", new_column_name="stage", type_=sa.String(length=20), nullable=False)
    with op.batch_alter_table("shards", schema=None) as batch_op:
        batch_op.create_unique_constraint("uq_shards_job_id_stage_name", ["job_id", "stage", "name"])
