"""The exit codes of every command, and the one exception that carries one."""

from enum import IntEnum

import click


class Exit(IntEnum):
    """What a pipeline may branch on."""

    OK = 0
    POLICY_FAILED = 1
    USAGE = 2
    JOB_FAILED = 3
    UPLOAD_REJECTED = 4
    UNREACHABLE = 5
    SANDBOX_MISSING = 6


class CommandFailed(click.ClickException):
    """A message for standard error and the code to leave with."""

    def __init__(self, code: Exit, message: str) -> None:
        super().__init__(message)
        object.__setattr__(self, "exit_code", int(code))  # click declares it on the class; each failure has its own
