"""`--data-options` and `--model-options`: what is wrong is said before a service starts."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli.main import main

WRONG = [
    ("--data-options", '{"resize": {"size": 8, "crop": 9}}', "--data-options: resize: crop is larger than size"),
    ("--data-options", '{"label_ordr": "text"}', "--data-options: label_ordr: there is no such field; did you mean"),
    ("--data-options", '{"channels": "cmyk"}', "--data-options: channels: Input should be 'RGB' or 'grey'"),
    ("--data-options", "absent.json", "neither a JSON object nor a readable file"),
    ("--model-options", '{"labels": "cat"}', "--model-options: labels"),
    ("--model-options", '{"input": {"mean": "x"}}', "--model-options: input.mean"),
]


@pytest.mark.parametrize("command", ["audit", "harden"])
@pytest.mark.parametrize(("option", "value", "message"), WRONG)
def test_wrong_options_are_named(tmp_path: Path, command: str, option: str, value: str, message: str) -> None:
    for name in ("m.onnx", "d.zip"):
        (tmp_path / name).write_bytes(b"?")
    files = [str(tmp_path / "m.onnx"), str(tmp_path / "d.zip"), "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(main, [command, *files, option, value])
    assert result.exit_code == 2, result.output
    assert message in " ".join(result.output.split())
