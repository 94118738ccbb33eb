"""The data folder of `tremor serve` and the address that it listens on: one service each."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from service.embedded.folder import CannotServe, DataFolder, address, listen
from tests.ports import free_port


def test_the_data_folder_is_locked(tmp_path: Path) -> None:
    held = DataFolder(tmp_path).acquire()
    with pytest.raises(CannotServe, match=f"process {os.getpid()}"):
        DataFolder(tmp_path).acquire()
    held.release()
    DataFolder(tmp_path).acquire().release()
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotServe, match="cannot be used"):
        DataFolder(tmp_path / "file").acquire()


def test_a_data_folder_knows_how_it_was_left(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom service.embedded.folder import DataFolder\n"
        "DataFolder(Path(sys.argv[1])).acquire().settled()\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == -signal.SIGKILL
    for settled in (False, True):
        held = DataFolder(tmp_path).acquire()
        assert held.was_killed, "a start that failed takes nothing up"
        if settled:
            held.settled()
        held.release()
    assert not DataFolder(tmp_path).acquire().was_killed
    assert not DataFolder(tmp_path / "new").acquire().was_killed


def test_listening() -> None:
    port = free_port()
    with listen("127.0.0.1", port) as bound:
        assert address(bound) == f"http://127.0.0.1:{port}"
        with pytest.raises(CannotServe, match="in use"):
            listen("127.0.0.1", port)
    with pytest.raises(CannotServe, match="not one of this machine"):
        listen("no.such.host.invalid", 0)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
