"""What every registry can do for us, whatever its kind: a file of its own behind this interface."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from openapi.base import JsonObject
from openapi.models import ModelMetadata
from openapi.problems import Problem, TremorError
from openapi.wire.settings import Settings
from openapi.wire.spool import spooled
from service.integrations.config import Config


class Gone(Exception):
    """The registry has no such version any more."""


class NotYet(Exception):
    """The registry does not answer, or not well: to be tried again."""


class VersionRefused(TremorError):
    """A version that cannot be audited, with what to do about it."""

    slug = "model-rejected"


@dataclass(frozen=True)
class Version:
    """A version of a registered model. It is audited once for each `again`; `told` is what its event said besides."""

    model: str
    version: str
    again: str = ""
    told: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class Artifact:
    """The file of a version, as it is uploaded here, and what the registry says of it."""

    path: Path
    filename: str
    metadata: ModelMetadata = field(default_factory=ModelMetadata)
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Hardened:
    """A hardened checkpoint in the format of the uploaded file; `write` puts it into a file."""

    hardening_id: str
    filename: str
    headline: Mapping[str, str]
    write: Callable[[Path], Awaitable[None]]


@dataclass(frozen=True)
class Outcome:
    """What an audit came to. `headline` are its numbers as text, by name."""

    status: str
    verdict: str | None = None
    headline: Mapping[str, str] = field(default_factory=dict)
    audit_id: str | None = None
    report: str | None = None
    problem: Problem | None = None
    hardened: Hardened | None = None


class Spool:
    """New files in the store's spool, for as long as the block runs; what a killed process leaves is swept."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder, self.most_bytes = folder, most_bytes
        self._stack = ExitStack()

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def new(self) -> Path:
        """An empty file."""
        path, _ = self._stack.enter_context(spooled(self._folder))
        return path


class Registry(ABC):
    """A registry. Methods that ask it raise `NotYet` where it does not answer, `Gone` for what it does not have."""

    def __init__(self, config: Config, settings: Settings) -> None:
        self.config, self.settings = config, settings

    @abstractmethod
    def read_event(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Version | None:
        """The version that an event asks to audit; None where it is of something else.

        `headers` have small names. Raises `Unauthorized` unless it is the registry's, and fresh.
        """

    @abstractmethod
    def versions(self) -> AsyncIterator[Version]:
        """Every version that is to be audited, whether its event has come or not."""

    @abstractmethod
    async def fetch(self, version: Version, spool: Spool) -> Artifact:
        """The version's file. Raises `VersionRefused` where it has none that can be audited."""

    @abstractmethod
    async def report(self, version: Version, outcome: Outcome, spool: Spool) -> None:
        """Write back what was found. The same again changes nothing, whatever a try before had come to."""

    async def close(self) -> None:
        """Close its connections."""
        return
