"""The HTTP client behind `tremor audit` and `tremor harden`: upload, start, follow, download."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import httpx

from service.cli.exits import CommandFailed, Exit

Json = dict[str, Any]
TERMINAL = {"succeeded", "failed", "cancelled"}


class _Counted:
    """A file that tells how much of it has been read."""

    def __init__(self, file: IO[bytes], size: int, told: Callable[[int, int], None]) -> None:
        self._file, self._size, self._told = file, size, told

    def read(self, count: int = -1) -> bytes:
        chunk = self._file.read(count)
        self._told(self._file.tell(), self._size)
        return chunk

    def __iter__(self) -> Any:
        return iter(lambda: self.read(1 << 20), b"")

    def seek(self, *where: int) -> int:
        return self._file.seek(*where)

    def tell(self) -> int:
        return self._file.tell()

    def fileno(self) -> int:
        return self._file.fileno()


def describe(body: Json) -> str:
    """One readable text for a problem+json body."""
    lines = [str(body.get("detail") or body.get("title") or "unknown error")]
    lines += [f"  {e.get('pointer')}: {e.get('detail')}" for e in body.get("errors") or ()]
    return "\n".join(lines)


class Client:
    """Calls one Tremor server; every failure leaves as `CommandFailed` with its exit code."""

    def __init__(self, url: str, api_key: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self.url = url.rstrip("/")
        self._http = httpx.Client(base_url=self.url, headers=headers, timeout=httpx.Timeout(60, connect=10))

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def call(self, method: str, path: str, *, failure: Exit = Exit.USAGE, **options: Any) -> httpx.Response:
        """Send one request; a 4xx answer fails with `failure`, a 5xx or no answer as unreachable or failed job."""
        try:
            response = self._http.request(method, path, **options)
        except httpx.TransportError as error:
            raise CommandFailed(Exit.UNREACHABLE, f"{self.url} cannot be reached: {error}") from error
        if response.is_error:
            raise CommandFailed(Exit.JOB_FAILED if response.status_code >= 500 else failure, _failure(response))
        return response

    def upload(self, kind: str, path: Path, metadata: Json, told: Callable[[int, int], None]) -> Json:
        """Upload a file as `kind` (``models`` or ``datasets``) and wait until it is inspected."""
        with path.open("rb") as file:
            counted = _Counted(file, path.stat().st_size, told)
            body: Json = self.call(
                "POST",
                f"/v1/{kind}",
                failure=Exit.UPLOAD_REJECTED,
                files={"file": (path.name, counted, "application/octet-stream")},
                data={"metadata": json.dumps(metadata)},
                timeout=httpx.Timeout(None, connect=10),
            ).json()
        while body["status"] == "inspecting":
            time.sleep(0.2)
            body = self.call("GET", f"/v1/{kind}/{body['id']}").json()
        if body["status"] == "rejected":
            raise CommandFailed(Exit.UPLOAD_REJECTED, f"{path}: {describe(body.get('problem') or {})}")
        return body

    def follow(self, path: str, told: Callable[[Json], None]) -> Json:
        """Poll a job until it ended; a failed job leaves with its problem."""
        while True:
            body: Json = self.call("GET", path).json()
            told(body)
            if body["status"] in TERMINAL:
                break
            time.sleep(0.4)
        if body["status"] != "succeeded":
            problem = describe(body["problem"]) if body.get("problem") else f"the job was {body['status']}"
            raise CommandFailed(Exit.JOB_FAILED, problem)
        return body

    def download(self, href: str, target: Path) -> None:
        """Stream one artifact into a file."""
        try:
            with self._http.stream("GET", href) as response, target.open("wb") as file:
                if response.is_error:
                    response.read()
                    raise CommandFailed(Exit.JOB_FAILED, _failure(response))
                for chunk in response.iter_bytes(1 << 20):
                    file.write(chunk)
        except httpx.TransportError as error:
            raise CommandFailed(Exit.UNREACHABLE, f"{self.url} cannot be reached: {error}") from error


def _failure(response: httpx.Response) -> str:
    try:
        return describe(response.json())
    except ValueError:
        return f"{response.request.method} {response.request.url.path}: HTTP {response.status_code}"
