"""A comparison as one page: no script, no outside resource, every text escaped."""

from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from importlib import resources

from openapi.comparisons import ComparisonReport, Paired
from openapi.text import counted, visible
from openapi.threat_models import threat_label

_VERDICTS = {
    "better": "The candidate is better",
    "worse": "The candidate is worse",
    "mixed": "Better in one respect, worse in another",
    "no_difference": "No difference beyond chance",
}
_HEAD = ("", "base", "candidate", "difference", "95 % interval", "", "won", "lost", "p", "adjusted")
#: Width and height of the picture of an interval.
_WIDTH, _HEIGHT = 120, 14


@cache
def _style() -> str:
    return (resources.files("service.comparisons") / "page.css").read_text("utf-8")


def render_comparison(found: ComparisonReport) -> str:
    """Write the page."""
    tone = {"worse": "bad", "mixed": "bad", "better": "good"}.get(found.verdict, "")
    worst = [(threat_label(row.model_dump(mode="json")), row) for row in found.worst_case]
    parts = [
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
        f"<title>{_text(found.candidate.model_name)} against {_text(found.base.model_name)}</title>",
        f"<style>{_style()}</style><main>",
        f"<h1>{_text(found.candidate.model_name)} against {_text(found.base.model_name)}</h1>",
        f'<p class="soft">Audit {_text(found.candidate.id)} against {_text(found.base.id)}, on the '
        f"{counted(found.n, 'sample')} of {_text(found.dataset_name)} that both evaluated, under the "
        "attacks that both ran.</p>",
        f'<p><strong class="{tone}">{_VERDICTS[found.verdict]}.</strong></p>',
        f"<p>{_text(_sentence(found.rule))}</p>",
        f"<ul>{''.join(f'<li>{_text(reason)}</li>' for reason in found.reasons)}</ul>",
        _section("Clean accuracy and worst cases", [("clean", found.clean), *worst]),
        _section("Attacks", [(row.id, row) for row in found.attacks]),
        _section("Classes, in the worst case", [(row.name or str(row.label), row) for row in found.classes]),
        *(
            f"<details><summary>{_text(attack.id)}, by class</summary>"
            f"{_table([(row.name or str(row.label), row) for row in attack.classes])}</details>"
            for attack in found.attacks
        ),
        _left_out(found),
        '<p class="soft">won, lost: samples that only the candidate, only the base holds. p: McNemar’s exact two-sided '
        "test; adjusted: with all rows of the table in view (Holm). Intervals of the difference: Tango’s score "
        "interval for paired proportions. The verdict is that of clean accuracy and of the bounded worst cases: better "
        "where one of them rose beyond chance and none fell. A hardening’s own finding asks for more: that every "
        "bounded worst case rises, under the close look’s attacks too, and nothing hints at masked gradients.</p>"
        "</main></html>",
    ]
    return "".join(parts)


def _section(title: str, rows: Sequence[tuple[str, Paired]]) -> str:
    if not rows:
        return ""
    lists = "".join(_images(name, row) for name, row in rows)
    return f"<section><h2>{title}</h2>{_table(rows)}{lists}</section>"


def _table(rows: Sequence[tuple[str, Paired]]) -> str:
    widest = max((abs(end) for _, row in rows for end in row.ci95), default=0.0) or 1.0
    head = "".join(f'<th scope="col">{name}</th>' for name in _HEAD)
    body = "".join(f"<tr>{_row(name, row, widest)}</tr>" for name, row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _row(name: str, row: Paired, widest: float) -> str:
    beyond = row.p_adjusted <= 0.05
    tone = "" if not beyond else "bad" if row.difference < 0 else "good"
    low, high = row.ci95
    cells = (
        _percent(row.base),
        _percent(row.candidate),
        f'<span class="{tone}">{_signed(row.difference)}</span>',
        f"{_signed(low)} to {_signed(high)}",
        _picture(row, widest),
        str(row.won),
        str(row.lost),
        f"{row.p:.2g}",
        f"{row.p_adjusted:.2g}",
    )
    return f"<td>{_text(name)}</td>" + "".join(f"<td>{cell}</td>" for cell in cells)


def _picture(row: Paired, widest: float) -> str:
    """The interval of the difference about 0; `widest` is the half of the picture's width."""
    low, middle, high = (
        round((1 + value / widest) * _WIDTH / 2, 1) for value in (row.ci95[0], row.difference, row.ci95[1])
    )
    y = _HEIGHT / 2
    return (
        f'<svg role="img" aria-label="{_signed(row.difference)}, {_signed(row.ci95[0])} to {_signed(row.ci95[1])}" '
        f'width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}">'
        f'<line class="axis" x1="{_WIDTH / 2}" y1="0" x2="{_WIDTH / 2}" y2="{_HEIGHT}"/>'
        f'<line class="range" x1="{low}" y1="{y}" x2="{high}" y2="{y}"/><circle cx="{middle}" cy="{y}" r="3"/></svg>'
    )


def _images(name: str, row: Paired) -> str:
    if not row.lost:
        return ""
    more = f" and {row.lost - len(row.worse)} more" if row.lost > len(row.worse) else ""
    return (
        f"<details><summary>{_text(name)}: {counted(row.lost, 'image')} got worse</summary>"
        f'<p class="index">{_join(map(str, row.worse))}{more}</p></details>'
    )


def _left_out(found: ComparisonReport) -> str:
    items = "".join(f"<li>{_text(one.id)} of the {one.side}: {_text(one.reason)}</li>" for one in found.left_out)
    items += "".join(
        f"<li>{counted(alone.n, 'sample')} that only the {alone.side} evaluated: "
        f'<span class="index">{_join(map(str, alone.index))}'
        f"{f' and {alone.n - len(alone.index)} more' if alone.n > len(alone.index) else ''}</span></li>"
        for alone in found.samples_left_out
    )
    return f"<section><h2>Not compared</h2><ul>{items}</ul></section>" if items else ""


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _join(texts: Iterable[str]) -> str:
    return ", ".join(texts)


def _text(value: str) -> str:
    return escape(visible(value))


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def _signed(value: float) -> str:
    return f"{100 * value:+.1f} %".replace("-", "\u2212")
