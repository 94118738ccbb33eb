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
from workers.cache import InputCache


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


COPY = """
import os, shutil, signal, sys
from pathlib import Path
from openapi.wire.blobs import BlobStore
from openapi.wire.jobs import Blob, ShardResult
from openapi.wire.settings import Settings
from workers.cache import InputCache
settings = Settings(data_dir=Path(sys.argv[1]))
store = BlobStore.from_settings(settings)
blob = store.put_bytes(b"x" * 3_000_000)

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

if sys.argv[2] == "store":
    file = settings.data_dir / "file"
    file.write_bytes(b"y" * 3_000_000)
    shutil.copyfileobj = lambda source, target, size: (target.write(source.read(size)), target.flush(), die())
    store.put_file(file)
elif sys.argv[2] == "result":
    os.fsync = die
    store.put_result("ab" * 32, ShardResult(value={}))
else:
    Path.replace = die
    InputCache(store, settings.cache_dir / "inputs", 10**9).link(blob, settings.data_dir / "link")
"""


@pytest.mark.slow
@pytest.mark.parametrize("what", ["store", "result", "fetch"])
async def test_a_copy_cut_off_by_a_kill_goes_at_the_next_start(tmp_path: Path, what: str) -> None:
    """What a worker was storing or fetching, too: nothing of it is ever seen in its place."""
    killed = subprocess.run([sys.executable, "-c", COPY, str(tmp_path), what], check=False)
    assert killed.returncode == -signal.SIGKILL
    settings = Settings(data_dir=tmp_path)
    left = [path for path in tmp_path.rglob("upload-*") if path.is_file()]
    assert len(left) == 1
    with spooled(left[0].parent) as (path, _):
        store = BlobStore.from_settings(settings)
        await store.sweep_async()
        InputCache(store, settings.cache_dir / "inputs", 10**9)
        assert [found for found in tmp_path.rglob("upload-*") if found.is_file()] == [path], "another's stays"
    stored = [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    assert [len(path.name) for path in stored] == [64]
    assert store.get_result("ab" * 32) is None


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
