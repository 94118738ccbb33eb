"""What commands say of themselves, and what is wrong in their order before anything is sent."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from openapi.hardening_methods import METHODS
from service.cli.main import main

#: Nobody listens there: a command that asked would end with 5.
SERVER = ("--server", "http://127.0.0.1:9", "--retry-for", "0")


def told(*words: str) -> str:
    """What a command prints, on one line."""
    return " ".join(CliRunner().invoke(main, words, terminal_width=500).output.split())


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """A model and data, by their endings."""
    for name in ("model.onnx", "data.npz"):
        (tmp_path / name).write_bytes(b"bytes")
    return str(tmp_path / "model.onnx"), str(tmp_path / "data.npz")


@pytest.mark.parametrize("command", [("compare",), ("follow",), ("evidence",), ("policies", "list")], ids=" ".join)
def test_commands_that_need_a_server_say_so(command: tuple[str, ...]) -> None:
    found = told(*command, "--help")
    assert "embedded" not in found
    assert "The server; needed" in found


def test_harden_names_every_method_and_what_attacks_replace() -> None:
    found = told("harden", "--help")
    assert all(name in found for name in METHODS)
    assert "preset" not in found
    assert "replaces FGSM and PGD-20" in found


@pytest.mark.parametrize("command", ["audit", "study"])
def test_an_audit_and_a_study_have_the_options_of_the_api(command: str) -> None:
    found = told(command, "--help")
    for option in ("--label NAME=VALUE", "--priority", "--time-budget", "--choose", "--keep-examples"):
        assert option in found


def test_the_other_exit_codes_are_named() -> None:
    assert "70 a fault of Tremor's own" in told("audit", "--help")


@pytest.mark.parametrize(("command", "name"), [("audit", "DATA"), ("study", "DATA"), ("harden", "TRAIN")])
def test_swapped_arguments_are_told_before_anything_is_sent(
    tmp_path: Path, files: tuple[str, str], command: str, name: str
) -> None:
    model, data = files
    found = CliRunner().invoke(main, [command, data, model, *SERVER, "--out", str(tmp_path / "out")])
    assert found.exit_code == 2, found.output
    assert f"MODEL and {name} are swapped?" in found.output


@pytest.mark.parametrize("choice", ["", "none"])
def test_a_wrong_choice_is_told_once(files: tuple[str, str], choice: str) -> None:
    found = CliRunner().invoke(main, ["audit", *files, "--choose", choice, *SERVER])
    assert found.exit_code == 2
    assert found.output.count("--choose") == 1
    assert "write first, random, per_class, or indices" in found.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--label", "team"), "write labels as name=value"),
        (("--label", f"team={'x' * 500}"), "--label: team"),
        (("--priority", "101"), "--priority"),
    ],
)
@pytest.mark.parametrize("command", ["audit", "harden"])
def test_wrong_labels_and_priorities_are_told_before_anything_is_sent(
    tmp_path: Path, files: tuple[str, str], command: str, words: tuple[str, ...], message: str
) -> None:
    found = CliRunner().invoke(main, [command, *files, *words, *SERVER, "--out", str(tmp_path / "out")])
    assert found.exit_code == 2, found.output
    assert message in found.output
