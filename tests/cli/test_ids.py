"""What is no id is wrong usage before anything is asked of a server: it could be another address."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli.main import main

OTHERS = ("../audits/aud_01m8f7n9weespbbcsqpf7bdz3v", "", ".", "#", "pol_../../x", "aud_01m8f7n9weespbbcsqpf7bdz3")
#: Nobody listens there: a command that asked would end with 5.
SERVER = ("--server", "http://127.0.0.1:9", "--retry-for", "0")


@pytest.mark.parametrize(
    "command",
    [("follow",), ("evidence",), ("compare", "aud_" + 26 * "0")],
    ids=" ".join,
)
@pytest.mark.parametrize("identity", OTHERS)
def test_what_is_no_id_is_wrong_usage(command: tuple[str, ...], identity: str) -> None:
    found = CliRunner().invoke(main, [*command, identity, *SERVER])
    assert found.exit_code == 2
    assert "is no id of" in found.output


@pytest.mark.parametrize("command", ["show", "delete"])
def test_a_policy_without_a_name_is_wrong_usage(command: str) -> None:
    found = CliRunner().invoke(main, ["policies", command, " ", *SERVER])
    assert found.exit_code == 2
    assert "name the policy, or give its id" in found.output


def test_an_id_is_asked_for() -> None:
    assert CliRunner().invoke(main, ["policies", "show", "pol_" + 26 * "0", *SERVER]).exit_code == 5


@pytest.mark.parametrize("option", ["--policy-id", "--replay-of"])
def test_an_id_of_an_audit_is_looked_at_before_anything_is_sent(tmp_path: Path, option: str) -> None:
    (tmp_path / "model.onnx").write_bytes(b"model")
    (tmp_path / "data.npz").write_bytes(b"data")
    words = ["audit", str(tmp_path / "model.onnx"), str(tmp_path / "data.npz"), *SERVER]
    for identity in ("pol_x", "aud_x", "", "../x"):
        found = CliRunner().invoke(main, [*words, option, identity])
        assert found.exit_code == 2, found.output
        assert "is no id of" in found.output
