"""Answers as Arrow streams (`?format=arrow`): one record batch, a column each, what stands beside them as metadata."""

import io
from array import array
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from service.analyses.columns import Numbers

Format = Literal["json", "arrow"]
ARROW = "application/vnd.apache.arrow.stream"
#: Items of a page in JSON where nothing is said, and at most; an Arrow stream has all unless a limit is given.
USUAL, MOST_IN_JSON = 100, 1000


def media_type(format: Format) -> str:
    """Of an answer."""
    return ARROW if format == "arrow" else "application/json"


def most(limit: int | None, format: Format) -> int | None:
    """How many items a page has; None is all that there are. JSON pages hold no more than `MOST_IN_JSON`."""
    if format == "arrow":
        return limit
    return USUAL if limit is None else min(limit, MOST_IN_JSON)


def stream(columns: Mapping[str, Numbers | Sequence[bool]], **facts: Any) -> bytes:
    """Columns of equal length, by name; facts: metadata of the schema, as texts, those that are None left out."""
    import nanoarrow as na  # not at the start of every process: few answers need it
    from nanoarrow.ipc import StreamWriter

    types = {"B": na.uint8(), "i": na.int32(), "q": na.int64(), "f": na.float32(), "d": na.float64()}
    told = {name: str(value) for name, value in facts.items() if value is not None}
    fields, children, rows = {}, [], 0
    for name, values in columns.items():
        fields[name] = types[values.typecode] if isinstance(values, array) else na.bool_()
        data = values.tobytes() if isinstance(values, array) else _bits(values)
        rows = len(values)
        children.append(na.c_array_from_buffers(fields[name], rows, [None, data]))
    schema = na.c_schema(na.struct(fields)).modify(metadata=told)
    out = io.BytesIO()
    with StreamWriter.from_writable(out) as writer:
        writer.write_array(na.c_array_from_buffers(schema, rows, [None], children=children))
    return out.getvalue()


def _bits(values: Sequence[bool]) -> bytes:
    """A bit each, the lowest of a byte first, as Arrow has them."""
    packed = bytearray(-(-len(values) // 8))
    for i, value in enumerate(values):
        if value:
            packed[i >> 3] |= 1 << (i & 7)
    return bytes(packed)
