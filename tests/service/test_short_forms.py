"""The short forms of a report, its headline and its attestation say what did not run, and what was not attacked."""

import csv
import io
import json
from typing import Any
from xml.etree import ElementTree as ET

import httpx

from service.audits import junit, markdown, sarif, table
from service.evidence.statement import statement
from tests.service.conftest import audit, ready
from tests.service.report import REPORT
from tests.service.worker import HEADLINE, ProtocolWorker

STOPPED: dict[str, Any] = {
    "reason": "time_budget",
    "detail": "the time budget of 2 s was used up: 10 of 40 samples were evaluated by 1 of 3 attacks",
    "samples": 40,
    "not_run": ["pgd-linf-0.1-10", "cw"],
}
LINE = f"ended early: {STOPPED['detail']}; not run: pgd-linf-0.1-10, cw"
EARLY = REPORT | {"stopped": STOPPED}


def data(report: dict[str, Any]) -> bytes:
    return json.dumps(report).encode()


def blind() -> dict[str, Any]:
    """A report whose attack met no image with its region."""
    (attack,) = REPORT["attacks"]
    return REPORT | {"attacks": [attack | {"figures": {"without_region": attack["n"], "attacked": 0}}]}


def rows(report: dict[str, Any], kind: str) -> list[dict[str, str]]:
    found = csv.DictReader(io.StringIO(table.from_report(data(report)).decode()))
    return [row for row in found if row["kind"] == kind]


def cases(report: dict[str, Any]) -> dict[str, ET.Element]:
    root = ET.fromstring(junit.from_report(data(report)).decode())
    return {case.attrib["name"]: case for case in root.iter("testcase")}


def test_markdown_says_before_any_number_that_it_ended_early() -> None:
    text = markdown.from_report(data(EARLY)).decode()
    assert "Ended early" in text[: text.index("| accuracy |")]
    assert "10 of 40 samples were evaluated by 1 of 3 attacks" in text
    assert "| worst case of what ran |" in text
    assert text.count("| not run |") == 2
    assert "arly" not in markdown.from_report(data(REPORT)).decode()


def test_csv_has_a_row_for_it_and_one_for_each_attack_that_did_not_run() -> None:
    (row,) = rows(EARLY, "stopped")
    assert (row["id"], row["n"], row["status"]) == ("time_budget", "40", LINE)
    assert [row["id"] for row in rows(EARLY, "not_run")] == STOPPED["not_run"]
    assert not rows(REPORT, "stopped")


def test_junit_skips_what_did_not_run() -> None:
    found = cases(EARLY)
    for name in ("ended early", *STOPPED["not_run"]):
        skipped = found[name].find("skipped")
        assert skipped is not None
        assert STOPPED["detail"] in skipped.attrib["message"]
    assert found["fgsm"].find("skipped") is None
    assert "ended early" not in cases(REPORT)


def test_sarif_warns_of_it() -> None:
    (run,) = json.loads(sarif.from_report(data(EARLY)))["runs"]
    (result,) = [result for result in run["results"] if result["ruleId"] == "audit/ended-early"]
    assert (result["level"], result["message"]["text"]) == ("warning", LINE)
    assert "audit/ended-early" in [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert run["properties"]["stopped"]["not_run"] == STOPPED["not_run"]
    assert "ended-early" not in sarif.from_report(data(REPORT)).decode()


def test_the_attestation_warns_of_it() -> None:
    warned = statement(EARLY, "ab" * 32)["predicate"]["warnedTests"]
    assert f"audit: ended early (time_budget): {STOPPED['detail']}" in warned
    assert {"attack: pgd-linf-0.1-10: not run", "attack: cw: not run"} <= {*warned}
    assert not [w for w in statement(REPORT, "ab" * 32)["predicate"]["warnedTests"] if "early" in w or "not run" in w]


def test_the_job_answers_it(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(api, worker)
    identity = audit(api, model, dataset, neurons=None)
    worker.do(worker.take())
    worker.do(worker.take(), headline=HEADLINE.model_dump() | {"stopped": STOPPED})
    answer = api.get(f"/v1/audits/{identity}", params={"wait": 10}).json()
    assert answer["headline"] == HEADLINE.model_dump() | {"stopped": STOPPED}
    assert answer["status"] == "succeeded"


def test_what_met_no_image_has_no_share() -> None:
    text = markdown.from_report(data(blind())).decode()
    assert text.count("not attacked: no image has the region") == 2, "of the attack and of the worst case"
    assert [line for line in text.splitlines() if "50.0 %" in line] == ["| clean |  | 50.0 % (20.0 to 80.0) |"]
    for kind in ("attack", "worst_case"):
        (row,) = rows(blind(), kind)
        assert (row["accuracy"], row["status"]) == ("", "not attacked: no image has the region")
    assert cases(blind())["fgsm"].find("skipped") is not None
