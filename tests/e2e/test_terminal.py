"""`tremor audit` on a terminal: bars while it waits, and Ctrl-C as a person presses it."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.client import Client
from tests.e2e.test_command import AUDIT, LONG, ids

PATIENCE = 240.0
CTRL_C = b"\x03"
HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"


#: Makes the given terminal that of a new session, as a terminal's window does.
_LOGIN = "import os, sys; os.login_tty(0); os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"


class Terminal:
    """A `tremor` process whose only terminal is ours; `said` is all that it wrote there."""

    def __init__(self, *arguments: str, **env: str) -> None:
        self.said = ""
        self._handle, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 120, 0, 0))
        words = [sys.executable, "-c", _LOGIN, "-P", "-m", "service.cli.main", *arguments]
        self._process = subprocess.Popen(
            words, stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "xterm", **env}
        )
        os.close(theirs)

    def press(self, key: bytes) -> None:
        os.write(self._handle, key)

    def read(self) -> bool:
        """Take what comes; False when the process has closed the terminal."""
        if not select.select([self._handle], [], [], 0.1)[0]:
            return True
        try:
            data = os.read(self._handle, 65_536)
        except OSError:  # the other end is closed
            return False
        self.said += data.decode(errors="replace")
        return bool(data)

    def end(self) -> int:
        """Read to the end; the exit code."""
        deadline = time.monotonic() + PATIENCE
        while self.read():
            assert time.monotonic() < deadline, self.said
        return self._process.wait(PATIENCE)

    def close(self) -> None:
        """End it, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        os.close(self._handle)


@pytest.fixture
def terminal(client: Client, tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    made: list[Terminal] = []
    env = {"TREMOR_SERVER": client.url, **({"TREMOR_API_KEY": client.key} if client.key else {})}

    def run(*arguments: str) -> Terminal:
        made.append(Terminal(*arguments, "--out", str(tmp_path / "out"), **env))
        return made[-1]

    yield run
    for one in made:
        one.close()


def test_bars_move_and_the_result_stands_below(terminal: Callable[..., Terminal]) -> None:
    shown = terminal(*AUDIT, *LONG[:-2], "--samples", "20")  # long enough for a bar
    assert shown.end() == 0, shown.said
    assert SHOW in shown.said[shown.said.index(HIDE) :], "the cursor hides while bars are drawn, and comes back"
    for phase in ("inspect small_vgg.onnx", "attacks", "report"):
        assert phase in shown.said
    assert re.search(r"\d+/20 samples", shown.said)
    assert "written: " in shown.said.rpartition(SHOW)[2]


def test_ctrl_c_cancels_the_audit(terminal: Callable[..., Terminal], client: Client) -> None:
    known = ids(client)
    shown, found = terminal(*AUDIT, *LONG), set[str]()
    deadline = time.monotonic() + PATIENCE
    while not found:
        assert shown.read(), shown.said
        assert time.monotonic() < deadline, shown.said
        found = ids(client) - known
    (identity,) = found
    shown.press(CTRL_C)
    assert shown.end() == 130, shown.said
    assert f"{identity} is cancelled" in shown.said
    assert SHOW in shown.said.rpartition(HIDE)[2], "the cursor is back"
    assert "Traceback" not in shown.said
    assert client.finish(identity)["status"] == "cancelled"
