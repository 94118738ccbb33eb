"""An outcome as text for a terminal, and as files: JSON, a page, and a drawing a figure."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from markupsafe import Markup

from workers.reports.figures import figure_style, standalone
from workers.reproduce.outcomes import Cell, Outcome, Table


def text_of(outcome: Outcome) -> str:
    """Every table, a line a row: ours, its interval, the paper's in brackets and the difference."""
    lines = []
    for table in outcome.tables:
        lines.append(f"{table.title}\n(ours [95 % interval] | paper, difference)")
        for name, cells in table.rows.items():
            told = (f"{column} {_cell(cell)}" for column, cell in zip(table.columns, cells, strict=True))
            lines.append(f"{name:<16} " + "; ".join(told))
        lines.append("")
    return "\n".join([*lines, *(f"- {finding}" for finding in outcome.findings)])


def _cell(cell: Cell) -> str:
    if cell.value is None:
        return "–"
    digits = 1 if cell.n is not None else 2
    text = f"{cell.value:.{digits}f}"
    if cell.low is not None and cell.high is not None:
        text += f" [{cell.low:.1f}, {cell.high:.1f}]"
    if cell.published is not None and cell.difference is not None:
        text += f" | {cell.published:.{digits}f}, {cell.difference:+.{digits}f}"
    return text


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Tables with their cells, findings and settings."""
    tables = [
        {
            "title": table.title,
            "unit": table.unit,
            "columns": list(table.columns),
            "rows": {
                name: [{**asdict(cell), "difference": cell.difference} for cell in cells]
                for name, cells in table.rows.items()
            },
        }
        for table in outcome.tables
    ]
    return {"tables": tables, "findings": list(outcome.findings), "settings": dict(outcome.settings)}


def write(outcome: Outcome, name: str, folder: Path) -> list[Path]:
    """``NAME.json``, ``NAME.html``, and ``NAME-1.svg`` … of the figures."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{name}.json", folder / f"{name}.html"]
    files[0].write_text(json.dumps(as_json(outcome), indent=1) + "\n", encoding="utf-8")
    drawings = [standalone(figure) for figure in outcome.figures]
    for i, drawing in enumerate(drawings, 1):
        files.append(folder / f"{name}-{i}.svg")
        files[-1].write_text(drawing, encoding="utf-8")
    files[1].write_text(_page(outcome, name, drawings), encoding="utf-8")
    return files


def _page(outcome: Outcome, name: str, drawings: list[str]) -> str:
    body = Markup("").join(_table(table) for table in outcome.tables)
    items = Markup("").join(Markup("<li>{}</li>").format(finding) for finding in outcome.findings)
    facts = Markup("").join(Markup("<li>{}: {}</li>").format(key, value) for key, value in outcome.settings.items())
    style = Markup("{}body{{font:15px system-ui;margin:2em}}td,th{{padding:.3em .7em;text-align:right}}"
                   "th:first-child{{text-align:left}}small{{color:#666}}").format(figure_style())  # fmt: skip
    return Markup(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>{}</title><style>{}</style><h1>{}</h1>'
        "<p>Ours with its 95 % interval; below it the paper's number and the difference.</p>{}<ul>{}</ul>{}"
        "<h2>Settings</h2><ul>{}</ul></html>"
    ).format(name, style, name, body, items, Markup("").join(Markup(d) for d in drawings), facts)


def _table(table: Table) -> Markup:
    head = Markup("").join(Markup("<th>{}</th>").format(column) for column in table.columns)
    rows = Markup("")
    for name, cells in table.rows.items():
        inner = Markup("").join(
            Markup("<td>{}<br><small>{}</small></td>").format(*_cell(cell).partition(" | ")[::2]) for cell in cells
        )
        rows += Markup("<tr><th>{}</th>{}</tr>").format(name, inner)
    return Markup("<h2>{}</h2><table><tr><th></th>{}</tr>{}</table>").format(table.title, head, rows)
