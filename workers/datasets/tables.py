"""Tables beside images: CSV in its dialects, JSON lines, one column of files and one of labels (or one a class)."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from openapi.datasets import DatasetMetadata
from openapi.problems import DatasetMalformed, DatasetRejected
from openapi.spelling import clean_name
from openapi.text import counted
from workers.datasets.archives import Archive
from workers.datasets.listing import Listing, is_split, split_of, without_splits
from workers.datasets.mask_columns import check_mask_columns
from workers.datasets.mask_folders import MaskFolders

SUFFIXES = frozenset({".csv", ".tsv", ".jsonl"})

#: Usual names of columns, in order of preference.
FILE_COLUMNS = (
    *("file", "filename", "file_name", "image", "image_name", "image_path", "image_file", "path", "filepath"),
    *("file_path", "img", "img_name", "img_path", "image_id", "id", "name"),
)
LABEL_COLUMNS = (
    "label",
    "labels",
    "class",
    "classid",
    "class_id",
    "label_id",
    "class_name",
    "category",
    "target",
    "cls",
)

#: Tables that are preferred when an archive holds several.
_PREFERRED = ("labels.csv", "metadata.csv", "metadata.jsonl")


@dataclass
class Table:
    """One table: `rows` of (line, cells), and which of its `columns` hold the file and the label, or a class each."""

    name: str
    columns: list[str]
    rows: list[tuple[int, list[str]]]
    file: int | None = None
    label: int | None = None
    classes: tuple[int, ...] = ()

    @property
    def usable(self) -> bool:
        """True when files and labels can be read."""
        return self.file is not None and (self.label is not None or bool(self.classes))


def list_by_table(archive: Archive, images: Sequence[str], metadata: DatasetMetadata) -> Listing | None:
    """Return what the archive's table says, in its order; None when no table speaks of images and labels.

    Raises `DatasetRejected` naming table and line, `DatasetMalformed` for what is no table.
    """
    names = [n for n in archive.files if PurePosixPath(n).suffix.lower() in SUFFIXES and "submission" not in n.lower()]
    tables = [_understood(_read(archive, name), metadata) for name in names]
    for table in tables:
        _complain(table, metadata)
    chosen = _chosen([table for table in tables if table.usable], metadata)
    if not chosen:
        return None
    finder = _Finder(images)
    order, classes = [], []
    masks: dict[str, dict[int, str]] = {}
    concepts: tuple[str, ...] = ()
    for table in chosen:
        root = PurePosixPath(table.name).parent
        concepts = check_mask_columns(table.columns, metadata, repr(table.name))
        places = [table.columns.index(name) for name in concepts]
        for line, file, label, row in _samples(table, metadata):
            order.append(finder.find(file, root, table.name, line))
            classes.append(label)
            cells = {k: row[i].strip() for k, i in enumerate(places) if i < len(row) and row[i].strip()}
            masks[order[-1]] = {k: finder.find(cell, root, table.name, line) for k, cell in cells.items()}
    seen: set[str] = set()
    for name in order:
        if name in seen:
            raise DatasetRejected(f"{chosen[0].name!r} lists {name!r} twice")
        seen.add(name)
    warnings = _about_split(chosen, metadata)
    unlisted = len(images) - len({*order, *(entry for of in masks.values() for entry in of.values())})
    if unlisted:
        warnings.append(f"{counted(unlisted, 'image')} left out for not being listed in {chosen[0].name!r}")
    others = len(tables) - len(chosen)
    if others:
        warnings.append(f"labels are read from {chosen[0].name!r}; {others} other tables are not used")
    return Listing(order, classes, warnings=warnings, masks=MaskFolders(concepts, masks) if concepts else None)


def _read(archive: Archive, name: str) -> Table:
    try:
        text = archive.read(name).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DatasetMalformed(f"{name!r} is not text in UTF-8 ({error.reason}): save it as UTF-8") from error
    if PurePosixPath(name).suffix.lower() == ".jsonl":
        return _json_lines(name, text)
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=head.count)
    try:
        rows = [
            (i, row) for i, row in enumerate(csv.reader(io.StringIO(text), strict=True, delimiter=delimiter), 1) if row
        ]
    except csv.Error as error:
        raise DatasetMalformed(f"{name!r} is not a UTF-8 CSV file: {error}") from error
    return Table(name, [cell.strip() for cell in rows[0][1]] if rows else [], rows[1:])


def _json_lines(name: str, text: str) -> Table:
    records = []
    for line, content in enumerate(text.splitlines(), 1):
        if not content.strip():
            continue
        try:
            record = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise DatasetMalformed(f"{name!r}, line {line} is not JSON: {error}") from error
        if not isinstance(record, dict):
            raise DatasetMalformed(f"{name!r}, line {line} is not a JSON object")
        records.append((line, record))
    columns = list(dict.fromkeys(key for _, record in records for key in record))
    rows = [(line, [_cell(record.get(key)) for key in columns]) for line, record in records]
    return Table(name, columns, rows)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def plain_column(name: str) -> str:
    """A column's name as it is compared: lower case, underscores."""
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def _understood(table: Table, metadata: DatasetMetadata) -> Table:
    """Find the columns: as the metadata says, else by their usual names, else the only one beside the file's."""
    plain = [plain_column(c) for c in table.columns]

    def first(usual: Iterable[str]) -> int | None:
        return next((plain.index(name) for name in usual if name in plain), None)

    table.file = first([plain_column(metadata.image_column)] if metadata.image_column else FILE_COLUMNS)
    table.label = first([plain_column(metadata.label_column)] if metadata.label_column else LABEL_COLUMNS)
    if table.label is None and table.file is not None and metadata.label_column is None:
        masks = metadata.mask_columns or ()
        others = [i for i in range(len(plain)) if i != table.file and table.columns[i] not in masks]
        if len(others) == 1:
            table.label = others[0]
        elif len(others) > 1 and table.rows and all(_is_one_hot(row, others) for _, row in table.rows):
            table.classes = tuple(others)
    return table


def _is_one_hot(row: Sequence[str], places: Sequence[int]) -> bool:
    cells = [row[i].strip() for i in places if i < len(row)]
    ones = sum(cell in ("1", "1.0") for cell in cells)
    return len(cells) == len(places) and ones == 1 and all(cell in ("0", "0.0", "1", "1.0") for cell in cells)


def _complain(table: Table, metadata: DatasetMetadata) -> None:
    """`labels.csv` is there for its labels: it is never passed over."""
    if PurePosixPath(table.name).name.lower() != "labels.csv":
        return
    if not table.rows:
        raise DatasetRejected(f"{table.name!r} has no rows; expected a header file,label and one row an image")
    if not table.usable:
        columns = ", ".join(table.columns)
        wanted = {"image_column": table.file, "label_column": table.label}
        named = {name: getattr(metadata, name) for name, place in wanted.items() if place is None}
        missing = [f"metadata.{name} names {value!r}, which is not there" for name, value in named.items() if value]
        raise DatasetRejected(
            f"{table.name!r} has the columns {columns[:200]}; "
            + (
                " and ".join(missing)
                or "expected file and label, or the names in metadata.image_column and metadata.label_column"
            )
        )


def _chosen(usable: list[Table], metadata: DatasetMetadata) -> list[Table]:
    """One table; or all of them, when each describes its own folder."""
    if len(usable) < 2:
        return usable
    paths = [PurePosixPath(table.name) for table in usable]
    mine = [t for t, p in zip(usable, paths, strict=True) if any(is_split(part, metadata.split) for part in p.parts)]
    if len(mine) == 1:
        return mine
    for wanted in _PREFERRED:
        named = [t for t, p in zip(usable, paths, strict=True) if p.name.lower() == wanted]
        if len(named) == 1:
            return named
    parts = {part for path in paths for part in path.parts}
    if len({path.parent for path in paths}) == len(paths) and not any(split_of(part) for part in parts):
        return usable
    listed = ", ".join(table.name for table in usable[:4])
    raise DatasetRejected(
        f"the archive holds {len(usable)} tables of labels ({listed}); upload one split at a time, or name one in "
        "metadata.split"
    )


def _about_split(chosen: list[Table], metadata: DatasetMetadata) -> list[str]:
    """The note on a wanted split that no column and no table's place tells. Refuses one where they tell another."""
    parts = [part for table in chosen for part in PurePosixPath(table.name).parts]
    if any("split" in map(plain_column, table.columns) for table in chosen) or any(
        is_split(part, metadata.split) for part in parts
    ):
        return []
    named = [part for part in parts if split_of(part)]
    if metadata.split is not None and named:
        raise DatasetRejected(f"metadata.split is {metadata.split!r}; the archive holds {', '.join(named[:10])[:200]}")
    return without_splits(metadata)


def _samples(table: Table, metadata: DatasetMetadata) -> Iterator[tuple[int, str, str, list[str]]]:
    """Yield (line, file, label, cells), of the wanted split alone where a column tells it."""
    plain = [plain_column(c) for c in table.columns]
    split = plain.index("split") if metadata.split is not None and "split" in plain else None
    held = sorted({row[split].strip() for _, row in table.rows if split < len(row)}) if split is not None else []
    if split is not None and not any(is_split(value, metadata.split) for value in held):
        if not any(is_split(part, metadata.split) for part in PurePosixPath(table.name).parts):
            listed = ", ".join(held[:10])[:200]
            raise DatasetRejected(
                f"metadata.split is {metadata.split!r}; the column split of {table.name!r} holds {listed}"
            )
        split = None
    for line, row in table.rows:
        if split is not None and not is_split(row[split] if split < len(row) else "", metadata.split):
            continue
        file = row[table.file].strip() if table.file is not None and table.file < len(row) else ""
        if table.classes:
            label = next(table.columns[i] for i in table.classes if row[i].strip() in ("1", "1.0"))
        else:
            label = row[table.label].strip() if table.label is not None and table.label < len(row) else ""
        if not file or not label:
            raise DatasetRejected(f"{table.name!r}, line {line}: file or label is empty")
        yield line, file, label, row


class _Finder:
    """Images by what tables call them: their path, in any case, with either slash; else their bare name or stem."""

    def __init__(self, images: Sequence[str]) -> None:
        self._exact = set(images)
        self._loose: dict[str, list[str]] = {}
        for name in images:
            path = PurePosixPath(_loosely(name))
            for key in {str(path), path.name, str(path.with_suffix("")), path.stem}:
                self._loose.setdefault(key, []).append(name)

    def find(self, file: str, root: PurePosixPath, table: str, line: int) -> str:
        """The image that a line of a table means; of several with one name that below `train…` for `train.csv`."""
        where, wanted = f"{table!r}, line {line}", file.replace("\\", "/").removeprefix("./")
        kind = PurePosixPath(table).stem.lower()
        for name in (str(root / wanted), wanted):
            if name in self._exact:
                return name
        for key in (_loosely(str(root / wanted)), _loosely(wanted), PurePosixPath(_loosely(wanted)).name):
            found = self._loose.get(key, [])
            near = [n for n in found if any(part.lower().startswith(kind) for part in PurePosixPath(n).parts[:-1])]
            if len(found) == 1 or len(near) == 1:
                return near[0] if near else found[0]
            if found:
                raise DatasetRejected(f"{where}: {file[:120]!r} may be {found[0]!r} or {found[1]!r}; give its path")
        raise DatasetRejected(f"{where}: the archive holds no image {str(root / wanted)[:120]!r}")


def _loosely(name: str) -> str:
    return clean_name(name).casefold()
