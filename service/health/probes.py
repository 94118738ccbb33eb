"""The probes of readiness: side by side, each with a deadline, and never a second one beside one that hangs."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict
from sqlalchemy.engine import make_url

from openapi.problems import InsufficientStorage
from openapi.wire.disks import shortage
from openapi.wire.settings import Settings
from openapi.wire.stores import local_root

#: Whoever asks for readiness gives up soon (Kubernetes after a second, unless told otherwise).
DEADLINE_SECONDS = 2.0

Work = Callable[[], Coroutine[Any, Any, Any]]
T = TypeVar("T")


class Late(Exception):
    """A part has not answered within the deadline."""


class Part(BaseModel):
    """One thing that the service stands on."""

    model_config = ConfigDict(frozen=True)

    status: Literal["ok", "failed"]
    detail: str | None = None
    milliseconds: float


class Probes:
    """Runs probes by name; what one of them raises is why it failed."""

    def __init__(self, deadline: float = DEADLINE_SECONDS) -> None:
        self._deadline = deadline
        self._running: dict[str, asyncio.Task[Any]] = {}

    async def run(self, works: Mapping[str, Work]) -> dict[str, Part]:
        """All parts, after the deadline at the latest."""
        parts = await asyncio.gather(*(self._part(name, work) for name, work in works.items()))
        return dict(zip(works, parts, strict=True))

    async def _part(self, name: str, work: Work) -> Part:
        begin = time.perf_counter()
        detail = await self._detail(name, work)
        spent = round((time.perf_counter() - begin) * 1000, 1)
        return Part(status="ok" if detail is None else "failed", detail=detail, milliseconds=spent)

    async def _detail(self, name: str, work: Work) -> str | None:
        try:
            await self.result(name, work)
        except Late as late:
            return str(late)
        except Exception as error:
            return f"{type(error).__name__}: {error}"[:2000]
        return None

    async def result(self, name: str, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What the work gives, which may have been begun for another who asks. Raises what it raises, and `Late`."""
        late = f"no answer within {self._deadline:g} s"
        end = time.monotonic() + self._deadline
        task = self._running.get(name)
        if task is not None and task.cancelling() and not await _ended(task, end):
            raise Late(late)  # it was given up and does not end: another would hang beside it
        if task is None or task.done():
            task = self._running[name] = asyncio.create_task(work(), name=f"check-{name}")
            task.add_done_callback(_seen)
        if not await _ended(task, end):
            task.cancel()
            raise Late(late)
        if task.cancelled():
            raise Late(late)
        found: T = task.result()
        return found


async def _ended(task: asyncio.Task[Any], end: float) -> bool:
    done, _ = await asyncio.wait({task}, timeout=max(0.0, end - time.monotonic()))
    return bool(done)


def _seen(task: asyncio.Task[Any]) -> None:
    """Take note of an error that nobody waits for any more."""
    if not task.cancelled():
        task.exception()


def local_folders(settings: Settings) -> dict[str, Path]:
    """The folders of this machine that the service writes, by what lies there."""
    found = {"uploads": local_root(settings) or settings.spool_dir}
    database = make_url(settings.sqlalchemy_url)
    if database.get_backend_name() == "sqlite" and database.database:
        found["database"] = Path(database.database).parent
    return found


def check_disks(settings: Settings) -> None:
    """Raise `InsufficientStorage` when a disk of the service is full, nearly full, or read-only."""
    short = {
        what: reason
        for what, folder in local_folders(settings).items()
        if (reason := shortage(folder, settings.min_free_bytes)) is not None
    }
    if short:
        raise InsufficientStorage("; ".join(f"the disk of {what}: {reason}" for what, reason in short.items()))
