"""The report as SARIF 2.1.0: broken rules of the policy, failed checks, and what each attack did to each class.

All are results about the model's file. One a class and attack, never one an image: code scanning takes 25,000 results a
run and shows 5,000 (`MOST`).
"""

import json
from collections.abc import Mapping
from importlib.metadata import version

from openapi.base import JsonObject
from service.audits.summary import Subject, Summary, threat_label

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


#: Classes under attack that are told of, those with the fewest robust samples first.
MOST = 4000


def _attacked(report: Summary) -> list[tuple[float, str, str, str]]:
    """(share of the class that is robust, rule, class, text) of every class that an attack has fooled samples of."""
    names = report.model.labels or ()
    found = []
    for attack in report.attacks:
        for one in attack.by_class:
            fooled = one.correct - one.robust
            if fooled > 0:
                name = names[one.label] if one.label < len(names) else str(one.label)
                text = f"{attack.id} fools {fooled} of {one.n} images of the class {name}; {one.robust} are robust"
                found.append((one.robust / one.n, f"attack/{attack.id}", str(one.label), text))
    return sorted(found)


def _result(rule: str, level: str, text: str, model: Subject, part: str = "") -> JsonObject:
    """`part`: of what a rule has several results of."""
    return {
        "ruleId": rule,
        "level": level,
        "message": {"text": text.replace("](", "] (")},  # what looks like a link is shown as one
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": f"sha256:{model.sha256}"}}}],
        "partialFingerprints": {"model/rule": f"{model.sha256}:{rule}{part and ':' + part}"},
    }


def _driver(rules: Mapping[str, str], tags: Mapping[str, list[str]]) -> JsonObject:
    """What found the results, and by which rules. tags: by rule, where it has some."""
    return {
        "name": "Tremor",
        "version": version("tremor"),
        "informationUri": "https://tremor.dev",
        "rules": [_rule(identity, text, tags.get(identity)) for identity, text in rules.items()],
    }


def _rule(identity: str, text: str, tags: list[str] | None) -> JsonObject:
    rule: JsonObject = {"id": identity, "shortDescription": {"text": text}}
    return rule if tags is None else {**rule, "properties": {"tags": [*tags]}}


def from_report(data: bytes) -> bytes:
    """Write a JSON report as SARIF. What passed is no result; what could not be judged is a note."""
    report = Summary.read(data)
    model = report.model
    rules: dict[str, str] = {}
    results: list[JsonObject] = []
    for rule in report.verdict.rules:
        identity = f"policy/{rule.metric}"
        wanted = rule.wanted()
        rules[identity] = f"The policy wants {wanted}"
        if rule.status == "fail":
            results.append(_result(identity, "error", f"{wanted} does not hold: it is {rule.actual}", model))
        elif rule.status != "pass":
            results.append(_result(identity, "note", f"{wanted} could not be judged: {rule.found()}", model))
    for check in report.checks:
        identity = f"check/{check.id}"
        rules[identity] = check.title
        if check.status == "fail":
            results.append(_result(identity, "warning", check.detail, model))
    for i, (part, text) in enumerate(report.warnings(), 1):
        identity = f"inspection/{i}"  # each of its own: results of one rule are taken for one
        rules[identity] = f"Inspection of the {part}"
        results.append(_result(identity, "note", text, model))
    if report.stopped is not None:
        rules["audit/ended-early"] = "The audit ended early: what is told is of what ran"
        results.append(_result("audit/ended-early", "warning", str(report.stopped), model))
    told = _attacked(report)
    tags: dict[str, list[str]] = {}
    for attack in report.attacks:
        identity = f"attack/{attack.id}"
        rules[identity] = f"{attack.id}: {threat_label(attack)}"
        tags[identity] = [f"external/mitre-atlas/{technique}" for technique in attack.atlas or ()]
    results += [_result(rule, "note", text, model, label) for _, rule, label, text in told[:MOST]]
    run = {
        "tool": {"driver": _driver(rules, tags)},
        "artifacts": [{"location": {"uri": f"sha256:{model.sha256}"}, "hashes": {"sha-256": model.sha256}}],
        "results": results,
        "properties": {
            "audit": report.id,
            "verdict": report.verdict.status,
            "leftOut": max(0, len(told) - MOST),
            **({} if report.stopped is None else {"stopped": report.stopped.model_dump(mode="json")}),
        },
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1).encode()
