"""A malicious file as the tests know it, and how a module lists its own."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Make = Callable[[Path], bytes]


@dataclass(frozen=True)
class Malice:
    """A malicious file: `make(outside)` gives its bytes; it must end with a problem of type `slug` that says `says`."""

    make: Make
    kind: Literal["models", "datasets"]
    slug: str
    says: str
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The function's name."""
        return self.make.__name__.strip("_")


def listing(files: list[Malice], kind: Literal["models", "datasets"]) -> Callable[..., Callable[[Make], Make]]:
    """A decorator for functions that make files of one kind: it enters them, with their slug and what it says."""

    def listed(slug: str, says: str, **metadata: Any) -> Callable[[Make], Make]:
        def enter(make: Make) -> Make:
            files.append(Malice(make, kind, slug, says, metadata))
            return make

        return enter

    return listed


class Payload:
    """Makes a file when it is unpickled."""

    def __init__(self, outside: Path) -> None:
        self._command = f"touch {outside / 'written'}"

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (self._command,)
