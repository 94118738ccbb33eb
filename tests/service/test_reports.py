"""What can be read of an audit that has ended: report, samples, artifacts, JUnit, SARIF, events."""

import csv
import io
import json
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import httpx
import pytest

from openapi.request_errors import NotAcceptable
from service.audits import junit, markdown, sarif
from service.http.negotiation import preferred
from tests.service.conftest import World
from tests.service.problems import is_problem
from tests.service.report import REPORT


@pytest.fixture(scope="module")
def audit(world: World) -> str:
    identity = str(world.audit(preset="smoke", neurons=None, keep_examples=True).json()["id"])
    for _ in range(6):
        world.worker.do(world.worker.take())
    report = world.worker.take()
    assert sorted(name for name in report.inputs if name.startswith("examples")) == [
        f"examples.{i}.{j}" for i in range(2) for j in range(3)
    ]
    world.worker.do(report, verdict="fail")
    found = world.api.get(f"/v1/audits/{identity}", params={"wait": 60}).json()
    assert (found["status"], found["verdict"]) == ("succeeded", "fail")
    return identity


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("text/html", "text/html; charset=utf-8"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"),
        ("text/html;q=0.1, application/json", "application/json"),
        ("application/*", "application/json"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/markdown", "text/markdown; charset=utf-8"),
        ("application/xml", "application/xml"),
        ("application/sarif+json", "application/sarif+json"),
    ],
)
def test_the_report_as_it_is_accepted(world: World, audit: str, accept: str, kind: str) -> None:
    answer = world.api.get(f"/v1/audits/{audit}/report", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert answer.headers["vary"] == "Accept"
    assert answer.headers.get("etag", '"').startswith('"')


@pytest.mark.parametrize(
    "accept", ["image/png", "application/pdf", "text/plain", "text/html;q=0, application/json;q=0"]
)
def test_a_report_that_cannot_be_had_is_406(world: World, audit: str, accept: str) -> None:
    is_problem(world.api.get(f"/v1/audits/{audit}/report", headers={"Accept": accept}), 406, "not-acceptable")


def test_the_page_may_do_nothing_but_show(world: World, audit: str) -> None:
    for path, accept in (("report.html", "*/*"), ("report", "text/html")):
        answer = world.api.get(f"/v1/audits/{audit}/{path}", headers={"Accept": accept})
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "connect-src" not in policy
        assert "form-action 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-disposition"].startswith("inline")
    assert world.api.get(f"/v1/audits/{audit}/report.json").json()["id"] == audit


def test_junit(world: World, audit: str) -> None:
    answer = world.api.get(f"/v1/audits/{audit}/report.junit.xml")
    assert answer.headers["content-type"].startswith("application/xml")
    suites = {s.get("name"): s for s in ET.fromstring(answer.text)}
    assert {name: (s.get("tests"), s.get("failures"), s.get("skipped")) for name, s in suites.items()} == {
        "policy": ("3", "1", "1"),
        "attacks": ("1", "0", "0"),
        "checks": ("1", "1", "0"),
    }
    (failure,) = suites["policy"].iter("failure")
    assert failure.get("message") == "actual: 0.5"
    (case,) = suites["attacks"]
    assert (case.get("name"), case.get("time")) == ("fgsm", "1.500")


def test_csv(world: World, audit: str) -> None:
    answer = world.api.get(f"/v1/audits/{audit}/report.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(r["kind"], r["id"]) for r in rows] == [
        ("clean", "clean"),
        ("worst_case", ""),
        ("attack", "fgsm"),
        ("rule", "clean.accuracy"),
        ("rule", "clean.n"),
        ("rule", "no.such"),
    ]
    assert (rows[0]["accuracy"], rows[0]["correct"], rows[0]["n"], rows[0]["ci95_low"]) == ("0.5", "5", "10", "0.2")
    assert (rows[2]["accuracy"], rows[2]["norm"], rows[2]["seconds"]) == ("0.5", "linf", "1.5")
    assert (rows[3]["op"], rows[3]["value"], rows[3]["actual"], rows[3]["status"]) == (">=", "0.9", "0.5", "fail")


def test_markdown(world: World, audit: str) -> None:
    answer = world.api.get(f"/v1/audits/{audit}/report.md")
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert answer.text.startswith("# Robustness of m\n")
    assert "**Policy: fail**" in answer.text
    assert "| worst case | L∞, ε\u00a0=\u00a00.1 | **50.0 % (20.0 to 80.0)** |" in answer.text
    assert "- More steps: they help" in answer.text


def test_sarif(world: World, audit: str) -> None:
    answer = world.api.get(f"/v1/audits/{audit}/report.sarif")
    assert answer.headers["content-type"] == "application/sarif+json"
    body = answer.json()
    (run,) = body["runs"]
    assert (body["version"], run["tool"]["driver"]["name"]) == ("2.1.0", "Tremor")
    assert [(r["ruleId"], r["level"]) for r in run["results"]] == [
        ("policy/clean.accuracy", "error"),
        ("policy/no.such", "note"),
        ("check/steps", "warning"),
    ]
    assert {r["ruleId"] for r in run["results"]} <= {r["id"] for r in run["tool"]["driver"]["rules"]}


def test_what_inspections_warned_of_is_in_every_form_of_the_report() -> None:
    told = ["the second output is read", "no sample has class 7"]
    model, dataset = (
        {**REPORT[part], "warnings": [text]} for part, text in zip(("model", "dataset"), told, strict=True)
    )
    data = json.dumps({**REPORT, "model": model, "dataset": dataset}).encode()
    results = json.loads(sarif.from_report(data))["runs"][0]["results"]
    assert [(r["level"], r["message"]["text"]) for r in results[-2:]] == [("note", text) for text in told]
    (error,) = ET.fromstring(junit.from_report(data)).iter("system-err")
    assert error.text == f"model: {told[0]}\ndata set: {told[1]}"
    text = markdown.from_report(data).decode()
    assert f"> Warning about the model: {told[0]}" in text
    assert f"> Warning about the data set: {told[1]}" in text
    del model["warnings"], dataset["warnings"]  # a report of version 1.0
    for form in (sarif, junit, markdown):
        assert (
            told[0]
            not in form.from_report(json.dumps({**REPORT, "model": model, "dataset": dataset}).encode()).decode()
        )


def test_names_from_outside_cannot_break_out_of_junit() -> None:
    report = {**REPORT, "model": {**REPORT["model"], "name": '<&"'}, "verdict": {"status": "pass", "rules": []}}
    text = junit.from_report(json.dumps({**report, "id": "aud_1"}).encode())
    assert ET.fromstring(text).get("name") == 'tremor <&"'
    assert json.loads(sarif.from_report(json.dumps({**report, "id": "aud_1"}).encode()))["runs"]


def test_samples_are_pages_in_order(world: World, audit: str) -> None:
    pages, cursor = [], None
    while True:
        query = {"limit": 4, **({"cursor": cursor} if cursor else {})}
        page = world.api.get(f"/v1/audits/{audit}/samples", params=query).json()
        pages.append([sample["index"] for sample in page["items"]])
        if (cursor := page["next_cursor"]) is None:
            break
    assert pages == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    whole = world.api.get(f"/v1/audits/{audit}/samples").json()
    assert (len(whole["items"]), whole["next_cursor"]) == (10, None)
    assert whole["items"][3] == {"index": 3, "label": 0, "predicted": 0, "correct": True, "attacks": {}}
    is_problem(world.api.get(f"/v1/audits/{audit}/samples", params={"cursor": "Zm9v"}), 422, "validation")
    inside = world.api.get(f"/v1/audits/{audit}/samples", params={"cursor": "3"}).json()
    assert [sample["index"] for sample in inside["items"]] == list(range(1, 10)), (
        "a line that was cut goes on behind it"
    )
    beyond = world.api.get(f"/v1/audits/{audit}/samples", params={"cursor": "999999999"}).json()
    assert beyond == {"items": [], "next_cursor": None}


def test_artifacts_are_listed_and_downloaded(world: World, audit: str) -> None:
    items = world.api.get(f"/v1/audits/{audit}/artifacts").json()["items"]
    assert sorted((i["kind"], i["format"]) for i in items) == [
        ("report", "html"),
        ("report", "json"),
        ("samples", "jsonl"),
    ]
    for item in items:
        answer = world.api.get(item["href"])
        assert answer.status_code == 200
        assert len(answer.content) == item["size"]
        assert answer.headers["etag"] == f'"{item["sha256"]}"'
        assert answer.headers["content-disposition"].startswith("attachment")
    assert world.api.get(items[0]["href"], headers={"Range": "bytes=0-9"}).status_code == 206


def events(lines: Iterator[str]) -> list[tuple[str, str, dict[str, object]]]:
    """Read (id, event, data) from an event stream, as a browser does."""
    found, fields = [], dict[str, str]()
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            found.append((fields["id"], fields["event"], json.loads(fields["data"])))
            fields = {}
        else:
            fields = {}
    return found


def test_events_are_kept_and_resumed(world: World, audit: str) -> None:
    path = f"/v1/audits/{audit}/events"
    with world.api.stream("GET", path) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        seen = events(answer.iter_lines())
    kinds = [kind for _, kind, _ in seen]
    assert [data["phase"] for _, kind, data in seen if kind == "phase"] == ["attacks", "report"]
    assert [data["status"] for _, kind, data in seen if kind == "status"] == ["running", "succeeded"]
    assert kinds.count("artifact") == 3
    assert kinds[-1] == "status"
    assert len({identity for identity, _, _ in seen}) == len(seen)
    assert all(identity.startswith("evt_") for identity, _, _ in seen)
    with world.api.stream("GET", path, headers={"Last-Event-ID": seen[2][0]}) as answer:
        assert events(answer.iter_lines()) == seen[3:]
    end = world.api.get(path, headers={"Last-Event-ID": seen[-1][0]})
    assert end.status_code == 204, "nothing will ever come: the client is told to stay away"
    is_problem(world.api.get(path, headers={"Last-Event-ID": "evt_none"}), 422, "validation")


def test_events_arrive_while_the_audit_runs(world: World) -> None:
    identity = world.audit(attacks=[{"name": "fgsm", "eps": 0.01}], neurons=None, max_samples=4).json()["id"]
    with (
        httpx.Client(base_url=world.api.base_url, timeout=90) as client,
        client.stream("GET", f"/v1/audits/{identity}/events") as answer,
    ):
        lines = answer.iter_lines()
        first = next(line for line in lines if line.startswith("data"))
        assert json.loads(first.removeprefix("data: "))["phase"] == "attacks"
        shard = world.worker.take()
        world.worker.tell(shard, "started")
        second = next(line for line in lines if line.startswith("data"))
        assert json.loads(second.removeprefix("data: "))["status"] == "running"
        world.api.post(f"/v1/audits/{identity}/cancel")
        world.worker.tell(shard, "cancelled")
        rest = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data")]
    assert [e["status"] for e in rest if e["type"] == "status"] == ["cancelling", "cancelled"]


def test_a_report_before_its_time_is_409(world: World) -> None:
    identity = world.audit(seed=5).json()["id"]
    for path in ("report", "report.html", "report.junit.xml", "report.sarif", "samples"):
        is_problem(world.api.get(f"/v1/audits/{identity}/{path}"), 409, "not-ready")
    assert world.api.get(f"/v1/audits/{identity}/artifacts").json()["items"] == []
    world.api.delete(f"/v1/audits/{identity}")


def test_preferred() -> None:
    offered = ("application/json", "text/html")
    assert preferred(None, offered) == "application/json"
    assert preferred("text/*", offered) == "text/html"
    assert preferred("text/html;q=wrong, */*;q=0.1", offered) == "application/json"
    with pytest.raises(NotAcceptable):
        preferred("a/b", offered)
