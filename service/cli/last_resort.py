"""How a command ends: every exception becomes one message for a person and an exit code, never a traceback."""

import errno
import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version

import click

from service.cli.exits import CommandFailed, Exit, Interrupted

#: Options whose value is nobody's business.
_SECRET = "--api-key"
#: What the file system says of a user's own files and folders.
_USERS_DISK = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EISDIR, errno.ENOTDIR)


def ended(command: Callable[[], object]) -> int:
    """Run a command; say on standard error what went wrong, and return the code to leave with.

    A failure that nobody foresaw leaves its traceback in a file that the message names.
    """
    try:
        code = command()
        sys.stdout.flush()
    except CommandFailed as error:
        return _said(error, error.exit_code)
    except click.ClickException as error:
        return _said(error, Exit.USAGE)  # also where click says 1, which is a failed policy's alone
    except Interrupted as error:
        return _stopped(f"stopped by {error}", 128 + error.number)
    except (KeyboardInterrupt, click.Abort):
        return _stopped("stopped", Exit.INTERRUPTED)
    except SystemExit as error:
        if error.code != 1:
            raise
        return Exit.PIPE_CLOSED  # click's own way with a closed pipe; nothing else here says 1
    except Exception as error:
        return _of_exception(error)
    return code if isinstance(code, int) else Exit.OK


def _of_exception(error: Exception) -> int:
    if (interrupt := _interrupt_behind(error)) is not None:  # e.g. no terminal to write to, after a SIGHUP
        return 128 + interrupt.number
    if isinstance(error, BrokenPipeError):
        # Python flushes standard output again when it ends: let it have somewhere to write to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.PIPE_CLOSED
    if isinstance(error, OSError) and error.errno in _USERS_DISK and error.filename is not None:
        return _said(CommandFailed(Exit.USAGE, f"{error.filename}: {error.strerror}"), Exit.USAGE)
    return _stopped(_told(error), Exit.INTERNAL)


def _said(error: click.ClickException, code: int) -> int:
    with suppress(OSError):  # the terminal may be gone
        error.show()
    return code


def _stopped(text: str, code: int) -> int:
    with suppress(OSError):
        click.echo(text, err=True)
    return code


def _interrupt_behind(error: BaseException | None) -> Interrupted | None:
    """The interrupt that was being answered when the error came."""
    while error is not None and not isinstance(error, Interrupted):
        error = error.__context__
    return error


def _told(error: Exception) -> str:
    what = " ".join(f"{type(error).__name__}: {error}".split())[:500]
    try:
        log = f"with the file {_log(error)}, which holds the details"
    except OSError as cause:
        log = f"(the details could not be written: {cause.strerror})"
    return f"Error: this is a fault of Tremor, not of yours: {what}\nPlease report it {log}."


def _log(error: Exception) -> str:
    """Write what a developer needs into a file of its own, readable by this user alone; return its path."""
    arguments = list(sys.argv)
    for i, text in enumerate(arguments):
        if text == _SECRET and i + 1 < len(arguments):
            arguments[i + 1] = "…"
        elif text.startswith(f"{_SECRET}="):
            arguments[i] = f"{_SECRET}=…"
    handle, path = tempfile.mkstemp(prefix="tremor-error-", suffix=".log")
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(f"tremor {version('tremor')}, Python {platform.python_version()}, {platform.platform()}\n")
        file.write(f"{arguments}\n\n{''.join(traceback.format_exception(error))}")
    return path
