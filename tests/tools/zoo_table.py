"""The zoo's cells as the table that stands in RESULTS.md."""

from pathlib import Path
from typing import Any

BEGIN, END = "<!-- zoo:begin -->", "<!-- zoo:end -->"
Cells = list[dict[str, Any]]


def _columns(cells: Cells) -> list[str]:
    return list(dict.fromkeys(cell["column"] for cell in cells))


def ours(cells: Cells) -> int:
    """In how many cells torch could and Tremor could not."""
    return sum(bool(cell["ours"]) for cell in cells)


def table(cells: Cells) -> str:
    """How many families of each library come through each column, then every cell that does not, with its reason."""
    columns = _columns(cells)
    lines = ["| library | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for library in dict.fromkeys(cell["library"] for cell in cells):
        counts = []
        for column in columns:
            asked = [cell for cell in cells if (cell["library"], cell["column"]) == (library, column)]
            torch_can = [cell for cell in asked if cell["ours"] or not cell["failure"]]
            fine = sum(not cell["failure"] for cell in torch_can)
            counts.append(f"{fine} of {len(torch_can)}" if asked else "")
        lines.append(f"| {library} | " + " | ".join(counts) + " |")
    lost = [c for c in cells if c["ours"]]
    unwritten = [c for c in cells if c["failure"] and not c["ours"]]
    lines += ["", "What torch writes and Tremor loses:" if lost else "Nothing that torch writes is lost.", ""]
    lines += [_line(cell) for cell in sorted(lost, key=lambda c: (c["library"], c["family"], c["column"]))]
    if unwritten:
        lines += ["", f"torch itself cannot write {len(unwritten)} more: they count for nothing."]
    return "\n".join(lines).strip() + "\n"


def _line(cell: dict[str, Any]) -> str:
    reason = " ".join(str(cell["failure"]).split())
    return f"- {cell['library']} {cell['family']} ({cell['net']}), {cell['column']}: {reason}"


def into_results(text: str, results: Path) -> None:
    """Replace what stands between the marks of RESULTS.md."""
    head, _, rest = results.read_text().partition(BEGIN)
    _, _, tail = rest.partition(END)
    results.write_text(f"{head}{BEGIN}\n{text}{END}{tail}")
