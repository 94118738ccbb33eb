"""The report as SARIF 2.1.0: broken rules of the policy and failed checks are results about the model's file."""

import json
from importlib.metadata import version
from typing import Any

from openapi.text import visible_texts
from service.audits.notices import inspection_warnings

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def _result(rule: str, level: str, text: str, model: dict[str, Any]) -> dict[str, Any]:
    return {
        "ruleId": rule,
        "level": level,
        "message": {"text": text.replace("](", "] (")},  # what looks like a link is shown as one
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": f"sha256:{model['sha256']}"}}}],
        "partialFingerprints": {"model/rule": f"{model['sha256']}:{rule}"},
    }


def from_report(data: bytes) -> bytes:
    """Write a JSON report as SARIF. What passed is no result; what could not be judged is a note."""
    report: dict[str, Any] = visible_texts(json.loads(data))
    model = report["model"]
    rules: dict[str, dict[str, Any]] = {}
    results: list[dict[str, Any]] = []
    for rule in report["verdict"]["rules"]:
        identity = f"policy/{rule['metric']}"
        wanted = f"{rule['metric']} {rule['op']} {rule['value']}"
        rules[identity] = {"id": identity, "shortDescription": {"text": f"The policy wants {wanted}"}}
        if rule["status"] == "fail":
            results.append(_result(identity, "error", f"{wanted} does not hold: it is {rule['actual']}", model))
        elif rule["status"] != "pass":
            results.append(_result(identity, "note", f"{wanted} could not be judged", model))
    for check in report["checks"]:
        identity = f"check/{check['id']}"
        rules[identity] = {"id": identity, "shortDescription": {"text": check["title"]}}
        if check["status"] == "fail":
            results.append(_result(identity, "warning", check["detail"], model))
    for i, (part, text) in enumerate(inspection_warnings(report), 1):
        identity = f"inspection/{i}"  # each of its own: results of one rule are taken for one
        rules[identity] = {"id": identity, "shortDescription": {"text": f"Inspection of the {part}"}}
        results.append(_result(identity, "note", text, model))
    driver = {
        "name": "Tremor",
        "version": version("tremor"),
        "informationUri": "https://tremor.dev",
        "rules": list(rules.values()),
    }
    run = {
        "tool": {"driver": driver},
        "artifacts": [{"location": {"uri": f"sha256:{model['sha256']}"}, "hashes": {"sha-256": model["sha256"]}}],
        "results": results,
        "properties": {"audit": report["id"], "verdict": report["verdict"]["status"]},
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1).encode()
