"""Loading models and data sets for work: ready, still being inspected, or of no use."""

from sqlalchemy.ext.asyncio import AsyncSession

from openapi.problems import FieldError, InvalidField, Problem, TremorError
from openapi.wire.jobs import OutputFile
from service.db.tables import Dataset, Model
from service.keys.caller import EVERYBODY, Caller
from service.orchestrator.plan import Subject


class SubjectRejected(TremorError):
    """A job asks for a model or data set that inspection rejected; its problem becomes the job's."""

    slug = "validation"

    def __init__(self, pointer: str, kind: str, identity: str, found: Problem | None) -> None:
        reason = f": {found.detail}" if found and found.detail else ""
        detail = f"the {kind} {identity} was rejected{reason}"
        super().__init__(detail, errors=(FieldError(pointer=pointer, detail=detail),))
        self.slug = found.slug if found else "validation"


def _subject(row: Model | Dataset) -> Subject:
    files = row.files if isinstance(row, Dataset) else None
    return Subject(
        id=row.id,
        name=row.name,
        sha256=row.sha256,
        size=row.size,
        inspection=row.inspection or {},
        meta=row.meta,
        files={name: OutputFile.model_validate(value) for name, value in (files or {}).items()},
    )


async def load_subject(
    session: AsyncSession,
    table: type[Model] | type[Dataset],
    identity: str,
    pointer: str,
    caller: Caller = EVERYBODY,
) -> Subject | None:
    """Return the subject when it is ready, None while it is inspected.

    Raises `InvalidField` when the caller may see none of that id, `SubjectRejected` when inspection refused it.
    """
    row: Model | Dataset | None = await session.get(table, identity)
    kind = "model" if table is Model else "data set"
    if row is None or not caller.may_see(row):
        raise InvalidField(pointer, f"there is no {kind} {identity!r}; upload it first")
    if row.status == "rejected":
        raise SubjectRejected(pointer, kind, identity, Problem.model_validate(row.problem) if row.problem else None)
    return _subject(row) if row.status == "ready" else None
