"""Finding the columns of an audit, and the pieces that answers are made of."""

import json
import math
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from openapi.problems import NotFound, NotReady
from openapi.status import TERMINAL, JobKind
from openapi.text import one_line
from openapi.views.base import EXPLAIN, MAPS, NEURONS, RECEPTIVE_FIELDS, REGIONS, TSNE, VULNERABILITY
from service.analyses.columns import Columns
from service.context import Services
from service.db.tables import Artifact, Job

#: How a request asks for an analysis.
_TURNED_ON = {
    NEURONS: '"neurons": {}',
    VULNERABILITY: '"neurons": {"vulnerability": {}}',
    RECEPTIVE_FIELDS: '"neurons": {"receptive_fields": {}}',
    MAPS: '"neurons": {"vulnerability": {"window": "auto"}}',
    TSNE: '"neurons": {"vulnerability": {"embedding": "tsne"}}',
    EXPLAIN: '"explain": {}',
    REGIONS: '"regions": {}',
}
#: Every analysis that calls are answered from.
PARTS = tuple(_TURNED_ON)


class NoColumns(NotFound):
    """The audit is from before there were such calls."""


async def columns_of(services: Services, audit_id: str) -> Columns:
    """The columns of an audit. Raises `NotFound`, and `NotReady` while it is unfinished."""
    row = await services.db.fetch(lambda session: _find(session, services, audit_id))
    return await services.columns.open(services.blobs, row.sha256, row.size)


def _find(session: Session, services: Services, audit_id: str) -> Artifact:
    job = session.get(Job, audit_id)
    if job is None or job.kind != JobKind.AUDIT or not services.caller.may_see(job):
        raise NotFound(f"There is no audit {audit_id!r}")
    found = session.scalar(select(Artifact).where(Artifact.job_id == audit_id, Artifact.kind == "views"))
    if found is not None:
        return found
    if job.status not in TERMINAL:
        raise NotReady(
            f"The audit is {job.status}; its analyses are answered when it has succeeded: "
            f"GET /v1/audits/{audit_id}?wait=60 tells"
        )
    if job.status == "succeeded":
        raise NoColumns(
            "This audit was made before its analyses could be asked for; start it again with POST /v1/audits and "
            "its `request`: what was computed is found again"
        )
    reason = f": {job.problem['detail']}" if job.problem and job.problem.get("detail") else ""
    raise NotFound(f"The audit is {job.status} and left no analyses{reason}")


def require(columns: Columns, part: str, wanted: str) -> None:
    """Raise `NotFound` where an analysis is missing, with the field of a request that asks for it.

    wanted: what is not there for want of it, for example ``The audit has no matrix``.
    """
    if (why := why_missing(columns, part)) is not None:
        raise NotFound(f"{wanted}: {why}", analysis=part)


def why_missing(columns: Columns, part: str) -> str | None:
    """Why an analysis is missing, and what asks for it; None where it is there."""
    why = columns.index.missing.get(part)
    if why is None or "not asked for" not in why:
        return why
    return f"{why}; an audit with {{{_TURNED_ON[part]}}} has it"


def written(value: Mapping[str, Any]) -> bytes:
    """Plain data as JSON; numbers that are none are null already."""
    return one_line(json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)).encode()


def page_of_lines(lines: list[bytes], start: int, count: int, **more: Any) -> bytes:
    """A page of stored JSON values: `items` and `next_cursor`, and what stands beside them."""
    end = start + len(lines)
    rest = {**more, "next_cursor": str(end) if end < count else None}
    return b'{"items":[' + b",".join(lines) + b"]," + written(rest)[1:]


def real(value: Any) -> Any:
    """A number, or None for one that is none."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def class_name(columns: Columns, label: int) -> str | None:
    """The name of a class, where it has one."""
    names = columns.facts.get("classes")
    return names[label] if names and 0 <= label < len(names) else None


def class_text(columns: Columns, label: int) -> str:
    """What a class is called in a text."""
    return class_name(columns, label) or f"class {label}"
