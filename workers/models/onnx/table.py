"""The supported operators as a markdown table: ``python -m workers.models.onnx.table [FILE]`` (OPERATORS.md)."""

import sys
from pathlib import Path

from onnx import defs

import workers.models.onnx.ops
from workers.models.onnx.admission import MAX_OPSET
from workers.models.onnx.registry import OPERATORS

assert workers.models.onnx.ops  # importing it fills the registry

_GRADIENTS = {"exact": "yes", "straight-through": "straight-through", "none": "–"}


def rows() -> list[tuple[str, str, str, str]]:
    """(operator, versions of the operator set, gradient, remark), by domain and name."""
    found = []
    for (domain, name), operators in sorted(OPERATORS.items()):
        since = min(o.since for o in operators)
        versions = f"{max(since, 7, _first_version(domain, name))}–{MAX_OPSET}" if not domain else str(since)
        shown = f"{domain}.{name}" if domain else name
        if all(o.tensor is None for o in operators):
            found.append((shown, versions, "–", "on sizes and constants only"))
        else:
            notes = "; ".join(o.note for o in operators if o.note)
            found.append((shown, versions, _GRADIENTS[operators[-1].gradient], notes))
    return found


def markdown() -> str:
    """The table, with its heading."""
    lines = [
        "# ONNX operators that are supported",
        "",
        "Made by `python -m workers.models.onnx.table workers/models/onnx/OPERATORS.md`. Every operator gives the",
        "results of the ONNX standard's own test data. Gradient: exact (yes), a straight-through estimate, or none.",
        "Constants and shapes are computed while the file is translated.",
        "",
        "| operator | operator sets | gradient | remark |",
        "|---|---|---|---|",
    ]
    lines += [f"| {' | '.join(row)} |" for row in rows()]
    return "\n".join(lines) + "\n"


def _first_version(domain: str, name: str) -> int:
    versions = [s.since_version for s in defs.get_all_schemas_with_history() if s.name == name and s.domain == domain]
    return min(versions, default=1)


def main() -> None:
    """Write the table to the file named, or to standard output."""
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(markdown(), encoding="utf-8")
    else:
        sys.stdout.write(markdown())


if __name__ == "__main__":
    main()
