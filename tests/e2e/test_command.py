"""`tremor audit`, `harden` and `follow` as processes, against a service that is disturbed while they wait."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from service.embedded import EmbeddedService
from tests.e2e.client import DEMO, Client, Json
from tests.e2e.test_killed_processes import processes
from tests.workers.hardening.stage import Ranked, write_torchscript

INPUT = ["--input", '{"mean": [0.286], "std": [0.353]}']
QUICK = [*INPUT, "--attack", "fgsm:eps=0.1", "--neurons", "null", "--samples", "20"]
#: A tiny eps fools nobody, so that every step is taken and the audit lasts until it is disturbed.
LONG = [*INPUT, "--attack", "pgd:eps=0.002,steps=1000", "--neurons", "null", "--samples", "400"]
AUDIT = ["audit", str(DEMO / "small_vgg.onnx"), str(DEMO / "holdout.npz")]


class Command:
    """One `tremor` process; its standard error is read when it has ended."""

    def __init__(self, folder: Path, env: Mapping[str, str], *arguments: str) -> None:
        self._error = (folder / "stderr").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "service.cli.main", *arguments],
            cwd=folder, stdout=subprocess.PIPE, stderr=self._error, text=True, env={**os.environ, **env},
        )  # fmt: skip

    def until_it_speaks(self) -> None:
        """Wait until something stands on its standard error: the job is then being waited for."""
        deadline = time.monotonic() + 240
        while os.fstat(self._error.fileno()).st_size == 0:
            assert self.process.poll() is None, "it has ended without a word"
            assert time.monotonic() < deadline, "it says nothing"
            time.sleep(0.05)

    def end(self) -> tuple[int, str, str]:
        """The exit code, standard output and standard error."""
        out, _ = self.process.communicate(timeout=300)
        self._error.seek(0)
        said = self._error.read()
        self._error.close()
        assert "Traceback" not in said
        assert "\x1b" not in said + out, "no escapes without a terminal"
        return self.process.returncode, out, said


@pytest.fixture
def tremor(tmp_path: Path, client: Client) -> Iterator[Callable[..., Command]]:
    made: list[Command] = []
    env = {"TREMOR_API_KEY": client.key} if client.key else {}

    def run(*arguments: str) -> Command:
        made.append(Command(tmp_path, env, *arguments, "--server", client.url))
        return made[-1]

    yield run
    for command in made:
        command.process.kill()
        command.process.wait()


def jobs_of(client: Client, kind: str = "audits") -> list[Json]:
    found: list[Json] = client.http.get(f"/{kind}").json()["items"]
    return found


def running(client: Client, known: set[str], kind: str = "audits") -> str:
    """Wait until a job that was not known runs; its id."""
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        for job in jobs_of(client, kind):
            if job["id"] not in known and job["status"] == "running":
                return str(job["id"])
        time.sleep(0.05)
    raise AssertionError("no job runs")


def ids(client: Client, kind: str = "audits") -> set[str]:
    return {job["id"] for job in jobs_of(client, kind)}


def test_json_alone_on_standard_output_rules_and_files_on_the_other(
    tremor: Callable[..., Command], tmp_path: Path
) -> None:
    rules = ["--fail-under", "clean.accuracy>=0.5", "--fail-under", "clean.accuracy>=0.99"]
    with np.load(DEMO / "holdout.npz") as data:
        kept = data["y"][:60] != 7
        np.savez(tmp_path / "images.npz", x=data["x"][:60][kept], y=data["y"][:60][kept])
    code, out, said = tremor(*AUDIT[:2], "images.npz", *QUICK, *rules, "--json").end()
    assert code == 1
    report = json.loads(out)
    assert report == json.loads((tmp_path / "tremor-out" / "report.json").read_text())
    assert "pass         clean.accuracy >= 0.5" in said
    assert "fail         clean.accuracy >= 0.99" in said
    assert "Error: policy: fail (clean.accuracy)" in said
    assert any("no sample has class 7" in text for text in report["dataset"]["warnings"])
    for text in (*report["model"]["warnings"], *report["dataset"]["warnings"]):
        assert f"{text}\n" in said
    failed = [check["title"] for check in report["checks"] if check["status"] == "fail"]
    assert all(f"check failed: {title}" in said for title in failed)


def test_a_study_is_one_folder_with_all_that_its_index_names(tremor: Callable[..., Command], tmp_path: Path) -> None:
    quick = [*INPUT, "--attack", "fgsm:eps=0.1", "--attack", "fgsm:eps=0.2", "--samples", "20"]
    code, out, said = tremor("study", *AUDIT[1:], *quick, "--json").end()
    folder = tmp_path / "tremor-study"
    assert code == 0, said
    assert json.loads(out) == json.loads((folder / "report.json").read_text())
    index = (folder / "index.html").read_text()
    named = set(re.findall(r'(?:href|src)="([^"#]+)"', index))
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert named == found - {"index.html"}
    assert {name.partition("/")[0] for name in found if "/" in name} == {"figures", "tables"}
    assert "/v1/" not in (folder / "report.html").read_text()
    assert f"{len(found)} files in tremor-study\n" in said
    code, _, said = tremor("study", *AUDIT[1:], *quick, "--detach").end()
    assert code == 0, said
    (words,) = re.findall(r"tremor (follow .*) --server \S+ (--study --out) FOLDER", said)
    code, _, said = tremor(*" ".join(words).split(), "later").end()
    assert code == 0, said
    later = tmp_path / "later"
    assert {str(path.relative_to(later)) for path in later.rglob("*") if path.is_file()} == found


def test_a_killed_api_and_a_stopped_worker_do_not_end_the_command(
    tremor: Callable[..., Command], service: EmbeddedService, client: Client
) -> None:
    known = ids(client)
    command = tremor(*AUDIT, *INPUT, "--attack", "pgd:eps=0.002,steps=150", "--neurons", "null", "--samples", "60")
    identity = running(client, known)
    (api,) = processes(service, "service.cli.main api")
    api.kill()
    code, _, said = command.end()
    assert code == 0, said
    assert client.finish(identity)["status"] == "succeeded"
    assert "written: " in said


@pytest.mark.parametrize(("number", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_cancels_what_the_command_started(
    tremor: Callable[..., Command], client: Client, number: str, code: int
) -> None:
    known = ids(client)
    command = tremor(*AUDIT, *LONG)
    identity = running(client, known)
    command.process.send_signal(getattr(signal, number))
    left, _, said = command.end()
    assert left == code, said
    assert f"{identity} is cancelled" in said
    assert client.finish(identity)["status"] == "cancelled"


def test_what_is_detached_is_followed_and_only_left_by_ctrl_c(
    tremor: Callable[..., Command], client: Client, tmp_path: Path
) -> None:
    code, out, said = tremor(*AUDIT, *LONG, "--detach").end()
    identity = out.strip()
    assert code == 0
    assert identity.startswith("aud_")
    assert f"tremor follow {identity} --server {client.http.base_url.copy_with(path='')}".rstrip("/") in said
    follower = tremor("follow", identity)
    client.wait(f"/audits/{identity}", lambda body: body["status"] == "running")
    follower.until_it_speaks()
    follower.process.send_signal(signal.SIGINT)
    code, _, said = follower.end()
    assert (code, "goes on on the server" in said) == (130, True), said
    assert client.http.get(f"/audits/{identity}").json()["status"] == "running"
    client.http.post(f"/audits/{identity}/cancel")
    code, _, said = tremor("follow", identity).end()
    assert (code, f"{identity} was cancelled" in said) == (3, True), said
    quick = tremor(*AUDIT, *QUICK, "--detach", "--json").end()[1]
    code, _, said = tremor("follow", json.loads(quick)["id"], "--out", "there").end()
    assert code == 0, said
    assert {path.name for path in (tmp_path / "there").iterdir()} == {"report.json", "report.html"}


def test_a_hardening_likewise(tremor: Callable[..., Command], client: Client, tmp_path: Path) -> None:
    known = ids(client, "hardenings")
    arguments = ["harden", str(DEMO / "small_vgg.onnx"), str(DEMO / "train.npz"), *INPUT, "--out", "hardened"]
    command = tremor(*arguments, "--set", "epochs=50")
    identity = running(client, known, "hardenings")
    command.process.send_signal(signal.SIGINT)
    code, _, said = command.end()
    assert (code, f"{identity} is cancelled" in said) == (130, True), said
    small = ["--set", "epochs=1", "--set", "max_samples=64", "--set", "pairs=16", "--set", "steps=1"]
    code, out, said = tremor(*arguments, *small, "--json").end()
    assert code == 0, said
    assert "upload " not in said, "everything is there already"
    assert json.loads(out)["model_id_hardened"].startswith("mdl_")
    assert "hardened.onnx" in {path.name for path in (tmp_path / "hardened").iterdir()}
    assert f"{tmp_path}" not in said
    assert "hardened/hardened.onnx" in said


def test_what_a_hardening_could_not_write_is_said(tremor: Callable[..., Command], tmp_path: Path) -> None:
    write_torchscript(Ranked().eval(), tmp_path / "ranked.pt")
    arguments = ["ranked.pt", str(DEMO / "train.npz"), *INPUT, "--out", "hardened", "--set", "epochs=1"]
    small = ["--set", "max_samples=64", "--set", "pairs=16", "--set", "steps=1"]
    code, _, said = tremor("harden", *arguments, *small).end()
    assert code == 0, said
    assert "warning: ranked.pt: the hardened model could not be written as onnx: " in said
    names = {path.name for path in (tmp_path / "hardened").iterdir()}
    assert {"hardened.pt", "hardened.safetensors"} <= names
    assert "hardened.onnx" not in names


def test_a_rejected_upload_is_4(tremor: Callable[..., Command], tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(b"no model at all")
    code, _, said = tremor("audit", "net.onnx", str(DEMO / "holdout.npz")).end()
    assert code == 4
    assert "net.onnx: " in said


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder for temporary files with a short name: sockets lie in it."""
    with tempfile.TemporaryDirectory(prefix="t-", dir="/tmp") as folder:
        yield Path(folder)


def test_the_embedded_service_ends_with_the_command_and_leaves_nothing(tmp_path: Path, temporary: Path) -> None:
    """Settings of an installation in the environment are not the embedded service's."""
    production: dict[str, Any] = {
        "TREMOR_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:9/none",
        "TREMOR_BLOB_URL": "s3://none",
        "TREMOR_AUTH": "keys",
        "TREMOR_ALLOWED_HOSTS": '["tremor.example.org"]',
        "HTTP_PROXY": "http://127.0.0.1:9",
        "TMPDIR": str(temporary),
    }
    done = subprocess.run(
        [sys.executable, "-P", "-m", "service.cli.main", *AUDIT, *QUICK, "--out", str(tmp_path / "out")],
        env={**os.environ, **production}, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert list(temporary.iterdir()) == []
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
