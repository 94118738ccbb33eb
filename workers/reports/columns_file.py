"""Writing a file of columns (`openapi.wire.columns`)."""

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from openapi.wire.columns import ALIGNMENT, MAGIC, Column, ColumnsIndex, ColumnType, Text


class ColumnsFile:
    """Use it as a context: the index is written at its end. Arrays are added whole, or row by row (`rows`).

    facts, missing: see `ColumnsIndex`; they may be filled until the end.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._file.write(MAGIC)
        self._columns: dict[str, Column] = {}
        self._texts: dict[str, Text] = {}
        self.facts: dict[str, Any] = {}
        self.missing: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            index = ColumnsIndex(columns=self._columns, texts=self._texts, facts=self.facts, missing=self.missing)
            data = index.model_dump_json().encode()
            self._file.write(data + len(data).to_bytes(8, "little") + MAGIC)
        self._file.close()

    def array(self, name: str, values: npt.ArrayLike, type: ColumnType) -> None:
        """Write an array."""
        found = np.ascontiguousarray(values, f"<{type}")
        self.rows(name, type, found.shape[1:], [found])

    def rows(self, name: str, type: ColumnType, shape: tuple[int, ...], parts: Iterable[npt.ArrayLike]) -> int:
        """Write an array part by part: (n, *shape) each. Returns how many rows there are."""
        offset, count = self._begin(), 0
        for part in parts:
            values = np.ascontiguousarray(part, f"<{type}")
            assert values.shape[1:] == shape, (name, values.shape, shape)
            self._file.write(values.data)
            count += len(values)
        self._columns[name] = Column(type=type, shape=(count, *shape), offset=offset)
        return count

    def text(self, name: str, text: str) -> None:
        """Write a text."""
        offset, data = self._begin(), text.encode()
        self._file.write(data)
        self._texts[name] = Text(offset=offset, size=len(data))

    def lines(self, name: str, lines: Iterable[str]) -> None:
        """Write JSON values, each without a line break, and the array of their offsets."""
        offset, at = self._begin(), [0]
        for line in lines:
            data = line.encode() + b"\n"
            self._file.write(data)
            at.append(at[-1] + len(data))
        self._texts[name] = Text(offset=offset, size=at[-1])
        self.array(f"{name}.at", at, "i8")

    def _begin(self) -> int:
        self._file.write(bytes(-self._file.tell() % ALIGNMENT))
        return self._file.tell()
