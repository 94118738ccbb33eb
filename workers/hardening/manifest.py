"""What a hardening leaves beside its checkpoints: where they come from, and how to tell that they are unchanged."""

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

_PACKAGES = ("torch", "numpy", "onnx", "onnx2torch", "onnxruntime", "safetensors", "tremor")


def sha256_of(path: Path) -> str:
    """The sha256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def versions() -> dict[str, str]:
    """Python's version and those of the packages that numbers depend on."""
    return {"python": platform.python_version()} | {name: version(name) for name in _PACKAGES}


def write_manifest(path: Path, content: Mapping[str, Any], checkpoints: Mapping[str, Path]) -> None:
    """Write `content` as JSON, with the versions and each checkpoint's name, size and sha256 under ``files``."""
    files = {
        key: {"name": file.name, "size": file.stat().st_size, "sha256": sha256_of(file)}
        for key, file in checkpoints.items()
    }
    body = {**content, "versions": versions(), "files": files}
    path.write_text(json.dumps(body, indent=2, sort_keys=True, allow_nan=False) + "\n", encoding="utf-8")


def write_lines(path: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    """Write one JSON object a line."""
    path.write_text("".join(json.dumps(line, allow_nan=False) + "\n" for line in lines), encoding="utf-8")
