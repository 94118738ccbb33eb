"""Every list of records in a report as a table of its own, for spreadsheets: nobody writes one by hand."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openapi.text import csv_cell, visible

Json = Mapping[str, Any]

#: What of a report is no result.
_NO_RESULTS = frozenset({"config", "definitions", "environment", "artifacts"})


@dataclass(frozen=True)
class Table:
    """Rows by their columns; `name` is the path of the list in the report, such as ``neurons.layers.ranking``."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Json, ...]

    def csv(self) -> str:
        """The table as CSV; what a spreadsheet would take for a formula is shown as it is."""
        text = io.StringIO()
        lines = csv.writer(text, lineterminator="\n")
        lines.writerow(csv_cell(visible(column)) for column in self.columns)
        for row in self.rows:
            lines.writerow(_cell(row.get(column)) for column in self.columns)
        return text.getvalue()


def tables(report: Json) -> list[Table]:
    """The tables of a report as JSON, in its order.

    A list of records is a table; what is nested in a record is a column with a dotted name, a list of plain values one
    cell, or a row each where a list of the same length stands beside the table. A list of records in a record is a
    table of its own, whose rows begin with the record's first plain value (its name or number). A record of equally
    long lists of values is a table of those columns.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for name, row in _of_record(report, "", {}):
        found.setdefault(name, []).append(row)
    columns = {name: tuple(dict.fromkeys(column for row in rows for column in row)) for name, rows in found.items()}
    return [Table(name, columns[name], tuple(rows)) for name, rows in found.items()]


def _of_record(record: Json, path: str, above: Json) -> Iterator[tuple[str, dict[str, Any]]]:
    """(table, row) of everything below a record. above: the columns that say whose it is."""
    lists = {key: value for key, value in record.items() if _is_plain_list(value) and len(value) > 1}
    if len(lists) > 1 and len(lists) == len(record) and len({len(value) for value in lists.values()}) == 1:
        for values in zip(*lists.values(), strict=True):
            yield path, {**above, **dict(zip(lists, values, strict=True))}
        return
    for key, value in record.items():
        name = f"{path}.{key}" if path else key
        if name in _NO_RESULTS:
            continue
        if isinstance(value, Mapping):
            yield from _of_record(value, name, above)
        elif _is_records(value):
            for item in value:
                row = {**above, **dict(_columns(item, ""))}
                yield from ((name, line) for line in _along(row, lists))
                whose = {**above, **_first(item, key)}
                yield from _below(item, name, whose)


def _along(row: dict[str, Any], lists: Json) -> list[dict[str, Any]]:
    """A row, or one for each value of the list beside its table that its own lists are as long as (a layer's ratio at
    each eps)."""
    if len(lists) != 1:
        return [row]
    ((key, values),) = lists.items()
    long = [name for name, value in row.items() if _is_plain_list(value) and len(value) == len(values)]
    if not long:
        return [row]
    return [{**row, key: at, **{name: row[name][i] for name in long}} for i, at in enumerate(values)]


def _below(item: Json, path: str, whose: Json) -> Iterator[tuple[str, dict[str, Any]]]:
    """The tables inside a row of a table."""
    for key, value in item.items():
        if _is_records(value) or (isinstance(value, Mapping) and any(_is_records(v) for v in value.values())):
            yield from _of_record({key: value}, path, whose)


def _columns(item: Json, before: str) -> Iterator[tuple[str, Any]]:
    for key, value in item.items():
        if isinstance(value, Mapping):
            if value and all(name.isdigit() for name in value):
                yield before + key, " ".join(f"{name}:{count}" for name, count in value.items())
            else:
                yield from _columns(value, f"{before}{key}.")
        elif not _is_records(value):
            yield before + key, value


def _first(item: Json, key: str) -> dict[str, Any]:
    """What tells a row from others: its first plain value, under the name of the table and of the column."""
    for name, value in item.items():
        if isinstance(value, str | int) and not isinstance(value, bool):
            return {f"{key}.{name}": value}
    return {}


def _is_records(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(item, Mapping) for item in value)


def _is_plain_list(value: Any) -> bool:
    return isinstance(value, list | tuple) and not any(isinstance(item, Mapping | list | tuple) for item in value)


def _cell(value: Any) -> Any:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return csv_cell(visible(" ".join("" if item is None else str(item) for item in value)))
    return csv_cell(visible(value)) if isinstance(value, str) else value
