"""Memory of an API that takes a large file: ``python -m tests.tools.benchmarks.uploads [GIB]``.

One `tremor api` with its own Valkey, SQLite and a local store. The file is a block of 16 MiB again and again, so that
its parts are one blob and the disk needs its size once. It comes in one request of tus, and a data set is made of it;
then its first and its last bytes are read back. Told are times, and the greatest resident memory that the kernel has
seen of the process (VmHWM).
"""

import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx

from service.embedded.broker import Broker
from service.embedded.children import spawn, stop
from tests.ports import free_port

BLOCK = os.urandom(16 << 20)
_VERSION = {"Tus-Resumable": "1.0.0"}


def peak(pid: int) -> float:
    """The greatest resident memory of a process so far, in MiB."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def measure(api: httpx.Client, pid: int, size: int) -> None:
    """Send a file, have a data set made of it, read its ends."""
    idle = peak(pid)
    made = api.post("/v1/uploads", headers={**_VERSION, "Upload-Length": str(size)})
    made.raise_for_status()
    begin = time.perf_counter()
    headers = {**_VERSION, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    api.patch(made.headers["location"], content=_blocks(size), headers=headers).raise_for_status()
    sent = time.perf_counter()
    answer = api.post("/v1/datasets", json={"upload_id": made.json()["id"]})
    answer.raise_for_status()
    done = time.perf_counter()
    place = f"/v1/datasets/{answer.json()['id']}/content"
    ends = [api.get(place, headers={"Range": f"bytes={asked}"}).content for asked in ("0-999", "-1000")]
    assert (answer.json()["size"], ends) == (size, [BLOCK[:1000], BLOCK[-1000:]])
    print(
        f"{size / 2**30:g} GiB: sent in {sent - begin:.0f} s, put together in {done - sent:.0f} s; "
        f"peak of the API {peak(pid):.0f} MiB (idle {idle:.0f})"
    )


def _blocks(size: int) -> Iterator[bytes]:
    for _ in range(size // len(BLOCK)):
        yield BLOCK


def main() -> None:
    """Measure once."""
    size = int(float(sys.argv[1] if len(sys.argv) > 1 else 10) * 2**30) // len(BLOCK) * len(BLOCK)
    with tempfile.TemporaryDirectory() as folder:
        broker, port = Broker(Path(folder) / "valkey"), free_port()
        broker.start()
        env = {
            **os.environ,
            "TREMOR_DATA_DIR": folder,
            "TREMOR_REDIS_URL": broker.url,
            "TREMOR_PORT": str(port),
            "TREMOR_MAX_DATASET_BYTES": str(size),
        }
        with (Path(folder) / "log").open("wb") as log:
            process = spawn([sys.executable, "-m", "service.cli.main", "api"], env=env, output=log.fileno())
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=7200) as api:
                for _ in range(600):
                    with suppress(httpx.TransportError):
                        api.get("/health/live")
                        break
                    time.sleep(0.2)
                measure(api, process.pid, size)
        finally:
            stop(process)
            broker.stop()


if __name__ == "__main__":
    main()
