"""What sandbox this machine gives: ``python -m workers.sandbox.probe`` prints it as one JSON object and ends.

It confines itself as a job would, in a process of its own, and imports nothing heavy: a worker asks before it starts.
"""

import json
import os
import sys
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from openapi.wire.folders import OwnFolder
from openapi.wire.settings import Settings
from workers.sandbox import confine
from workers.sandbox.confine import Level


class Found(BaseModel):
    """The level, the layers that hold, and why the others do not."""

    model_config = ConfigDict(frozen=True)

    level: Level
    layers: tuple[str, ...]
    missing: dict[str, str]


def wanted_layers(settings: Settings) -> tuple[str, ...]:
    """The sandbox layers that the settings ask for."""
    if settings.sandbox == "off":
        return ()
    return confine.LAYERS if settings.sandbox_layers is None else settings.sandbox_layers


def probe(layers: tuple[str, ...]) -> Found:
    """Confine a fork of this single-threaded process with `layers` and say what came of it."""
    with OwnFolder("tremor-probe-") as folder:
        ours, theirs = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                os.write(theirs, _confined(folder.path, layers).model_dump_json().encode())
            finally:
                os._exit(0)
        os.close(theirs)
        with os.fdopen(ours, "rb") as answer:
            said = answer.read()
        os.waitpid(pid, 0)
    if not said:
        return Found(
            level="limits", layers=(), missing=dict.fromkeys(layers, "the attempt to confine a process failed")
        )
    return Found.model_validate_json(said)


def _confined(folder: Path, layers: tuple[str, ...]) -> Found:
    scratch, root = folder / "scratch", folder / "root"
    scratch.mkdir()
    root.mkdir()
    tree = confine.Tree(confine.program_files(), (scratch,), root, (Path("/dev/null"),))
    done = confine.confine(tree, layers)
    return Found(level=done.level, layers=tuple(done.layers), missing=done.missing)


def main() -> int:
    """Print what there is; 1 with the reason on standard error when the settings require more."""
    settings = Settings()
    found = probe(wanted_layers(settings))
    print(json.dumps(found.model_dump()))
    reason = confine.shortfall(found.level, found.missing) if settings.sandbox == "required" else None
    if reason is not None:
        print(reason, file=sys.stderr)
    return 0 if reason is None else 1


if __name__ == "__main__":
    sys.exit(main())
