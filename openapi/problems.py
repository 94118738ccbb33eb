"""RFC 9457 problems: their shape, and the errors that become problems. Their types: `openapi.problem_types`."""

import logging
from typing import Any

from pydantic import ConfigDict, Field, ValidationError

from openapi.base import Frozen
from openapi.places import without_places
from openapi.problem_types import BASE, PROBLEM_TYPES

_log = logging.getLogger("tremor")


class FieldError(Frozen):
    """One wrong field of a request."""

    pointer: str = Field(description="RFC 6901 pointer into the request body, or the name of a parameter")
    detail: str


class Problem(Frozen):
    """An `application/problem+json` body (RFC 9457)."""

    model_config = ConfigDict(frozen=True, extra="allow")

    type: str
    title: str
    status: int
    detail: str | None = None
    instance: str | None = None
    errors: tuple[FieldError, ...] | None = None

    @property
    def slug(self) -> str:
        """The last part of `type`."""
        return self.type.removeprefix(BASE)


def problem(
    slug: str, detail: str | None = None, *, errors: tuple[FieldError, ...] | None = None, **extra: Any
) -> Problem:
    """Build a problem of a listed type; `KeyError` when the slug is not listed.

    Names in `detail` and `extra` may come from an uploaded file and be no Unicode at all: they are made readable.
    Foreign errors that they pass on may name files of ours, and are told without our folders.
    """
    status, title = PROBLEM_TYPES[slug]
    said = {name: _readable(value) for name, value in {"detail": detail and without_places(detail), **extra}.items()}
    if errors is not None:
        errors = tuple(error.model_copy(update={"detail": without_places(error.detail)}) for error in errors)
    return Problem(type=BASE + slug, title=title, status=status, errors=errors, **said)


def unreadable(noun: str, identity: str, why: Exception) -> Problem:
    """What is said of a stored thing that this version cannot read: that it is broken, and what can be done."""
    wrong = [".".join(map(str, entry["loc"])) for entry in why.errors()] if isinstance(why, ValidationError) else [why]
    _log.error("%s %s cannot be read from the database: %s", noun, identity, ", ".join(map(str, wrong))[:500])
    detail = f"What is stored of the {noun} {identity} cannot be read by this version; it can still be deleted"
    return problem("internal", detail)


def _readable(value: Any) -> Any:
    """The value with every byte that cannot be written as JSON shown as an escape."""
    if isinstance(value, bytes):
        return value.decode(errors="backslashreplace")
    if isinstance(value, str):
        return value.encode(errors="backslashreplace").decode()
    if isinstance(value, dict):
        return {_readable(key): _readable(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_readable(inner) for inner in value]
    return value if value is None or isinstance(value, (int, float)) else str(value)


class TremorError(Exception):
    """The root of every error that has a problem type.

    Raised anywhere (service, worker, confined child) and mapped once to problem+json. Subclasses fix the `slug`.
    """

    slug = "internal"

    def __init__(self, detail: str, *, errors: tuple[FieldError, ...] | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = errors
        self.extra = extra

    def problem(self) -> Problem:
        """This error as a problem+json body."""
        return problem(self.slug, self.detail, errors=self.errors, **self.extra)


class InvalidField(TremorError):
    """A well-formed request with a wrong field (422)."""

    slug = "validation"

    def __init__(self, pointer: str, detail: str) -> None:
        super().__init__(detail, errors=(FieldError(pointer=pointer, detail=detail),))


class TooLarge(TremorError):
    """An upload or a body above the service's cap (413)."""

    slug = "too-large"


class ModelRejected(TremorError):
    """The uploaded model cannot be audited."""

    slug = "model-rejected"


class ModelMalformed(ModelRejected):
    """The bytes are not a readable model of the format."""

    slug = "model-malformed"


class ModelUnsafe(ModelRejected):
    """The file asks for files, processes, or absurd resources."""

    slug = "model-unsafe"


class UnsupportedOperator(ModelRejected):
    """An operator outside the allow-list: `operator`, `version` and `node` say which."""

    slug = "model-unsupported-operator"


class NotAClassifier(ModelRejected):
    """Input or output are not those of an image classifier."""

    slug = "model-not-classifier"


class NotDifferentiable(ModelRejected):
    """A gradient was asked of a model that has none."""

    slug = "model-not-differentiable"


class NotTrainable(ModelRejected):
    """Hardening was asked of a model without parameters."""

    slug = "model-not-trainable"


class ModelNumerics(ModelRejected):
    """NaN or infinite logits; `index` names the sample."""

    slug = "model-numerics"


class DatasetRejected(TremorError):
    """The uploaded data set cannot be used."""

    slug = "dataset-rejected"


class DatasetMalformed(DatasetRejected):
    """The bytes are not a readable data set."""

    slug = "dataset-malformed"


class JobFailed(TremorError):
    """A job ended without a result for a reason that is not the caller's file."""

    slug = "job-failed"


class MemoryLimit(JobFailed):
    """The confined child asked for more memory than allowed."""

    slug = "memory-limit"


class TimeLimit(JobFailed):
    """The confined child ran longer than allowed."""

    slug = "time-limit"


class WorkerLost(JobFailed):
    """The worker died under the shard, more often than is tried again."""

    slug = "worker-lost"


class InvalidFields(TremorError):
    """Several wrong fields at once (422)."""

    slug = "validation"

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        rest = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        super().__init__(f"{errors[0].pointer or 'body'}: {errors[0].detail}{rest}", errors=errors)


class Unauthorized(TremorError):
    """No API key, or not a valid one (401)."""

    slug = "unauthorized"


class Forbidden(TremorError):
    """The API key is valid and may not do that (403)."""

    slug = "forbidden"


class NotFound(TremorError):
    """The id in the address names nothing (404)."""

    slug = "not-found"


class Conflict(TremorError):
    """The thing is in use, or in a state that does not allow the request (409)."""

    slug = "conflict"


class IdempotencyConflict(TremorError):
    """The same Idempotency-Key came with another body (409)."""

    slug = "idempotency-conflict"


class NotReady(TremorError):
    """The job has not come so far yet (409)."""

    slug = "not-ready"


class RateLimited(TremorError):
    """Too many requests, or too many unfinished jobs (429); `retry_after` is in seconds."""

    slug = "rate-limited"

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.retry_after = retry_after


class QuotaExceeded(TremorError):
    """The tenant keeps as many bytes as it may, or may have no jobs (403)."""

    slug = "quota-exceeded"


class Unavailable(TremorError):
    """Something that the service stands on does not answer (503)."""

    slug = "unavailable"


class InsufficientStorage(TremorError):
    """A disk, a quota or a store is full or may not be written (507). Work waits until there is room."""

    slug = "insufficient-storage"


class DatasetMismatch(TremorError):
    """The data set does not fit the model (422); `errors` names the request's field when it was seen at once."""

    slug = "dataset-mismatch"
