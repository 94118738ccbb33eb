"""The arguments that handlers take, by short names."""

from typing import Annotated, Any, TypeAlias

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from openapi.patterns import pattern
from openapi.status import JobStatus
from service.context import Services

#: The request itself.
Req: TypeAlias = Request[Any, Any, Any]

#: The parts of the process.
Parts: TypeAlias = NamedDependency[Services]

#: An id in the path.
Id: TypeAlias = FromPath[str]

#: The same for calls of several controllers, each of which names the id its own way in `dependencies`.
Identity: TypeAlias = NamedDependency[str]

#: A bound of 0, which Litestar itself leaves out of the document.
FROM_ZERO: dict[str, Any] = {"ge": 0, "schema_extra": {"minimum": 0}}

Limit = Annotated[int, QueryParameter(ge=1, le=1000, description="Most items to return")]
_NEXT = "`next_cursor` of the page before, as it is"
_CURSOR = f"a cursor is the {_NEXT}"


def after(prefix: str) -> Any:
    """The cursor of a list whose items have ids with a prefix: the last id of the page before."""
    return Annotated[
        str | None, QueryParameter(pattern=pattern(rf"^{prefix}_[0-9a-z]{{26}}$", _CURSOR), description=_NEXT)
    ]


Index = Annotated[
    int | None, QueryParameter(**FROM_ZERO, lt=2**53, description="One image, by its number in the data set")
]
Place = Annotated[str | None, QueryParameter(pattern=pattern(r"^[0-9]{1,15}$", _CURSOR), description=_NEXT)]
Status = Annotated[JobStatus | None, QueryParameter(description="Only jobs of this status")]

#: ``key:value``; a key that is searched for holds neither colons nor what a path into JSON cannot quote.
LABEL = pattern(
    r'^[^:"\\\x00-\x1f]+:[^\x00]*$',
    "write key:value, such as team:vision; the key holds no colon, quote, backslash or control character",
)
Label = Annotated[
    str | None, QueryParameter(max_length=400, pattern=LABEL, description="Only jobs with this label, as `key:value`")
]
Tag = Annotated[
    str | None,
    QueryParameter(max_length=400, pattern=LABEL, description="Only jobs on models with this tag, as `key:value`"),
]
ModelSearch = Annotated[
    str | None,
    QueryParameter(
        min_length=1,
        max_length=200,
        pattern=pattern(r"^[^\x00]*$", "write a text without the character NUL"),
        description="Only jobs on this model: its id, or a part of its name in any case",
    ),
]
Sha256 = Annotated[
    str | None,
    QueryParameter(
        pattern=pattern("^[0-9a-f]{64}$", "write a sha256 as 64 hex digits, in small letters"),
        description="Only files with these bytes: ask before uploading again",
    ),
]
Redirect = Annotated[
    bool,
    QueryParameter(
        description="Answer 307 with an address of the store's, signed for an hour, where clients reach the store "
        "(`TREMOR_S3_PUBLIC_ENDPOINT`); elsewhere the file itself"
    ),
]
Wait = Annotated[
    float,
    QueryParameter(
        **FROM_ZERO,
        description="Seconds to wait for the end; longer waits are cut to what the service is set to, 60 s by default",
    ),
]
