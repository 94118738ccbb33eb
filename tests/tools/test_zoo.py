"""The zoo's own bookkeeping; its nets need an environment that tests do not make."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.tools import zoo
from tests.tools.zoo_table import BEGIN, END, into_results, ours, table

pytestmark = pytest.mark.slow


def _cell(family: str, column: str, failure: str | None = None, ours: bool = False) -> dict[str, Any]:
    return {"library": "timm", "family": family, "net": family, "column": column, "text": "", "failure": failure,
            "ours": ours, "seconds": 1.0}  # fmt: skip


CELLS = [
    _cell("a", "trace"),
    _cell("a", "script", "torch cannot write it"),
    _cell("b", "trace", "operator x\nis not supported", ours=True),
    _cell("b", "script"),
]


def test_what_torch_cannot_write_counts_for_nothing(tmp_path: Path) -> None:
    found = table(CELLS)
    assert "| timm | 1 of 2 | 1 of 1 |" in found
    assert "- timm b (b), trace: operator x is not supported" in found
    assert "cannot write 1 more" in found
    assert ours(CELLS) == 1
    results = tmp_path / "RESULTS.md"
    results.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    into_results(found, results)
    assert results.read_text() == f"before\n{BEGIN}\n{found}{END}\nafter\n"


def test_the_last_word_on_a_cell_counts(tmp_path: Path) -> None:
    out = tmp_path / "zoo.jsonl"
    cells = [*CELLS, _cell("b", "trace")]
    out.write_text("".join(json.dumps(cell) + "\n" for cell in cells))
    assert ours(list(zoo.known(out).values())) == 0


def test_a_child_that_dies_costs_one_column() -> None:
    found = zoo.ask(Path(sys.executable), ("timm", "a", "no such net"), ["trace", "pt2"], 60)
    assert [(cell["column"], cell["ours"]) for cell in found] == [("trace", True), ("pt2", True)]
    assert "the child ended with 1" in found[0]["failure"]
