"""The report as JUnit XML: a rule of the policy, an attack, a check is a test case each."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from service.audits.summary import NOT_TRIED, Summary


def _suite(root: ET.Element, name: str, cases: Sequence[tuple[str, str, str, float]]) -> ET.Element:
    """Add a suite of (name, "pass" | "fail" | anything else is skipped, message, seconds)."""
    count = {status: sum(1 for case in cases if case[1] == status) for status in ("pass", "fail")}
    suite = ET.SubElement(
        root,
        "testsuite",
        name=name,
        tests=str(len(cases)),
        failures=str(count["fail"]),
        errors="0",
        skipped=str(len(cases) - count["pass"] - count["fail"]),
        time=f"{sum(case[3] for case in cases):.3f}",
    )
    for title, status, message, seconds in cases:
        case = ET.SubElement(suite, "testcase", classname=f"tremor.{name}", name=title, time=f"{seconds:.3f}")
        if status == "fail":
            ET.SubElement(case, "failure", message=message)
        elif status != "pass":
            ET.SubElement(case, "skipped", message=message)
        else:
            ET.SubElement(case, "system-out").text = message
    return suite


def from_report(data: bytes) -> bytes:
    """Write a JSON report as JUnit XML.

    Attacks that ran pass: whether a robustness is enough, the policy's rules say. Those that did not run, or met no
    image that they may change, are skipped, and so is a case that says of an audit that it ended early.
    """
    report = Summary.read(data)
    root = ET.Element("testsuites", name=f"tremor {report.model.name}")
    rules = [(r.wanted(), r.status, r.found(), 0.0) for r in report.verdict.rules]
    attacks = [
        (
            a.id,
            "skipped" if a.blind else "pass",
            NOT_TRIED
            if a.blind
            else f"robust accuracy {a.robust_accuracy:.4f} ({a.robust} of {a.n}), "
            f"95 % interval {a.ci95[0]:.4f} to {a.ci95[1]:.4f}",
            a.seconds,
        )
        for a in report.attacks
    ]
    checks = [(f"{c.id}: {c.title}", c.status, c.detail, 0.0) for c in report.checks]
    if (stopped := report.stopped) is not None:
        attacks += [("ended early", "skipped", str(stopped), 0.0)]
        attacks += [(name, "skipped", f"not run: {stopped.detail}", 0.0) for name in stopped.not_run]
    _suite(root, "policy", rules)
    _suite(root, "attacks", attacks)
    suite = _suite(root, "checks", checks)
    if warnings := [f"{part}: {text}" for part, text in report.warnings()]:
        ET.SubElement(suite, "system-err").text = "\n".join(warnings)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'.encode()
