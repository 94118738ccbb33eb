"""What a person sees: the end of long names, every rule and failed check, plain lines in a log."""

from typing import Any

import pytest
from rich.console import Console
from rich.progress import Progress

from openapi.threat_models import ThreatModel
from service.cli import display

LONG = "model.backbone.encoder.layers.11.attention.output.dense"


def layer(name: str) -> dict[str, Any]:
    return {"name": name, "ranking": [{"neuron": i, "sensitivity": 0.1234567 / (i + 1)} for i in range(8)]}


def shown(renderable: Any, width: int = 120) -> str:
    console = Console(width=width, record=True, quiet=False, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(renderable)
    console.file.close()
    return console.export_text()


def test_a_long_layer_name_is_told_apart_by_its_end() -> None:
    names = [LONG, "[red]conv1[/red]", "onnx__" + "x" * 60 + "_274"]
    text = shown(display.neuron_table({"tap": "conv", "layers": [layer(name) for name in names]}))
    assert "…11.attention.output.dense" in text
    assert "model.backbone" not in text
    assert "[red]conv1[/red]" in text, "a name is no markup"
    assert "x_274" in text
    assert "0: 0.1235" in text


def test_layers_that_end_alike_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display.console, "width", 80)
    ends = "vision.encoder.layers.{}.attention_projection.output.dense"
    layers = [layer(ends.format(i)) for i in (0, 1, 11)] + [layer("head")]
    text = shown(display.neuron_table({"tap": "conv", "layers": layers}, layers=4), 80)
    rows = [row.split("│")[1].strip() for row in text.splitlines() if "│" in row]
    assert rows == [f"…{i}.attention_projection.output.dense" for i in ("0", "layers.1", "11")] + ["head"]
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_cells_are_never_folded(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display.console, "width", width)
    text = shown(display.neuron_table({"tap": "conv", "layers": [layer(LONG)]}), width)
    assert "0: 0.1235" in text


@pytest.mark.parametrize("width", [60, 80])
def test_names_of_attacks_are_shown_to_their_ends(width: int) -> None:
    share = {"robust_accuracy": 0.5, "ci95": [0.4, 0.6]}
    names = [f"apgd-linf-0.0314-100-restarts-5-targeted-{which}" for which in ("first", "second")]
    report = {"clean": {"accuracy": 0.9, "ci95": [0.8, 1.0]}, "attacks": [{"id": n, **share} for n in names]}
    report["worst_case"] = []
    text = shown(display.accuracy_table(report, report, "t"), width)
    assert "…" not in text
    first = "".join(row.split("│")[1].strip() for row in text.splitlines() if "│" in row)
    assert first == "clean" + "".join(names)


def test_rules_and_failed_checks(capsys: pytest.CaptureFixture[str]) -> None:
    rule = {"metric": "clean.accuracy", "op": ">=", "value": 0.5, "actual": 0.25, "status": "fail", "detail": None}
    unknown = {**rule, "actual": None, "status": "inconclusive", "detail": "'regions' is null"}
    display.tell_rules([rule, unknown])
    checks = [{"title": f"the {s} one", "detail": "why", "status": s} for s in ("pass", "fail", "skipped")]
    display.tell_checks([*checks, *checks])
    display.tell_warnings(["net.onnx: [bold]head[/bold]"])
    assert capsys.readouterr().err.splitlines() == [
        "fail         clean.accuracy >= 0.5 (is 0.25)",
        "inconclusive clean.accuracy >= 0.5 (is unknown): 'regions' is null",
        "check failed: the fail one: why",
        "warning: net.onnx: [bold]head[/bold]",
    ]


def test_a_goal_that_was_not_met_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    points = [{"share": s, "clean_accuracy": 0.9 - s / 4, "robust_accuracy": s / 2} for s in (0.0, 0.5, 1.0)]
    goal = {"clean_drop": None, "robust_accuracy": 0.9}
    display.tell_goal(None)
    display.tell_goal({"goal": goal, "met": True, "delivered": 1.0, "points": points})
    display.tell_goal({"goal": goal, "met": False, "delivered": 1.0, "points": points})
    assert capsys.readouterr().err.splitlines() == [
        "the goal was not met: robust_accuracy 0.9 was asked for; on the validation split the delivered weights have "
        "robust_accuracy 0.5 and clean accuracy 0.65"
    ]


def test_a_log_gets_a_line_a_phase(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("service.cli.display.time.monotonic", lambda: now)
    with display.bars() as lines:
        for done in range(3):
            lines.show("attacks", done, 4000, "samples")
        now += 31
        lines.show("attacks", 1234.567, 4000, "samples")
        lines.job({"status": "running", "phase": "report", "progress": None}, "ONNX:")
    said = capsys.readouterr().err
    assert said.splitlines() == ["attacks …", "attacks … 1234.6/4000 samples", "ONNX: report …"]


def test_what_a_job_waits_for_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    body = {"status": "running", "phase": "attacks", "progress": {"done": 1, "total": 4, "unit": "samples"}}
    waiting = {**body, "waiting_for": {"title": "No room", "detail": "the disk of w1 is full\x1b[31m"}}
    with display.bars() as lines:
        for answer in (body, waiting, waiting, body):
            lines.job(answer)
    assert capsys.readouterr().err.splitlines() == [
        "attacks …",
        "attacks, waiting: the disk of w1 is full\\x1b[31m …",
        "attacks …",
    ]


def test_the_bar_of_a_phase_that_waits_is_its_bar() -> None:
    progress = Progress(disable=True)
    bars = display.Bars(progress)
    body = {"status": "running", "phase": "attacks", "progress": {"done": 1, "total": 4, "unit": "samples"}}
    said = []
    for answer in (body, {**body, "waiting_for": {"title": "No room", "detail": None}}, body):
        bars.job(answer)
        said.append(progress.tasks[0].description)
    assert said == ["attacks", "attacks, waiting: No room", "attacks"]
    assert [task.completed for task in progress.tasks] == [1]


def test_threat_models_are_told_as_they_were_written() -> None:
    threat = ThreatModel.model_validate({"kind": "ball", "norm": "linf", "eps": "0.5/255"})
    share = {"robust_accuracy": 0.5, "ci95": [0.4, 0.6], "threat_model": str(threat)}
    report = {"clean": {"accuracy": 0.9, "ci95": [0.8, 1.0]}, "attacks": []}
    told = {**share, "threat": threat.model_dump(mode="json")}
    assert "worst case, L∞, ε\u00a0=\u00a00.5/255" in shown(
        display.accuracy_table({**report, "worst_case": [told]}, None, "t")
    )
    old = shown(display.accuracy_table({**report, "worst_case": [share]}, None, "t"))
    assert "worst case, L∞, ε\u00a0=\u00a00.00196078" in old, "of a server before 1.3"
