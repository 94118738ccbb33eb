"""The report as Markdown: what a pull request or a model card shows of it."""

from collections.abc import Iterable

from openapi.report import AttackReport, Clean, RuleResult, WorstCase
from openapi.text import counted, markdown
from service.audits.summary import NOT_TRIED, Share, Summary, threat_label


def _share(report: Summary, block: Clean | AttackReport | WorstCase) -> str:
    if not report.measured(block):
        return NOT_TRIED
    share = Share.of(block)
    low, high = share.ci95
    return f"{100 * share.accuracy:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    titles = list(head)
    lines = [titles, ["---"] * len(titles), *rows]
    return [*(f"| {' | '.join(row)} |" for row in lines), ""]


def from_report(data: bytes) -> bytes:
    """Write a JSON report as Markdown: the verdict, the accuracies with their intervals, what failed."""
    report = Summary.read(data)
    lines = [
        f"# Robustness of {markdown(report.model.name)}",
        "",
        f"{counted(report.clean.n, 'sample')} of {markdown(report.dataset.name)}; in brackets 95 % Wilson intervals. "
        f"Audit {markdown(report.id)}.",
        "",
    ]
    if report.verdict.status is not None:
        lines += [f"**Policy: {report.verdict.status}**", ""]
    if report.stopped is not None:
        lines += [f"> **Ended early**, these numbers are of what ran: {markdown(str(report.stopped))}", ""]
    notices = list(report.warnings())
    lines += [f"> Warning about the {part}: {markdown(text)}  " for part, text in notices]
    lines += [""] if notices else []
    worst = "worst case" if report.stopped is None else "worst case of what ran"
    rows = [["clean", "", _share(report, report.clean)]]
    rows += [[worst, markdown(threat_label(w)), f"**{_share(report, w)}**"] for w in report.worst_case]
    rows += [[markdown(a.id), markdown(threat_label(a)), _share(report, a)] for a in report.attacks]
    rows += [[markdown(name), "", "not run"] for name in (report.stopped.not_run if report.stopped else ())]
    lines += _table(("accuracy", "threat model", "share"), rows)
    if report.verdict.rules:
        lines += ["## Policy", ""]
        lines += _table(("rule", "is", "status"), [_rule(rule) for rule in report.verdict.rules])
    failed = [check for check in report.checks if check.status == "fail"]
    if failed:
        lines += ["## Failed checks", ""]
        lines += [f"- {markdown(check.title)}: {markdown(check.detail)}" for check in failed]
        lines.append("")
    return "\n".join(lines).encode()


def _rule(rule: RuleResult) -> list[str]:
    actual = "unknown" if rule.actual is None else f"{rule.actual:.6g}"
    status = rule.status if rule.detail is None else f"{rule.status}: {markdown(rule.detail)}"
    return [markdown(rule.wanted()), actual, status]
