"""An in-toto statement of what a report found, in a signed envelope.

The statement is version 1 of the in-toto attestation framework, its predicate `test-result` v0.1; the envelope is DSSE
v1 (github.com/secure-systems-lab/dsse), whose signature is over the pre-authentication encoding of type and payload.
"""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from service.evidence.dsse import PAYLOAD_TYPE, canonical, pre_authentication
from service.evidence.keys import Signer

_STATEMENT, _PREDICATE = "https://in-toto.io/Statement/v1", "https://in-toto.io/attestation/test-result/v0.1"
_RESULTS = {"pass": "PASSED", "fail": "FAILED"}
_LISTS = {"pass": "passedTests", "fail": "failedTests", "inconclusive": "warnedTests"}

Json = Mapping[str, Any]


def statement(report: Json, report_sha256: str) -> dict[str, Any]:
    """What was found of which model on which data.

    A policy's rules are tests that pass, fail or (inconclusive) warn; checks of the numbers pass or warn. That an audit
    ended early warns, and so does every attack that did not run. The result is the verdict: WARNED where it is
    inconclusive, and where there was no policy, so that nothing was judged.
    """
    verdict = report["verdict"]
    tests: dict[str, list[str]] = {"passedTests": [], "warnedTests": [], "failedTests": []}
    for rule in verdict["rules"]:
        tests[_LISTS[rule["status"]]].append(f"policy: {rule['metric']} {rule['op']} {rule['value']}")
    for check in report["checks"]:
        if check["status"] != "skipped":
            tests["passedTests" if check["status"] == "pass" else "warnedTests"].append(f"check: {check['id']}")
    if stopped := report.get("stopped"):
        tests["warnedTests"].append(f"audit: ended early ({stopped['reason']}): {stopped['detail']}")
        tests["warnedTests"] += [f"attack: {name}: not run" for name in stopped["not_run"]]
    config = {
        "name": "config",
        "uri": f"urn:tremor:{report['id']}",
        "digest": {"sha256": hashlib.sha256(canonical(report["config"])).hexdigest()},
        "mediaType": "application/json",
    }
    return {
        "_type": _STATEMENT,
        "subject": subjects(report, report_sha256),
        "predicateType": _PREDICATE,
        "predicate": {"result": _RESULTS.get(verdict["status"], "WARNED"), "configuration": [config], **tests},
    }


def subjects(report: Json, report_sha256: str) -> list[dict[str, Any]]:
    """The model, the data set, the report and hardened checkpoints, each by the sha256 of its file."""
    found = [
        (f"model {report['model']['name']}", report["model"]["sha256"]),
        (f"data set {report['dataset']['name']}", report["dataset"]["sha256"]),
        ("report.json", report_sha256),
    ]
    found += [(file["name"], file["sha256"]) for file in report["artifacts"] if file["kind"] == "checkpoint"]
    return [{"name": name, "digest": {"sha256": sha256}} for name, sha256 in found]


def envelope(payload: bytes, signer: Signer) -> dict[str, Any]:
    """A DSSE envelope of a statement."""
    signature = signer.sign(pre_authentication(PAYLOAD_TYPE, payload))
    return {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": signer.public.keyid, "sig": base64.b64encode(signature).decode()}],
    }
