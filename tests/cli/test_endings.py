"""How a command ends: every exception is a message and a code, and never a traceback."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from service.cli.exits import CommandFailed, Exit, Interrupted, interruptible
from service.cli.last_resort import ended
from service.cli.main import main

NOWHERE = "http://127.0.0.1:9"


def raising(error: BaseException) -> Callable[[], object]:
    def work() -> object:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CommandFailed(Exit.POLICY_FAILED, "x"), 1),
        (CommandFailed(Exit.UNREACHABLE, "x"), 5),
        (click.UsageError("x"), 2),
        (click.ClickException("x"), 2),
        (click.FileError("x"), 2),
        (PermissionError(13, "Permission denied", "/x"), 2),
        (click.Abort(), 130),
        (KeyboardInterrupt(), 130),
        (Interrupted(signal.SIGHUP), 129),
        (Interrupted(signal.SIGINT), 130),
        (Interrupted(signal.SIGTERM), 143),
    ],
)
def test_codes(error: BaseException, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(raising(error)) == code
    assert "Traceback" not in capsys.readouterr().err


def test_what_nobody_foresaw_is_written_down_for_us(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr(sys, "argv", ["tremor", "audit", "m", "--api-key", "trm_secret", "--api-key=trm_secret"])
    assert ended(raising(ZeroDivisionError("odd"))) == Exit.INTERNAL
    assert int(Exit.INTERNAL) == 70
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert "a fault of Tremor" in said
    assert "ZeroDivisionError: odd" in said
    (log,) = tmp_path.glob("tremor-error-*.log")
    assert str(log) in said
    assert log.stat().st_mode & 0o777 == 0o600
    text = log.read_text()
    assert "Traceback" in text
    assert "trm_secret" not in text


def test_an_error_while_an_interrupt_is_answered_is_that_interrupt() -> None:
    def work() -> None:
        try:
            raise Interrupted(signal.SIGHUP)
        finally:
            raise OSError("no terminal")

    assert ended(work) == 129


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_interrupt_and_are_given_back(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with pytest.raises(Interrupted, match=number.name), interruptible():
        os.kill(os.getpid(), number)
    assert signal.getsignal(number) is before


def test_what_nohup_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interruptible():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "m": "model", "d": "data", "empty": "", "list.json": "[1]", "p.toml": "rule = []",
        "p.json": '{"rules": ["clean.accuracy>=0.5", {"metric": "clean.accurcy", "op": ">=", "value": 1}]}',
    }.items():  # fmt: skip
        (tmp_path / name).write_text(text)
    (tmp_path / "out" / "report.json").mkdir(parents=True)
    os.mkfifo(tmp_path / "pipe")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ("audit m nix", 2, "File 'nix' does not exist"),
        ("audit m empty", 4, "empty: the file is empty"),
        ("audit m pipe", 2, "pipe is no regular file"),
        ("audit m d --attack pgd:epss=1", 2, "--attack 'pgd:epss=1': epss: there is no such field; did you mean 'eps'"),
        ("audit m d --attack fgsm --attack pgdd", 2, "--attack 'pgdd': name: unknown name 'pgdd'; did you mean 'pgd'?"),
        ("audit m d --attack fgsm:eps=2", 2, "--attack 'fgsm:eps=2': eps: eps must be in (0, 1]"),
        ("audit m d --attack pgd:steps", 2, "write options as name=value, e.g. pgd:eps"),
        ('audit m d --attack {"name":', 2, "'--attack': not valid JSON"),
        ("audit m d --attack fgsm:id=a --attack pgd:id=a", 2, "the id 'a' is used twice"),
        ("audit m d --fail-under worst_case.robust_acuracy>=0.4", 2, "did you mean 'robust_accuracy'"),
        ("audit m d --fail-under attacks.cw.robust_accuracy>=0.4", 2, "there are fgsm-linf-0.0314"),
        ("audit m d --fail-under clean.accuracy", 2, "write METRIC>=VALUE"),
        ("audit m d --policy p.json", 2, "--policy p.json: rule 2: metric: 'clean' has no 'accurcy'; did you mean"),
        ("audit m d --policy p.toml", 2, "there is no such field: 'rule'"),
        ("audit m d --policy m", 2, "Invalid value for '--policy'"),
        ('audit m d --input {"men":[0.5]}', 2, "--input: men: there is no such field; did you mean 'mean'?"),
        ("audit m d --input list.json", 2, "'--input': not a JSON object"),
        ("audit m d --input nix.json", 2, "neither a JSON object nor a readable file"),
        ("audit m d --neurons {\"tap\":\"cony\"}", 2, "--neurons: tap: Input should be 'conv'"),
        ("audit m d --harden sns", 2, "--harden and --train belong together"),
        ("audit m d --train d --harden sns:lamda=5", 2, "--harden: lamda: there is no such field; did you mean 'lam"),
        ("audit m d --out m/x", 2, "nothing can be written into m/x: Not a directory"),
        ("audit m d --out m", 2, "Directory 'm' is a file"),
        ("audit m d --out out", 2, "out/report.json is a folder"),
        ("audit m d --out /proc/nix", 2, "nothing can be written into /proc/nix"),
        ("harden m d --out o --set epoch=3", 2, "--set 'epoch=3': there is no such field; did you mean 'epochs'?"),
        ("harden m d --out o --set epochs", 2, "write options as name=value, e.g. epochs=5"),
        ("harden m d --out o --method snss", 2, "--method: Input should be 'sns'"),
        ("harden m d --out o --attack fgsm:eps=-1", 2, "--attack 'fgsm:eps=-1': eps:"),
        ("harden m d --out m", 2, "Directory 'm' is a file"),
        ("follow dst_1", 2, "is no id of an audit"),
        ("follow hrd_00000000000000000000000000 --study", 2, "--study is for audits"),
        ("audit m d --explain []", 2, "'[]' is neither a JSON object nor a readable file"),
        ("audit m d --regions true", 2, "'{}' is the defaults, 'null' leaves it out"),
        ("harden m d --out o --set patience=2", 2, "Error: --set 'patience=2': choose_by, patience and goal are"),
        ('harden m d --out o --set goal={"robust_accuracy":0.9}', 2, "0.9}': choose_by, patience and goal are judged"),
        ("audit m d --train d --harden meansparse", 2, "--harden: method: sparsity is chosen on held-out"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("files")
def test_what_is_wrong_is_found_before_anything_is_asked(arguments: str, code: int, said: str) -> None:
    """The server does not exist: whoever asked it would end with code 5."""
    words = arguments.split(" ") if "{" in arguments else arguments.split()
    result = CliRunner().invoke(main, [*words, "--server", NOWHERE, "--retry-for", "0"])
    assert said in " ".join(result.stderr.split())
    assert result.exit_code == code


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--server", "localhost:8000"], "write it as http://HOST:PORT"),
        (["--server", "ftp://x"], "write it as http://HOST:PORT"),
        (["--server", "http://x:99999"], "write it as http://HOST:PORT"),
        (["--server", NOWHERE, "--api-key", "a\nb"], "this is no API key"),
        (["--detach"], "--detach needs --server"),
    ],
)
def test_addresses_keys_and_detaching(options: list[str], said: str) -> None:
    result = CliRunner().invoke(main, ["audit", "m", "d", *options])
    assert result.exit_code == Exit.USAGE
    assert said in result.stderr


@pytest.mark.usefixtures("files")
def test_everything_that_is_wrong_is_said_at_once() -> None:
    words = ["--attack", "pgd:eps=2", "--attack", "pgdd", "--neurons", '{"steps": 0}', "--server", NOWHERE]
    result = CliRunner().invoke(main, ["audit", "m", "d", *words])
    for said in ("--attack 'pgd:eps=2': eps", "--attack 'pgdd': name", "--neurons: steps"):
        assert said in result.stderr


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("name", ["", " ", "a" * 201])
def test_a_key_needs_a_name(name: str) -> None:
    """As over HTTP; no database is made for it."""
    result = CliRunner().invoke(main, ["keys", "--data", "kept", "create", name])
    assert (result.exit_code, "NAME: " in result.stderr) == (Exit.USAGE, True), result.stderr
    assert not Path("kept").exists()


@pytest.mark.usefixtures("files")
def test_the_papers_size_is_not_trained_on_what_is_shipped() -> None:
    result = CliRunner().invoke(main, ["reproduce", "sns-table1", "--scale", "full"])
    assert (result.exit_code, "needs --data" in result.stderr) == (Exit.USAGE, True)
    assert not Path("reproduced").exists()


@pytest.mark.slow
def test_a_folder_without_data_is_2(files: Path) -> None:
    (files / "empty_folder").mkdir()
    said = tremor(files, "reproduce", "sns-table1", "--scale", "full", "--data", "empty_folder")
    assert (said.returncode, "Traceback" in said.stderr) == (Exit.USAGE, False), said.stderr
    assert "holds neither data_batch_1.bin" in said.stderr


@pytest.mark.usefixtures("files")
def test_nobody_there_is_5() -> None:
    result = CliRunner().invoke(main, ["audit", "m", "d", "--server", NOWHERE, "--retry-for", "0"])
    assert result.exit_code == Exit.UNREACHABLE
    assert re.search("cannot be reached .*Connection refused", result.stderr)


def tremor(files: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-P", "-m", "service.cli.main", *arguments]
    return subprocess.run(program, cwd=files, env={**os.environ, **env}, capture_output=True, text=True)


def test_what_a_shell_sets_for_the_service_is_not_meant_for_the_tests() -> None:
    code = "import os, tests.conftest; print([name for name in os.environ if name.startswith('TREMOR_')])"
    set_there = {**os.environ, "TREMOR_SERVER": NOWHERE, "TREMOR_API_KEY": "trm_x"}
    here = Path(__file__).parents[2]
    assert subprocess.check_output([sys.executable, "-c", code], cwd=here, env=set_there, text=True) == "[]\n"


@pytest.mark.slow
def test_a_required_sandbox_that_is_not_there_is_6(files: Path) -> None:
    said = tremor(files, "audit", "m", "d", TREMOR_SANDBOX="required", TREMOR_SANDBOX_LAYERS='["seccomp"]')
    assert said.returncode == Exit.SANDBOX_MISSING
    assert "landlock: TREMOR_SANDBOX_LAYERS leaves it out" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.slow
@pytest.mark.parametrize("command", ["audit m d", "api", "worker"])
def test_a_wrong_setting_is_2(files: Path, command: str) -> None:
    said = tremor(files, *command.split(), TREMOR_LOG_LEVEL="loud")
    assert said.returncode == Exit.USAGE, said.stderr
    assert "TREMOR_LOG_LEVEL: Input should be" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.slow
def test_a_database_that_is_not_there_is_5(tmp_path: Path) -> None:
    url = "postgresql+psycopg://nobody@127.0.0.1:9/none?connect_timeout=2"
    said = tremor(tmp_path, "keys", "list", TREMOR_DATABASE_URL=url)
    assert said.returncode == Exit.UNREACHABLE
    assert "the database cannot be used" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.slow
@pytest.mark.parametrize("arguments", ["--help", "openapi --out ."])
def test_whoever_reads_the_output_may_go_away(tmp_path: Path, arguments: str) -> None:
    """As `tremor keys list | head -1` does: that is no fault of ours, and no failed policy."""
    reading, writing = os.pipe()
    os.close(reading)
    program = [sys.executable, "-P", "-m", "service.cli.main", *arguments.split()]
    said = subprocess.run(program, cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert (said.returncode, said.stderr) == (Exit.PIPE_CLOSED, "")
