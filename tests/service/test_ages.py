"""A clock that is put ahead by a year makes nothing older for the processes that live: they delete nothing by it.

The keeper is a process of its own, whose clock is moved as `make chaos` moves those of APIs and workers.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from openapi.wire.blob_listing import GRACE
from openapi.wire.blob_names import blob_key
from openapi.wire.blobs import BlobStore
from openapi.wire.settings import Settings
from tests.service.conftest import audit, ended, ready
from tests.service.worker import ProtocolWorker
from tests.tools.chaos.clocks import Clocks

pytestmark = pytest.mark.slow

YEAR = 365 * 86_400
ROOT = Path(__file__).parents[2]

#: Keeps order in a data folder, as the loop of an API does, once for each line that it reads.
KEEPER = """
import asyncio, pathlib, sys
from openapi.wire.settings import Settings
from service.context import Services
from service.upkeep.keeper import tidy

async def main():
    folder, broker = sys.argv[1:]
    services = Services.from_settings(Settings(data_dir=pathlib.Path(folder), redis_url=broker, retention_days=30))
    print("began", flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        await tidy(services, garbage=True)
        print("tidied", flush=True)

asyncio.run(main())
"""


@contextmanager
def keeper(settings: Settings, clock: dict[str, str]) -> Iterator[Callable[[], None]]:
    """A running keeper, and what has it keep order once."""
    with subprocess.Popen(
        [sys.executable, "-c", KEEPER, str(settings.data_dir), settings.redis],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, **clock},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        stdin, stdout = process.stdin, process.stdout
        assert stdout.readline() == "began\n"

        def tidy() -> None:
            stdin.write("\n")
            stdin.flush()
            assert stdout.readline() == "tidied\n"

        yield tidy
        stdin.close()
        assert process.wait(60) == 0


def test_a_clock_that_jumps_ahead_deletes_nothing(
    api: httpx.Client, settings: Settings, worker: ProtocolWorker, tmp_path: Path
) -> None:
    identity = audit(api, *ready(api, worker))
    worker.do(worker.take())
    worker.do(worker.take_of("report"))
    assert ended(api, f"audits/{identity}")["status"] == "succeeded"
    blobs = BlobStore.from_settings(settings)
    coming = blobs.put_bytes(b"a worker has stored this, and tells of it in a moment").sha256
    head = {"Tus-Resumable": "1.0.0", "Upload-Length": "9"}
    upload = api.post("/v1/uploads", headers=head).headers["Location"]

    def left() -> list[bool]:
        found = [api.get(f"/v1/audits/{identity}").status_code, api.head(upload, headers=head).status_code]
        return [status == 200 for status in found] + [blobs.exists(coming)]

    (tmp_path / "clocks").mkdir()
    clocks = Clocks(tmp_path / "clocks")
    clock = clocks.env("keeper")
    with keeper(settings, clock) as tidy:
        for seconds in (YEAR, -YEAR, YEAR):
            clocks.move("keeper", seconds)
            tidy()
            assert left() == [True, True, True], f"the clock is off by {seconds} s"
    with keeper(settings, clock) as tidy:
        tidy()
    assert left() == [False, False, True], "one that begins by such a clock knows better of what the store has stamped"


@pytest.mark.parametrize("seconds", [YEAR, -YEAR])
def test_a_doctor_whose_clock_is_wrong_removes_nothing_young(
    settings: Settings, api: httpx.Client, tmp_path: Path, seconds: int
) -> None:
    blobs = BlobStore.from_settings(settings)
    coming = blobs.put_bytes(b"a worker has stored this, and tells of it in a moment").sha256
    clocks = Clocks(tmp_path)
    clock = clocks.env("doctor")
    clocks.move("doctor", seconds)
    command = [sys.executable, "-m", "service.cli.main", "doctor", "--data", str(settings.data_dir), "--repair"]
    said = subprocess.run(command, cwd=ROOT, env={**os.environ, **clock}, capture_output=True, text=True)
    assert (said.returncode, said.stdout) == (0, "all is well: what is named is there, and nothing else\n"), said.stderr
    assert blobs.exists(coming)


def test_a_process_whose_clock_is_behind_writes_old_content_anew(settings: Settings, tmp_path: Path) -> None:
    """Else it takes for young what is removed as garbage before a row can name it."""
    content = b"stored long ago, and now again"
    stored = settings.data_dir / "blobs" / blob_key(BlobStore.from_settings(settings).put_bytes(content).sha256)
    old = stored.stat().st_mtime - (GRACE - timedelta(hours=1)).total_seconds()
    os.utime(stored, (old, old))
    clocks = Clocks(tmp_path)
    clock = clocks.env("worker")
    clocks.move("worker", -20 * 3600)
    put = (
        "import pathlib, sys; from openapi.wire.blobs import BlobStore; from openapi.wire.settings import Settings; "
        "BlobStore.from_settings(Settings(data_dir=pathlib.Path(sys.argv[1]))).put_bytes(sys.argv[2].encode())"
    )
    command = [sys.executable, "-c", put, str(settings.data_dir), content.decode()]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **clock}, check=True)
    assert stored.stat().st_mtime > old + 3600, "by its own clock the content is three hours old"
