"""Canaries at every layer of the sandbox alone, at all of them together, and at none (where every canary must die)."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from openapi.wire.jobs import Environment, Limits
from workers.sandbox import landlock
from workers.sandbox.confine import LAYERS, level
from workers.sandbox.messages import Request
from workers.sandbox.terminations import ServerNotStarted
from workers.sandbox.warm import WarmServer

pytestmark = pytest.mark.slow

SECRET = "a canary that must not be read"


class Target:
    """Files, servers and a process outside the sandbox."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-c", "import time; time.sleep(3600)"], env={**os.environ, "CANARY": SECRET}
        )
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.unix = socket.socket(socket.AF_UNIX)
        self.unix.bind(str(folder / "unix"))
        self.abstract = socket.socket(socket.AF_UNIX)
        self.abstract.bind(f"\0tremor-test-{os.getpid()}")
        for server in (self.tcp, self.unix, self.abstract):
            server.listen(64)
        self.reset()

    def reset(self) -> None:
        (self.folder / "secret").write_text(SECRET)
        (self.folder / "victim").write_text("x")
        (self.folder / "written").unlink(missing_ok=True)

    def close(self) -> None:
        for server in (self.tcp, self.udp, self.unix, self.abstract):
            server.close()
        self.process.kill()
        self.process.wait()

    def attempts(self) -> dict[str, str]:
        """Name → code; each raises when it is stopped."""
        place, pid = str(self.folder), self.process.pid
        here = "import socket; s = socket.socket({}, {})"
        tcp = here.format("socket.AF_INET", "socket.SOCK_STREAM")
        unix = here.format("socket.AF_UNIX", "socket.SOCK_STREAM")
        return {
            "read": f"assert open({place!r} + '/secret').read() == {SECRET!r}",
            "read through proc": f"assert open('/proc/self/root' + {place!r} + '/secret').read()",
            "read through a link": f"os.symlink({place!r} + '/secret', 'l'); assert open('l').read()",
            "list": f"assert 'secret' in os.listdir({place!r})",
            "write": f"open({place!r} + '/written', 'w').write('x')",
            "overwrite": f"open({place!r} + '/victim', 'r+').write('y')",
            "remove": f"os.remove({place!r} + '/victim')",
            "environment of another": f"assert b'canary' in open('/proc/{pid}/environ', 'rb').read()",
            "tcp": f"{tcp}; s.connect(('127.0.0.1', {self.tcp.getsockname()[1]}))",
            "listen": f"{tcp}; s.bind(('127.0.0.1', 0)); s.listen()",
            "udp": "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM);"
            f"s.connect(('127.0.0.1', {self.udp.getsockname()[1]})); s.send(b'x')",
            "unix socket": f"{unix}; s.connect({place!r} + '/unix')",
            "abstract socket": f"{unix}; s.connect('\\0tremor-test-{os.getpid()}')",
            "program": "import subprocess; subprocess.run(['/bin/true'], check=True)",
            "fork": "pid = os.fork()\nif pid == 0: os._exit(0)\nos.waitpid(pid, 0)",
            "signal": f"os.kill({pid}, 18)",
        }


FILES = {"read", "read through proc", "read through a link", "list", "write", "overwrite", "remove"}
#: What each layer stops when it is the only one.
STOPS: dict[str, set[str]] = {
    "network": {"tcp", "udp", "abstract socket", "environment of another"},
    "mounts": FILES | {"unix socket", "tcp", "udp", "abstract socket", "environment of another"},
    "landlock": FILES | {"tcp", "abstract socket", "signal", "environment of another", "program"},
    "seccomp": {"tcp", "listen", "udp", "unix socket", "abstract socket", "program", "fork", "signal"},
}
#: Landlock stops these from this version on.
SINCE_ABI = {"tcp": 4, "abstract socket": 6, "signal": 6}


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    made = Target(tmp_path_factory.mktemp("outside"))
    yield made
    made.close()


def request(folder: Path, layers: tuple[str, ...], code: dict[str, str] | None = None, **more: Any) -> Request:
    folder.mkdir(parents=True, exist_ok=True)
    module = None if code is None else "tests.engine.stages"
    limits = Limits(wall_seconds=120)
    params = {"do": "try", "code": code or {}}
    return Request(
        stage="x",
        module=module,
        params=params,
        folder=folder.resolve(),
        layers=layers,
        device="cpu",
        limits=limits,
        **more,
    )


def attempt(
    server: WarmServer, target: Target, folder: Path, layers: tuple[str, ...]
) -> tuple[dict[str, str], Environment]:
    """Try everything in a child with `layers`; returns what came of each, and the child's environment."""
    target.reset()
    outcome = server.run(request(folder, layers, target.attempts()))
    assert outcome.problem is None, outcome.problem
    assert outcome.value is not None
    assert outcome.environment is not None
    return {name: str(said) for name, said in outcome.value.items()}, outcome.environment


def test_without_a_sandbox_every_canary_dies(server: WarmServer, target: Target, tmp_path: Path) -> None:
    found, environment = attempt(server, target, tmp_path, ())
    # Capabilities are dropped in any case, which keeps root from looking into other processes.
    assert {name for name, said in found.items() if said != "done"} <= {"environment of another"}
    assert environment.sandbox == "limits"
    assert not (target.folder / "victim").exists()


@pytest.mark.parametrize("layer", LAYERS)
def test_each_layer_alone(server: WarmServer, target: Target, tmp_path: Path, layer: str) -> None:
    found, environment = attempt(server, target, tmp_path, (layer,))
    if layer not in environment.sandbox_layers:
        assert environment.sandbox_missing[layer], "a layer that is missing says why"
        assert environment.sandbox != "full"
        return
    stops = STOPS[layer]
    if layer == "landlock":
        stops = {name for name in stops if SINCE_ABI.get(name, 1) <= landlock.abi()}
    assert {name for name in stops if found[name] == "done"} == set()
    if stops >= FILES:
        assert (target.folder / "victim").read_text() == "x"
        assert not (target.folder / "written").exists()


@pytest.mark.parametrize("layer", LAYERS)
def test_the_guide_says_what_each_layer_stops(layer: str) -> None:
    page = (Path(__file__).parents[2] / "deploy" / "guide" / "sandbox.md").read_text()
    assert f"| `{layer}` | {', '.join(sorted(STOPS[layer]))} |" in page


def test_all_layers_together(server: WarmServer, target: Target, tmp_path: Path) -> None:
    found, environment = attempt(server, target, tmp_path, LAYERS)
    stops = set().union(*(STOPS[layer] for layer in environment.sandbox_layers))
    assert {name for name in stops if found[name] == "done"} == set()
    assert environment.sandbox == level(environment.sandbox_layers)
    assert environment.sandbox == "full"


def test_a_job_can_still_work(server: WarmServer, tmp_path: Path) -> None:
    """Threads, torch, its scratch folder, its inputs, and lazily imported libraries."""
    (tmp_path / "input").write_bytes(b"12345")
    code = {
        "thread": "import threading; t = threading.Thread(target=print); t.start(); t.join()",
        "torch": "import torch; torch.set_num_threads(2); x = torch.randn(400, 400); (x @ x).sum().item()",
        "scratch": "Path('a').mkdir(); Path('a/b').write_text('x'); os.rename('a/b', 'c'); os.remove('c')",
        "temporary": "import tempfile; f = tempfile.NamedTemporaryFile(); f.write(b'x')",
        "input": "assert ctx.inputs['x'].read_bytes() == b'12345'",
        "lazy import": "import sqlite3, wave, torch.distributions",
        "time zone": "import time; time.localtime()",
        "random": "os.urandom(8); open('/dev/urandom', 'rb').read(8)",
        "nothing": "open('/dev/null', 'w').write('x')",
        "memory": "assert open('/proc/meminfo').read()",
    }
    outcome = server.run(request(tmp_path / "job", LAYERS, code, inputs={"x": (tmp_path / "input").resolve()}))
    assert outcome.problem is None
    assert outcome.value == dict.fromkeys(code, "done")


def test_inputs_cannot_be_changed(server: WarmServer, tmp_path: Path) -> None:
    path = (tmp_path / "input").resolve()
    path.write_bytes(b"12345")
    code = {"write": "ctx.inputs['x'].write_bytes(b'!')", "remove": "ctx.inputs['x'].unlink()"}
    outcome = server.run(request(tmp_path / "job", LAYERS, code, inputs={"x": path}))
    assert outcome.value is not None
    assert "done" not in outcome.value.values()
    assert path.read_bytes() == b"12345"


def test_required_refuses_a_lesser_sandbox(server: WarmServer, tmp_path: Path) -> None:
    outcome = server.run(request(tmp_path, ("network",), {"x": "1"}, required=True))
    assert outcome.value is None
    assert outcome.problem is not None
    assert "TREMOR_SANDBOX=required" in str(outcome.problem.detail)


def lives(process: psutil.Process) -> bool:
    """Whether it runs; one that vanishes while it is asked does not."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_orphans_end_with_their_job(server: WarmServer, tmp_path: Path) -> None:
    folder = tmp_path.resolve()
    outcome = server.run(
        Request(
            stage="x", module="tests.engine.stages", params={"do": "orphan"}, folder=folder, layers=(), device="cpu"
        )
    )
    assert outcome.problem is None
    assert server.pid is not None
    assert [child for child in psutil.Process(server.pid).children(recursive=True) if lives(child)] == []


def test_credentials_are_not_inherited(server: WarmServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREMOR_S3_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    with WarmServer(preload=["tests.engine.stages"]) as fresh:
        outcome = fresh.run(request(tmp_path, (), {"look": "answer = sorted(os.environ)"}))
    assert outcome.value is not None
    assert "TREMOR" not in str(outcome.value["look"])
    assert "AWS" not in str(outcome.value["look"])


def test_nothing_outlives_the_worker(tmp_path: Path) -> None:
    """A worker killed by SIGKILL takes its warm server and its job with it."""
    code = (
        "from pathlib import Path; from workers.sandbox.warm import *; from workers.sandbox.messages import *\n"
        "stages = 'tests.engine.stages'; s = WarmServer(preload=[stages]); s.start()\n"
        f"s.run(Request(stage='x', module=stages, params={{'do': 'sleep'}}, folder=Path({str(tmp_path)!r})))"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    worker = subprocess.Popen([sys.executable, "-c", code], env=env)
    pid_file = tmp_path / "scratch" / "pid"
    family: list[psutil.Process] = []
    for _ in range(900):
        if pid_file.exists() and pid_file.read_text():
            family = psutil.Process(worker.pid).children(recursive=True)
            break
        threading.Event().wait(0.1)
    assert len(family) == 2
    worker.kill()
    worker.wait()
    _, alive = psutil.wait_procs(family, timeout=120)
    assert alive == []


def test_a_server_that_cannot_start_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ServerNotStarted, match="ended with status 1"):
        WarmServer().run(request(tmp_path, ()))


def test_what_a_stage_needs_is_there_before_its_jobs_are_forked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report's templates take longer to compile than it takes to write: they are compiled once, by the server."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    look = "from workers.reports.templating import environment; answer = len(environment().cache)"
    with WarmServer(preload=["tests.engine.stages"]) as fresh:
        tried = Request(stage="report", module="workers.jobs.report", folder=tmp_path / "1", layers=(), device="cpu")
        tried.folder.mkdir()
        assert fresh.run(tried).problem is not None, "it has no parameters"
        outcome = fresh.run(request(tmp_path / "2", (), {"look": look}))
    assert outcome.value is not None, outcome.problem
    assert int(str(outcome.value["look"])) > 10


def test_reports_import_nothing_that_only_few_of_them_need() -> None:
    code = (
        "import sys, workers.jobs.report; print([m for m in ('sklearn', 'scipy.stats', 'pandas') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
