"""The spool: what a killed process was receiving goes at the next start; what a living one receives stays."""

import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from openapi.wire.blobs import BlobStore
from openapi.wire.settings import Settings
from openapi.wire.spool import spooled, sweep


def receive_and_be_killed(folder: Path) -> None:
    """What SIGKILL in the middle of an upload leaves."""
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom openapi.wire.spool import spooled\n"
        "with spooled(Path(sys.argv[1])) as (_, file):\n"
        "    file.write(b'half an upload')\n    file.flush()\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", code, str(folder)], check=False).returncode == -signal.SIGKILL


def test_only_what_nobody_receives_goes(tmp_path: Path) -> None:
    receive_and_be_killed(tmp_path)
    receive_and_be_killed(tmp_path)
    (tmp_path / "another").touch()
    with spooled(tmp_path) as (path, file):
        assert sweep(tmp_path) == 2
        file.write(b"all of it")
        file.flush()
        assert path.read_bytes() == b"all of it"
    assert [left.name for left in tmp_path.iterdir()] == ["another"]
    assert sweep(tmp_path) == 0


async def test_a_start_does_not_disturb_another_processs_upload(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    ours, theirs = BlobStore.from_settings(settings), BlobStore.from_settings(settings)
    spool = tmp_path / "blobs" / "spool"
    receive_and_be_killed(spool)
    swept: list[int] = []

    async def arriving() -> AsyncIterator[bytes]:
        yield b"first half, "
        swept.append(await theirs.sweep_async())
        yield b"second half"

    blob = await ours.put_stream(arriving(), max_size=100)
    assert swept == [1]
    assert ours.read(blob.sha256) == b"first half, second half"
    assert list(spool.iterdir()) == []


def test_a_file_swept_before_its_lock_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A start in the moment between the making of a file and its lock."""
    made: list[str] = []
    original: Any = tempfile.mkstemp

    def mkstemp(**options: object) -> tuple[int, str]:
        handle, name = original(**options)
        made.append(name)
        if len(made) == 1:
            assert sweep(tmp_path) == 1
        return handle, name

    monkeypatch.setattr(tempfile, "mkstemp", mkstemp)
    with spooled(tmp_path) as (path, _):
        assert [str(path)] == made[1:]
        assert path.exists()
