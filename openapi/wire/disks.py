"""Room on disks: how much there is, and which errors mean that there is none or that nothing may be written."""

import errno
import os
from pathlib import Path

#: Kept free where the settings do not say how much: this share of a disk, and at most so many bytes.
_SHARE, _MOST = 0.05, 2**30

#: What a full disk or quota answers, and a disk that may not or cannot be written.
_FULL = {errno.ENOSPC, errno.EDQUOT}
_UNWRITABLE = {errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.EFBIG}


def cannot_write(error: OSError) -> bool:
    """Whether this is how a disk answers that is full, read-only, forbidden or broken."""
    return error.errno in _FULL | _UNWRITABLE


def is_full(error: BaseException) -> bool:
    """Whether this error, or what caused it, says that a disk or a quota is full."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in _FULL:
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def shortage(folder: Path, least: int | None, wanted: int = 0) -> str | None:
    """Why `wanted` more bytes should not be written below `folder`; None when there is room.

    `least` bytes are to stay free; None is 5 % of the disk, at most 1 GiB. The folder need not exist yet.
    """
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        disk = os.statvfs(folder)
    except OSError as error:
        return f"it cannot be looked at: {error.strerror}"
    if disk.f_flag & os.ST_RDONLY:
        return "it is read-only"
    total, free = disk.f_blocks * disk.f_frsize, disk.f_bavail * disk.f_frsize
    kept = min(_MOST, int(_SHARE * total)) if least is None else least
    if free - wanted < kept:
        more = f" and {wanted} more are wanted" if wanted else ""
        return f"{free} bytes are free{more}, and {kept} are to stay free (TREMOR_MIN_FREE_BYTES)"
    if disk.f_files and not disk.f_favail:
        return "it takes no more files (no inode is free)"
    return None
