"""Logs that do not fill the disk: copied away and emptied while their processes go on writing at the end."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

_LARGEST, _KEPT = 32 * 2**20, 3


def rotate(log: Path, largest: int = _LARGEST, kept: int = _KEPT) -> bool:
    """Move a log's content to ``.log.1`` when it is larger than `largest` bytes, older ones one further.

    Its writers must have opened it for appending. A line that is written between copying and emptying is lost, which is
    a moment; the alternative, to reopen, is not for programs that only have their standard error.
    """
    with suppress(OSError):  # the disk is full, or somebody tidies up: the log stays as it is
        if log.stat().st_size <= largest:
            return False
        for number in range(kept, 1, -1):
            older = log.with_suffix(f".log.{number - 1}")
            if older.exists():
                older.replace(log.with_suffix(f".log.{number}"))
        shutil.copyfile(log, log.with_suffix(".log.1"))
        os.truncate(log, 0)
        return True
    return False
