"""Temporary folders: those of processes that were killed go with the next start, those of living ones stay."""

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from openapi.wire import folders
from openapi.wire.folders import OwnFolder

HOLD = """
import sys, time
from pathlib import Path
from openapi.wire.folders import OwnFolder
folder = OwnFolder("own-", Path(sys.argv[1]))
(folder.path / "scratch").mkdir()
(folder.path / "scratch" / "half").write_bytes(b"half a file")
print(folder.path, flush=True)
time.sleep(600)
"""


def test_only_what_nobody_holds_goes(tmp_path: Path) -> None:
    holders = [subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE) for _ in range(2)]
    paths = [Path(h.stdout.readline().decode().strip()) for h in holders if h.stdout]
    holders[0].send_signal(signal.SIGKILL)
    holders[0].wait()
    (tmp_path / "own-foreign").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").mkdir()
    with OwnFolder("own-", tmp_path) as mine:
        assert not paths[0].exists()
        assert (paths[1] / "scratch" / "half").exists()
        assert mine.path.stat().st_mode & 0o777 == 0o700
        with OwnFolder("own-", tmp_path):
            assert mine.path.exists()
    assert not mine.path.exists()
    assert (tmp_path / "elsewhere").exists()
    holders[1].kill()
    holders[1].wait()
    for holder in holders:
        assert holder.stdout is not None
        holder.stdout.close()


@pytest.mark.parametrize("lock", ["lock", "data/lock"])
def test_a_service_that_still_runs_there_keeps_it(tmp_path: Path, lock: str) -> None:
    """Whoever made the folder is dead; the service that it had started is still ending in it."""
    left = OwnFolder("own-", tmp_path)
    os.close(left._handle)
    (left.path / lock).parent.mkdir(exist_ok=True)
    with (left.path / lock).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        OwnFolder("own-", tmp_path).close()
        assert left.path.exists()
    OwnFolder("own-", tmp_path).close()
    assert not left.path.exists()


def test_a_folder_swept_before_its_lock_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process starts at any moment between the making of the folder and its lock."""
    made: list[str] = []
    original: Any = tempfile.mkdtemp

    def mkdtemp(**options: Any) -> str:
        made.append(original(**options))
        if len(made) == 1:
            folders.sweep("own-", tmp_path)
        return made[-1]

    monkeypatch.setattr(tempfile, "mkdtemp", mkdtemp)
    with OwnFolder("own-", tmp_path) as mine:
        assert str(mine.path) == made[1]


@pytest.mark.slow
def test_the_socket_of_a_killed_broker_goes(tmp_path: Path) -> None:
    """In a folder with a long name the broker's socket lies elsewhere; a broker that was killed leaves it there."""
    with tempfile.TemporaryDirectory(dir="/tmp") as short:  # a socket's path has 108 bytes
        code = (
            "import os, signal, sys\nfrom pathlib import Path\nfrom service.embedded.broker import Broker\n"
            "broker = Broker(Path(sys.argv[1]))\nbroker.start()\n"
            "if sys.argv[2] == 'die':\n    os.kill(os.getpid(), signal.SIGKILL)\nbroker.stop()"
        )
        long = tmp_path / ("long" * 30)
        ends = {}
        for how in ("die", "stop"):
            program = [sys.executable, "-c", code, str(long), how]
            ends[how] = subprocess.run(program, env={**os.environ, "TMPDIR": short}, check=False).returncode
            assert len(list(Path(short).iterdir())) == (how == "die")
        assert ends == {"die": -signal.SIGKILL, "stop": 0}
