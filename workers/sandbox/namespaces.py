"""Namespaces: a network without interfaces, and a file tree that holds only what the job may see.

Made in a user namespace where the kernel gives one to everybody, else with root's rights. The new root is a tmpfs with
read-only bind mounts of the allowed paths, at the places where they lie outside, and one writable folder.
"""

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

from workers.sandbox import kernel

_NEWNS, _NEWIPC, _NEWUSER, _NEWNET = 0x00020000, 0x08000000, 0x10000000, 0x40000000
_RDONLY, _NOSUID, _NODEV, _REMOUNT, _BIND, _REC, _PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
_DETACH = 2
_MOUNT_SETATTR = 442
_AT_RECURSIVE = 0x8000


class _MountAttr(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "userns")]


def isolate(*, files: bool) -> None:
    """Leave the machine's network and IPC, and with `files` its mount table. Single-threaded callers only.

    `OSError` when neither user namespaces nor root's rights are to be had.
    """
    wanted = _NEWNET | _NEWIPC | (_NEWNS if files else 0)
    uid, gid = os.getuid(), os.getgid()
    try:
        kernel.unshare(_NEWUSER | wanted)
    except OSError:
        kernel.unshare(wanted)
        return
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def confine_files(root: Path, read: Iterable[Path], write: Iterable[Path], devices: Iterable[Path] = ()) -> None:
    """Make a tree of only these paths the root of this process; `root` is an empty folder to build it on.

    Paths that do not exist are left out. `OSError` when the kernel refuses.
    """
    kernel.mount("none", "/", None, _REC | _PRIVATE)
    kernel.mount("tremor", str(root), "tmpfs", _NOSUID | _NODEV, "size=1m,mode=755")
    places = [(path, True) for path in read] + [(path, False) for path in [*write, *devices]]
    # Parents before children, so that a child is bound into its parent's mount and never hidden below it.
    for path, read_only in sorted(places, key=lambda place: len(place[0].parts)):
        _bind(root, path, read_only=read_only)
    kernel.mount("none", str(root), None, _REMOUNT | _BIND | _RDONLY | _NOSUID | _NODEV)
    os.chdir(root)
    kernel.call(_PIVOT_ROOT, b".", b".")
    kernel.umount(".", _DETACH)
    os.chdir("/")


_PIVOT_ROOT = 155 if kernel.MACHINE == "x86_64" else 41


def _bind(root: Path, path: Path, *, read_only: bool) -> None:
    real = path.resolve()
    if not real.exists():
        return
    target = root / real.relative_to("/")
    if not target.exists():
        if real.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch()
    elif read_only:
        # Seen through a parent already.
        _link(root, path, real)
        return
    kernel.mount(str(real), str(target), None, _BIND | _REC)
    attributes = _MountAttr(_NOSUID | (_RDONLY if read_only else 0), 0, 0, 0)
    kernel.call(
        _MOUNT_SETATTR,
        -100 & 0xFFFFFFFFFFFFFFFF,
        os.fsencode(target),
        _AT_RECURSIVE,
        ctypes.cast(ctypes.byref(attributes), ctypes.c_void_p),
        ctypes.sizeof(attributes),
    )
    _link(root, path, real)


def _link(root: Path, path: Path, real: Path) -> None:
    """Make the same name lead to `real` inside, when it does so through symbolic links outside."""
    place = root / path.absolute().relative_to("/")
    if path.absolute() == real or place.exists() or place.is_symlink():
        return
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(real)
    except OSError:
        # Inside a read-only mount: the link is there already when its target is.
        return
