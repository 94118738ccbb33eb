"""The exit codes of every command, and the exceptions that carry one."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from types import FrameType

import click

from openapi.text import visible


class Exit(IntEnum):
    """What a pipeline may branch on."""

    OK = 0
    POLICY_FAILED = 1
    USAGE = 2
    JOB_FAILED = 3
    UPLOAD_REJECTED = 4
    UNREACHABLE = 5
    SANDBOX_MISSING = 6
    INTERNAL = 70
    UNFINISHED = 75
    HANGUP = 128 + signal.SIGHUP
    INTERRUPTED = 128 + signal.SIGINT
    PIPE_CLOSED = 128 + signal.SIGPIPE
    TERMINATED = 128 + signal.SIGTERM


class CommandFailed(click.ClickException):
    """A message for standard error and the code to leave with."""

    def __init__(self, code: Exit, message: str) -> None:
        # Reasons come from servers and files: whole lines, but nothing that a terminal would obey.
        super().__init__("\n".join(visible(line) for line in message.split("\n")))
        object.__setattr__(self, "exit_code", int(code))  # click declares it on the class; each failure has its own


class Interrupted(BaseException):
    """A signal asked the command to end. No `Exception`: whoever handles failures must not take it for one."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


@contextmanager
def interruptible() -> Iterator[None]:
    """Within, Ctrl-C, SIGTERM and the end of the terminal raise `Interrupted`; what a caller ignores stays ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise Interrupted(number)

    wanted = [n for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if signal.getsignal(n) is not signal.SIG_IGN]
    before = {number: signal.signal(number, interrupt) for number in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
