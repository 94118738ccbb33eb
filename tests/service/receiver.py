"""A receiver of webhooks as a process of its own: `python receiver.py FOLDER`.

It answers with the statuses of FOLDER/plan, one a line, and with 200 when there are no more; `hang` answers never. What
came is appended to FOLDER/got, one JSON object a line; the first line of its standard output is its port.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

#: What is waited for comes at some time, also on a slow machine; only a failing test waits so long.
PATIENCE = 90.0


def until(true: Callable[[], Any]) -> Any:
    """Wait until a condition holds; returns what it gave."""
    end = time.monotonic() + PATIENCE
    while not (found := true()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)
    return found


@dataclass(frozen=True)
class Receiver:
    """The process, seen by a test."""

    url: str
    folder: Path
    process: subprocess.Popen[str]

    def plan(self, *statuses: str) -> None:
        """Answer the next messages so."""
        (self.folder / "plan").write_text("".join(f"{status}\n" for status in statuses))

    def got(self) -> list[dict[str, Any]]:
        """What has come so far: headers, body, status."""
        path = self.folder / "got"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def events(self, kind: str) -> list[dict[str, Any]]:
        """What has come of one type of event."""
        return [one for one in self.got() if json.loads(one["body"])["type"] == kind]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def receiving(folder: Path, port: int = 0) -> Iterator[Receiver]:
    """A receiver for as long as the block runs."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, __file__, str(folder), str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Receiver(f"http://127.0.0.1:{int(process.stdout.readline())}/hook", folder, process)
        finally:
            process.kill()


def _serve(folder: Path, port: int) -> None:
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            with lock:
                plan = folder / "plan"
                first, *rest = (plan.read_text().split() if plan.exists() else []) or ["200"]
                plan.write_text("".join(f"{status}\n" for status in rest))
                said = {
                    "headers": {name.lower(): value for name, value in self.headers.items()},
                    "body": body,
                    "status": first,
                    "path": self.path,
                }
                with (folder / "got").open("a") as file:
                    file.write(json.dumps(said) + "\n")
            if first == "hang":
                time.sleep(3600)
            self.send_response(int(first))
            if first.startswith("3"):
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        print(server.server_port, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), int(sys.argv[2]))
