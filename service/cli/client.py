"""What the commands put around the typed client (`openapi.client`), as no generator can: it outlasts restarts, full
queues and lost connections, waits by long polls, streams files, and ends with exit codes.
"""

import json
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar, Union

import httpx

from service.cli.exits import CommandFailed, Exit
from service.cli.patience import Patience, Transient, retry_after
from service.cli.problems import UNREADABLE, causes, describe, problem_of

if TYPE_CHECKING:  # the typed client is imported with the first call: help and wrong options need none
    from openapi.client import Client as Api
    from openapi.client.models.problem import Problem
    from openapi.client.types import Unset

#: What the API is asked and answers.
Json = dict[str, Any]
UploadKind = Literal["models", "datasets"]
JobKind = Literal["audits", "hardenings"]
T = TypeVar("T")
Read = TypeVar("Read", covariant=True)
Cursor = Union[str, "Unset", None]


class Reply(Protocol[Read]):
    """What a call of the typed client returns."""

    @property
    def content(self) -> bytes:
        """The answer as it came."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Its headers."""

    @property
    def parsed(self) -> Read | None:
        """The answer by the document."""


class Page(Protocol[Read]):
    """A part of a list."""

    @property
    def items(self) -> Sequence[Read]:
        """What stands in it."""

    @property
    def next_cursor(self) -> Cursor:
        """Where the next one begins, if there is one."""


#: One call of the typed client.
Ask = Callable[["Api"], Reply[Union[T, "Problem"]]]
#: One call for a page of a list.
AskPage = Callable[["Api", Cursor], Reply[Union[Page[T], "Problem"]]]

_TIMEOUT = httpx.Timeout(60, connect=10)

#: An address that has never answered is given up sooner: it is likely mistyped.
FIRST_CONTACT_SECONDS = 30.0
_BUSY = (429, 502, 503, 504)
_NOT_ALLOWED = (401, 403)
#: Seconds of the first long poll, and of the longest ones.
_FIRST_WAIT, _SLOWEST_WAIT = 1.0, 60.0


@dataclass(frozen=True)
class Answer(Generic[T]):
    """What a call answered: `value` by the document, `body` as it came, for what is shown or kept."""

    value: T
    body: Json
    headers: Mapping[str, str]


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
        headers = {"Accept": "application/json", **({"Authorization": f"Bearer {api_key}"} if api_key else {})}
        self.url, self.fresh = url.rstrip("/"), fresh
        self.warnings: list[str] = []
        self._longest_wait, self._seconds = longest_wait, patience
        self._patience, self._met = Patience(notice), False
        self._http = httpx.Client(
            base_url=self.url,
            headers=headers,
            timeout=_TIMEOUT,
            trust_env=not _is_local(self.url),  # no proxy leads to this machine itself
            event_hooks={"response": [self._judge]},
        )
        self._failure = Exit.USAGE

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

    def call(self, ask: Ask[T], *, failure: Exit = Exit.USAGE, timeout: httpx.Timeout = _TIMEOUT) -> Answer[T]:
        """Ask, and again while the server cannot be reached or is busy.

        A 4xx answer fails with `failure`, one about the key with USAGE. Requests that create must carry an
        `Idempotency-Key`.
        """
        found: Answer[T] = self.patiently(lambda: self.once(ask, failure=failure, timeout=timeout))
        return found

    def once(self, ask: Ask[T], *, failure: Exit, timeout: httpx.Timeout = _TIMEOUT) -> Answer[T]:
        """Ask once. `Transient` when it may be asked again."""
        self._failure, self._http.timeout = failure, timeout
        try:
            response = ask(self._typed())
            body = json.loads(response.content) if response.content else {}
        except httpx.TransportError as error:
            raise self._lost(error) from error
        except UNREADABLE as error:
            raise CommandFailed(Exit.UNREACHABLE, f"{self.url} answers, but not as a Tremor server does") from error
        found: Any = response.parsed  # no problem: those were judged
        return Answer(found, body, response.headers)

    def _typed(self) -> "Api":
        from openapi.client import Client as Api

        return Api(base_url=self.url).set_httpx_client(self._http)

    def all_of(self, ask: AskPage[T], *, failure: Exit = Exit.USAGE) -> Iterator[Answer[T]]:
        """Every item of a list, page after page."""
        cursor: Cursor = None
        while True:
            page = self.call(_at(ask, cursor), failure=failure)
            for value, body in zip(page.value.items, page.body["items"], strict=True):
                yield Answer(value, body, page.headers)
            if not (cursor := page.value.next_cursor):
                return

    def put(self, url: str, content: bytes) -> httpx.Response:
        """Send a part of a file to an address of the server's store, without the key. `Transient` when it got lost."""
        try:
            with httpx.Client(timeout=httpx.Timeout(300, connect=10), trust_env=not _is_local(url)) as store:
                return store.put(url, content=content)
        except httpx.TransportError as error:
            raise Transient(f"the server's store cannot be reached ({error or type(error).__name__})") from error

    def _judge(self, response: httpx.Response) -> None:
        """Return when it is an answer; raise what it is otherwise."""
        self._met = True
        status, failure = response.status_code, self._failure
        if response.is_success:
            return
        response.read()
        if response.is_redirect:
            raise CommandFailed(
                Exit.USAGE, f"{self.url} sends us on to {response.headers.get('location')}; give --server that address"
            )
        problem = problem_of(response)
        said = describe(problem) if problem else f"{response.request.method} {response.request.url.path}: HTTP {status}"
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
        if status == 409 and keyed and problem and problem.type_.endswith("/conflict"):
            raise Transient(said, code=failure)  # the first try of this very request is still being served
        raise CommandFailed(Exit.JOB_FAILED if status >= 500 else failure, said)

    def _lost(self, error: httpx.TransportError) -> Exception:
        """A connection that failed: for good when trying again cannot help."""
        behind = list(causes(error))
        hopeless = isinstance(error, httpx.UnsupportedProtocol | httpx.ProxyError) or any(
            isinstance(c, ssl.SSLCertVerificationError)
            or (isinstance(c, socket.gaierror) and c.errno == socket.EAI_NONAME and not self._met)
            for c in behind
        )
        if hopeless:
            return CommandFailed(Exit.UNREACHABLE, f"{self.url} cannot be reached: {error}")
        return Transient(f"the server cannot be reached ({error or type(error).__name__})")

    # Waiting

    def wait(
        self,
        ask: Callable[[float], Ask[T]],
        told: Callable[[Json], None],
        done: Callable[[T], bool],
        failure: Exit,
    ) -> Answer[T]:
        """Ask by long polls of so many seconds until ``done(answer)``; every answer is told."""
        wait = min(_FIRST_WAIT, self._longest_wait)
        while True:
            begun = time.monotonic()
            answer = self.call(ask(round(wait, 1)), failure=failure, timeout=httpx.Timeout(wait + 60))
            told(answer.body)
            if done(answer.value):
                return answer
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
        self._failure, self._http.timeout = Exit.JOB_FAILED, _TIMEOUT
        try:
            with self._http.stream("GET", href, headers=headers) as response:
                if done and response.status_code != httpx.codes.PARTIAL_CONTENT:
                    os.ftruncate(handle, 0)
                    os.lseek(handle, 0, os.SEEK_SET)
                for chunk in response.iter_bytes(1 << 20):
                    written = 0
                    while written < len(chunk):
                        written += os.write(handle, chunk[written:])
        except httpx.TransportError as error:
            raise self._lost(error) from error


def _at(ask: AskPage[T], cursor: Cursor) -> Ask[Page[T]]:
    return lambda api: ask(api, cursor)


def cannot_write(path: Path, error: OSError) -> CommandFailed:
    """The failure of a user's disk."""
    return CommandFailed(Exit.USAGE, f"{path} cannot be written: {error.strerror or error}")


def _is_local(url: str) -> bool:
    host = httpx.URL(url).host
    return host in ("localhost", "::1") or host.startswith("127.")
