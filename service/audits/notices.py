"""What inspections said of a report's model and data set: a wrong guess there makes every number wrong."""

from collections.abc import Mapping
from typing import Any


def inspection_warnings(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return each warning with ``model`` or ``data set`` before it; reports of version 1.0 have none."""
    parts = {"model": report["model"], "data set": report["dataset"]}
    return [(name, str(text)) for name, part in parts.items() for text in part.get("warnings") or ()]
