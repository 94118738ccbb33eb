"""The few Linux calls that Python does not offer, by ctypes."""

import ctypes
import os
import platform
import signal
import sys

LINUX = sys.platform == "linux"
MACHINE = platform.machine()

_libc = ctypes.CDLL(None, use_errno=True)

PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
PR_CAPBSET_DROP = 24
PR_SET_SECCOMP = 22
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38


def call(number: int, *arguments: int | ctypes.c_void_p | bytes | None) -> int:
    """Make a system call by number. `OSError` when it fails."""
    result: int = _libc.syscall(ctypes.c_long(number), *(_word(argument) for argument in arguments))
    return _checked(result)


def prctl(option: int, *arguments: int | ctypes.c_void_p) -> int:
    """Call prctl(2). `OSError` when it fails."""
    padded = [*arguments, 0, 0, 0, 0][:4]
    result: int = _libc.prctl(option, *(_word(argument) for argument in padded))
    return _checked(result)


def mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    """Call mount(2). `OSError` when it fails."""
    words = [None if text is None else os.fsencode(text) for text in (source, target, kind, data)]
    _checked(_libc.mount(words[0], words[1], words[2], ctypes.c_ulong(flags), words[3]))


def umount(target: str, flags: int) -> None:
    """Call umount2(2). `OSError` when it fails."""
    _checked(_libc.umount2(os.fsencode(target), flags))


def unshare(flags: int) -> None:
    """Call unshare(2). `OSError` when it fails."""
    _checked(_libc.unshare(flags))


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent ends; end now when the parent is gone already."""
    if LINUX:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def name_process(name: str) -> None:
    """Set the short name that process listings show."""
    if LINUX:
        prctl(PR_SET_NAME, ctypes.cast(ctypes.create_string_buffer(name.encode()[:15]), ctypes.c_void_p))


def _word(argument: int | ctypes.c_void_p | bytes | None) -> object:
    return ctypes.c_ulong(argument) if isinstance(argument, int) else argument


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
