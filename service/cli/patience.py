"""Trying again: what may pass by itself is waited for, with growing pauses, jitter, and the server's own wish."""

import random
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_exponential_jitter

from openapi.base import utc_now
from service.cli.exits import Exit

T = TypeVar("T")

_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 10.0
#: Pauses below this are not worth a line.
_QUIET_SECONDS = 1.5


class Transient(Exception):
    """A failure that may pass by itself. `retry_after`: seconds the server asks for; `code`: of giving up."""

    def __init__(self, reason: str, retry_after: float | None = None, code: Exit = Exit.UNREACHABLE) -> None:
        super().__init__(reason)
        self.retry_after, self.code = retry_after, code


def retry_after(header: str | None) -> float | None:
    """Seconds of a `Retry-After` header, which holds a number or a date (RFC 9110); None when it holds neither."""
    if header is None:
        return None
    try:
        return max(0.0, float(header) if header.strip().isdigit() else _until(header))
    except (ValueError, TypeError):
        return None


def _until(date: str) -> float:
    return (parsedate_to_datetime(date) - utc_now()).total_seconds()


class Patience:
    """Runs calls until they work.

    A call is given up `seconds` after its first failure in a row, but not before `attempts` tries of it: an upload that
    takes longer than all patience gets more than one chance. The last try is made when the time is up, and no sooner
    unless the server asks for a longer pause than is left. `notice` is told once a call when the wait gets long.
    """

    def __init__(self, notice: Callable[[str], None], sleep: Callable[[float], None] = time.sleep) -> None:
        self._notice, self._sleep = notice, sleep

    def run(self, work: Callable[[], T], seconds: float, attempts: int = 1) -> T:
        """Return what `work` returns. Raises the last `Transient` when it never worked; other exceptions at once."""
        failures: list[float] = []
        said: list[str] = []

        def left(state: RetryCallState) -> float:
            return seconds - max(failures[-1] - failures[0], state.idle_for)

        def pause(state: RetryCallState) -> float:
            failures.append(time.monotonic())
            wished, rest = _wished(state), left(state)
            if wished is not None:
                return wished
            return min(_grow(state), rest) if rest > 0 else _grow(state)

        def enough(state: RetryCallState) -> bool:
            over = state.upcoming_sleep > max(0.0, left(state))
            return over and (state.attempt_number >= attempts or state.upcoming_sleep > seconds)

        def tell(state: RetryCallState) -> None:
            if state.upcoming_sleep >= _QUIET_SECONDS and not said:
                said.append(f"{_failure(state)}; trying again for up to {seconds:.0f} s")
                self._notice(said[0])

        retrying = Retrying(
            sleep=self._sleep,
            retry=retry_if_exception_type(Transient),
            wait=pause,
            stop=enough,
            before_sleep=tell,
            reraise=True,
        )
        found = retrying(work)
        if said:
            self._notice("the server answers again")
        return found


_grow = wait_exponential_jitter(multiplier=_FIRST_PAUSE, max=_LONGEST_PAUSE, jitter=_FIRST_PAUSE)


def _failure(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None


def _wished(state: RetryCallState) -> float | None:
    """The pause that the server asks for, if it does."""
    error = _failure(state)
    wished = error.retry_after if isinstance(error, Transient) else None
    # Spread: clients that were turned away at one moment must not come back at one moment.
    return None if wished is None else wished + random.uniform(0, min(2.0, 0.1 + wished / 4))
