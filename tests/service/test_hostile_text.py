"""One hostile text in every field of a report, a request and a log record, against everything that takes it apart."""

import csv
import io
import json
import logging
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from openapi.problems import problem
from openapi.report import Report
from openapi.text import visible
from openapi.wire.jobs import ShardResult
from openapi.wire.logs import JsonFormatter, TextFormatter
from service.audits import junit, markdown, sarif, table
from service.cli import display
from service.cli.exits import CommandFailed, Exit
from service.http.content import disposition
from tests.service.conftest import World, ended
from tests.service.report import REPORT
from workers.reports.html import render

#: Formula, tag, handler, quotes, entity, end of CDATA, template, terminal colour and title, bell, backspace, NUL, C1,
#: line ends of every kind, a forged record, markup of tables and of Markdown, links, turned writing, no character.
HOSTILE = (
    "=cmd|'/c calc'!A1<img src=x onerror=alert(1)><script>alert(1)</script>\"'&amp;]]>{{7*7}}"
    "\x1b[31mred\x1b]0;title\x07\b\x00\x9b1m\r\n2026-11-27 00:00:00,000 INFO tremor: forged\n\u2028\x0b\x0c"
    "[bold]b[/bold] | `tick` [click](javascript:alert(1)) http://evil.example ![i](x) \u202eesrever\ufffe"
)
BENIGN = "b" * len(visible(HOSTILE))  # as long as it is shown: a long title has a class of its own
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u202e\ufffe]")


def filled(value: Any, text: str) -> Any:
    """The value with `text` as every free text and key: only what decides on a shape stays."""
    if isinstance(value, dict):
        kept = {"status", "op", "kind", "created_at", "verdict"}
        return {k: v if k in kept and isinstance(v, str) else filled(v, text) for k, v in value.items()}
    if isinstance(value, list):
        return [filled(inner, text) for inner in value]
    return text if isinstance(value, str) else value


def report(text: str) -> dict[str, Any]:
    """A whole report in which every text is `text`; ids lead to each other still."""
    found: dict[str, Any] = filled(REPORT, text)
    found["model"]["input"] = REPORT["model"]["input"]
    found["attacks"][0]["threat_model"] = found["worst_case"][0]["threat_model"] = f"linf {text}"
    for block in (found["attacks"][0], found["worst_case"][0]):
        block["threat"] = {"kind": "ball", "norm": "linf", "eps": 0.1, "target": text, "label": text}
    for name in ("config", "definitions", "environment"):
        found[name] = {text: text, "list": [text], "map": {text: text}} if name != "definitions" else {text: text}
    layer = {
        "name": text, "kind": "conv", "neurons": 1, "depth": 0, "sensitivity": {"mean": 0.5, "max": 0.5}, "dead": [],
        "ratio": {"mean": 1.0, "mean_top": 1.0, "of_means": 1.0, "skipped": 0}, "top": [0],
        "ranking": [{"neuron": 0, "sensitivity": 0.5, "ratio": 1.0, "rank": 1}],
    }  # fmt: skip
    found["neurons"] = {"tap": text, "pairs": {"attack": text, "eps": 0.1, "n": 10}, "layers": [layer]}
    return found


def data(text: str) -> bytes:
    return json.dumps(report(text)).encode()


def test_junit_stays_xml_of_the_same_shape() -> None:
    root = ET.fromstring(junit.from_report(data(HOSTILE)).decode())
    shape = [(e.tag, sorted(e.attrib)) for e in root.iter()]
    assert shape == [(e.tag, sorted(e.attrib)) for e in ET.fromstring(junit.from_report(data(BENIGN))).iter()]
    texts = [*root.itertext(), *(v for e in root.iter() for v in e.attrib.values())]
    assert not [t for t in texts if CONTROL.search(t)]
    assert any("\\x1b[31mred" in t and "<img" in t for t in texts), "it is shown, not lost"


def test_sarif_stays_json_without_links() -> None:
    found = json.loads(sarif.from_report(data(HOSTILE)))
    texts = list(strings(found))
    assert not [t for t in texts if CONTROL.search(t) or "\n" in t]
    messages = [result["message"]["text"] for result in found["runs"][0]["results"]]
    assert messages
    assert not [m for m in messages if re.search(r"\[[^\]]*\]\(", m)]


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def test_csv_computes_nothing_and_keeps_its_rows() -> None:
    rows = list(csv.reader(io.StringIO(table.from_report(data(HOSTILE)).decode())))
    benign = list(csv.reader(io.StringIO(table.from_report(data(BENIGN)).decode())))
    assert [len(row) for row in rows] == [len(row) for row in benign]
    for row in rows:
        for cell in row:
            assert not CONTROL.search(cell)
            assert "\n" not in cell
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")) or cell in (">=", "<=", "==")
    assert any(cell.startswith("'=cmd") for row in rows for cell in row)


def test_markdown_keeps_its_shape() -> None:
    text = markdown.from_report(data(HOSTILE)).decode()
    benign = markdown.from_report(data(BENIGN)).decode()
    assert not [line for line in text.splitlines() if CONTROL.search(line)]
    assert len(text.splitlines()) == len(benign.splitlines())

    def bars(line: str) -> int:
        return len(re.findall(r"(?<!\\)\|", line))

    assert [bars(line) for line in text.splitlines()] == [bars(line) for line in benign.splitlines()]
    assert not re.search(r"(?<!\\)[<`\[]", text.replace("**", ""))
    assert "http://" not in text


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_page_keeps_its_shape() -> None:
    page, benign = (Page(render(Report.model_validate(report(text)))) for text in (HOSTILE, BENIGN))
    assert page.tags == benign.tags
    assert [name for name, _ in page.attributes] == [name for name, _ in benign.attributes]
    assert not [t for t in page.texts if CONTROL.search(t)]
    assert not [v for _, v in page.attributes if v and (CONTROL.search(v) or v.startswith("javascript"))]


def printed(*things: Any) -> str:
    """What a terminal that knows no colours is sent."""
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, color_system=None, width=200)
    for thing in things:
        console.print(thing)
    return stream.getvalue()


def test_tables_on_the_terminal_show_and_obey_nothing() -> None:
    body = report(HOSTILE)
    layer = {"name": HOSTILE, "ranking": [{"neuron": 1, "sensitivity": 0.5}]}
    neurons = display.neuron_table({"tap": HOSTILE, "layers": [layer]})
    text = printed(display.accuracy_table(body, body, HOSTILE), neurons)
    assert not re.sub(r"[\n]", "", text).count("\x1b")
    assert not CONTROL.search(text)
    assert "[bold]" in text


def test_lines_on_the_terminal_show_and_obey_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(display, "console", Console(file=stream, force_terminal=True, color_system=None, width=5000))
    display.tell_warnings([HOSTILE])
    display.tell_checks(report(HOSTILE)["checks"])
    display.tell_rules(report(HOSTILE)["verdict"]["rules"])
    with display.bars() as shown:
        shown.show(HOSTILE, 1, 2, HOSTILE)
    said = stream.getvalue()
    assert not CONTROL.search(said)
    assert len(said.splitlines()) == 1 + 1 + 3 + 1
    assert not CONTROL.search(CommandFailed(Exit.JOB_FAILED, HOSTILE).format_message())


@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter()])
def test_a_log_record_is_one_line(formatter: logging.Formatter) -> None:
    record = logging.makeLogRecord({"name": HOSTILE, "msg": "worker %s", "args": (HOSTILE,), "levelname": "INFO"})
    record.job_id = HOSTILE + "\ud800"
    text = formatter.format(record)
    assert len(text.splitlines()) == 1
    assert not CONTROL.search(text)
    text.encode()
    try:
        raise RuntimeError(HOSTILE)
    except RuntimeError as error:
        record.exc_info = (RuntimeError, error, error.__traceback__)
    for line in formatter.format(record).split("\n")[1:]:
        assert line.startswith("  ")
        assert not CONTROL.search(line)


def test_a_header_is_one_line_of_ascii() -> None:
    found = disposition(HOSTILE + "\ud800")
    assert found.isascii()
    assert found.isprintable()


def test_half_a_character_is_shown_wherever_it_comes_from() -> None:
    result = ShardResult(value={"labels": ["a\ud800b"], "x\udcff": 1})
    assert ShardResult.model_validate_json(result.model_dump_json()) == result
    assert result.value == {"labels": ["a\\ud800b"], "x\\udcff": 1}
    assert json.loads(problem("validation", "a\ud800").model_dump_json())["detail"] == "a\\ud800"


def test_what_is_readable_stays_as_it_is() -> None:
    for text in ("Übergröße", "猫", "نمی‌دانم", "👩‍🔬 a b", "x_1.weight", "50 % – ok"):
        assert visible(text) == text


TEXT = HOSTILE.replace("\x00", "")
KEY = TEXT[-100:]


def test_every_field_of_a_request_takes_the_text_and_gives_it_back(world: World) -> None:
    """What is stored and answered as JSON is the text itself; nothing on the way trips over it."""
    metadata = {"name": TEXT[:200], "labels": [TEXT, "b", "c"], "tags": {KEY: TEXT}}
    part = (None, json.dumps(metadata))
    answer = world.api.post("/v1/models", files={"file": (TEXT, b"hostile model"), "metadata": part})
    assert answer.status_code == 201, answer.text
    model = answer.json()
    assert (model["name"], model["labels"][0], model["tags"]) == (TEXT[:200], TEXT, {KEY: TEXT})
    world.worker.do(world.worker.take())
    part = (None, json.dumps({"name": TEXT[:200], "split": TEXT[:100], "labels": [TEXT, "b", "c"]}))
    answer = world.api.post("/v1/datasets", files={"file": (TEXT, b"hostile data"), "metadata": part})
    assert answer.status_code == 201, answer.text
    dataset = answer.json()
    world.worker.do(world.worker.take(), warnings=[HOSTILE])
    body = {"model_id": model["id"], "dataset_id": dataset["id"], "labels": {KEY: TEXT}, "max_samples": 4}
    rules = [{"metric": f"worst_case.{TEXT}", "op": ">=", "value": 0.5}]
    refused = world.api.post("/v1/audits", json={**body, "policy": {"rules": rules}})
    assert refused.status_code == 422
    created = world.api.post("/v1/audits", json={**body, "preset": "smoke", "neurons": None})
    assert created.status_code == 202, created.text
    for _ in range(3):
        world.worker.do(world.worker.take())
    audit = created.json()["id"]
    found = ended(world.api, f"audits/{audit}")
    assert (found["status"], found["labels"]) == ("succeeded", {KEY: TEXT})
    content = world.api.get(f"/v1/models/{model['id']}/content")
    assert content.headers["content-disposition"].isascii()
    name = quote(TEXT, safe="")
    for path in (f"/v1/models/{name}", f"/v1/audits/{name}/report", f"/v1/{name}"):
        missing = world.api.get(path)
        assert missing.status_code in (400, 404), path
        assert not CONTROL.search(missing.text)


def test_a_worker_that_says_hostile_things_is_heard(world: World) -> None:
    identity = str(world.audit(preset="smoke", neurons=None, max_samples=4).json()["id"])
    shard = world.worker.take()
    world.worker.fail(shard, problem("job-failed", HOSTILE, node=HOSTILE))
    found = ended(world.api, f"audits/{identity}")
    assert (found["status"], found["problem"]["detail"]) == ("failed", HOSTILE)
    assert world.api.get("/v1/audits").status_code == 200
