"""The HTTP client behind `tremor audit` and `tremor harden`: it outlasts restarts, full queues and lost connections."""

import os
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from service.cli.exits import CommandFailed, Exit
from service.cli.patience import Patience, Transient, retry_after

#: What the API is asked and answers.
Json = dict[str, Any]

#: An address that has never answered is given up sooner: it is likely mistyped.
FIRST_CONTACT_SECONDS = 30.0
_BUSY = (429, 502, 503, 504)
_NOT_ALLOWED = (401, 403)
#: Seconds of the first long poll, and of the longest ones.
_FIRST_WAIT, _SLOWEST_WAIT = 1.0, 60.0


def describe(body: Json) -> str:
    """One readable text for a problem+json body."""
    said = str(body.get("detail") or body.get("title") or "unknown error")
    more = [e for e in body.get("errors") or () if str(e.get("detail")) not in said]
    return "\n".join([said, *(f"  {e.get('pointer')}: {e.get('detail')}" for e in more)])


class Client:
    """Calls one Tremor server; every failure leaves as `CommandFailed` with its exit code.

    patience: seconds that an outage may last. fresh: the server is this command's own, nothing can be on it yet.
    longest_wait: of a long poll; short where somebody watches the progress. `warnings` collects what inspections said.
    """

    def __init__(
        self,
        url: str,
        api_key: str | None = None,
        *,
        patience: float = 300.0,
        fresh: bool = False,
        longest_wait: float = 15.0,
        notice: Callable[[str], None] = lambda text: None,
    ) -> None:
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self.url, self.fresh = url.rstrip("/"), fresh
        self.warnings: list[str] = []
        self._longest_wait, self._seconds = longest_wait, patience
        self._patience, self._met = Patience(notice), False
        self._http = httpx.Client(
            base_url=self.url,
            headers=headers,
            timeout=httpx.Timeout(60, connect=10),
            trust_env=not _is_local(self.url),  # no proxy leads to this machine itself
        )

    @property
    def lasting_url(self) -> str | None:
        """The address of a server that is still there when this command has ended."""
        return None if self.fresh else self.url

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def limit(self, seconds: float) -> None:
        """From now on no outage is waited for longer than this."""
        self._seconds = min(self._seconds, seconds)

    # One call

    def patiently(self, work: Callable[[], Any], *, attempts: int = 1) -> Any:
        """Do `work` until it works; `CommandFailed` when it never did."""
        seconds = self._seconds if self._met else min(self._seconds, FIRST_CONTACT_SECONDS)
        begun = time.monotonic()
        try:
            return self._patience.run(work, seconds, attempts)
        except Transient as error:
            said = f"gave up after {time.monotonic() - begun:.1f} s"
            if error.retry_after is not None:
                said += f", as it is to be tried again in {error.retry_after:.0f} s and {seconds:g} s may pass"
            raise CommandFailed(error.code, f"{self.url}: {error}; {said}") from error

    def call(self, method: str, path: str, *, failure: Exit = Exit.USAGE, **options: Any) -> Json:
        """Send one request, and again while the server cannot be reached or is busy; return the JSON object.

        A 4xx answer fails with `failure`, one about the key with USAGE. Requests that create must carry an
        `Idempotency-Key`.
        """
        found: Json = self.patiently(lambda: self.once(method, path, failure=failure, **options))
        return found

    def remove(self, path: str) -> None:
        """Delete what is at an address. `CommandFailed` where there is nothing."""
        self.patiently(lambda: self.answer("DELETE", path, Exit.USAGE))

    def answer(self, method: str, path: str, failure: Exit, **options: Any) -> httpx.Response:
        """Send one request once, whatever it answers with. `Transient` when it may be sent again."""
        try:
            response = self._http.request(method, path, **options)
        except httpx.TransportError as error:
            raise self._lost(error) from error
        self._judge(response, failure)
        return response

    def once(self, method: str, path: str, *, failure: Exit, **options: Any) -> Json:
        """Send one request once. `Transient` when it may be sent again."""
        response = self.answer(method, path, failure, **options)
        try:
            body = response.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise CommandFailed(Exit.UNREACHABLE, f"{self.url} answers, but not as a Tremor server does")
        return body

    def put(self, url: str, content: bytes) -> httpx.Response:
        """Send a part of a file to an address of the server's store, without the key. `Transient` when it got lost."""
        try:
            with httpx.Client(timeout=httpx.Timeout(300, connect=10), trust_env=not _is_local(url)) as store:
                return store.put(url, content=content)
        except httpx.TransportError as error:
            raise Transient(f"the server's store cannot be reached ({error or type(error).__name__})") from error

    def _judge(self, response: httpx.Response, failure: Exit) -> None:
        """Return when it is an answer; raise what it is otherwise."""
        self._met = True
        status = response.status_code
        if response.is_success:
            return
        if response.is_redirect:
            raise CommandFailed(
                Exit.USAGE, f"{self.url} sends us on to {response.headers.get('location')}; give --server that address"
            )
        said = _failure(response)
        if status == httpx.codes.UNAUTHORIZED:
            said += "; give it with --api-key or TREMOR_API_KEY"
        if status in _NOT_ALLOWED:
            failure = Exit.USAGE  # it is the key that is wrong, whatever was asked with it
        keyed = response.request.method == "POST" and "idempotency-key" in response.request.headers
        if status == httpx.codes.TOO_MANY_REQUESTS:
            self._longest_wait = min(2 * self._longest_wait, _SLOWEST_WAIT)  # who asks too often asks less often
        if status in _BUSY:
            raise Transient(said, retry_after(response.headers.get("retry-after")))
        if status == 500 and response.request.method == "GET":
            raise Transient(said, code=Exit.JOB_FAILED)
        if response.request.method == "PATCH" and status in (404, 409):
            raise Transient(said, code=failure)  # a part: the upload goes on elsewhere, or was used up
        if status == 409 and keyed and _slug(response) == "conflict":
            raise Transient(said, code=failure)  # the first try of this very request is still being served
        raise CommandFailed(Exit.JOB_FAILED if status >= 500 else failure, said)

    def _lost(self, error: httpx.TransportError) -> Exception:
        """A connection that failed: for good when trying again cannot help."""
        causes = list(_causes(error))
        hopeless = isinstance(error, httpx.UnsupportedProtocol | httpx.ProxyError) or any(
            isinstance(c, ssl.SSLCertVerificationError)
            or (isinstance(c, socket.gaierror) and c.errno == socket.EAI_NONAME and not self._met)
            for c in causes
        )
        if hopeless:
            return CommandFailed(Exit.UNREACHABLE, f"{self.url} cannot be reached: {error}")
        return Transient(f"the server cannot be reached ({error or type(error).__name__})")

    # Waiting

    def wait(self, path: str, told: Callable[[Json], None], done: Callable[[Json], bool], failure: Exit) -> Json:
        """Read `path` by long polls until ``done(body)``; every answer is told."""
        wait = min(_FIRST_WAIT, self._longest_wait)
        while True:
            begun = time.monotonic()
            body = self.call("GET", path, failure=failure, params={"wait": round(wait, 1)}, timeout=wait + 60)
            told(body)
            if done(body):
                return body
            # A server that does not wait as it was asked is not asked more often for that.
            time.sleep(max(0.0, begun + wait / 2 - time.monotonic()))
            wait = min(wait * 1.5, self._longest_wait)

    # Downloads

    def download(self, href: str, target: Path, accept: str = "*/*") -> None:
        """Stream one file into place, going on where a lost connection broke. `target` appears whole or not at all."""
        part = target.with_name(f".{target.name}.part")
        try:
            with part.open("wb") as file:
                self.patiently(lambda: self._fetch(href, file.fileno(), accept))
            part.replace(target)
        except OSError as error:
            raise cannot_write(target, error) from error
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def _fetch(self, href: str, handle: int, accept: str) -> None:
        done = os.fstat(handle).st_size
        headers = {"Accept": accept, **({"Range": f"bytes={done}-"} if done else {})}
        try:
            with self._http.stream("GET", href, headers=headers) as response:
                if response.is_error:
                    response.read()
                self._judge(response, Exit.JOB_FAILED)
                if done and response.status_code != httpx.codes.PARTIAL_CONTENT:
                    os.ftruncate(handle, 0)
                    os.lseek(handle, 0, os.SEEK_SET)
                for chunk in response.iter_bytes(1 << 20):
                    written = 0
                    while written < len(chunk):
                        written += os.write(handle, chunk[written:])
        except httpx.TransportError as error:
            raise self._lost(error) from error


def cannot_write(path: Path, error: OSError) -> CommandFailed:
    """The failure of a user's disk."""
    return CommandFailed(Exit.USAGE, f"{path} cannot be written: {error.strerror or error}")


def _is_local(url: str) -> bool:
    host = httpx.URL(url).host
    return host in ("localhost", "::1") or host.startswith("127.")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _slug(response: httpx.Response) -> str:
    try:
        return str(response.json()["type"]).rpartition("/")[2]
    except (ValueError, KeyError, TypeError):
        return ""


def _failure(response: httpx.Response) -> str:
    try:
        return describe(response.json())
    except (ValueError, AttributeError):
        return f"{response.request.method} {response.request.url.path}: HTTP {response.status_code}"
