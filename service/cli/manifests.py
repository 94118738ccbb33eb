"""Running a hardening again from the manifest that it left, and whether it came out with the same bits."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from service.cli.client import Json

_SCHEMA = "tremor-hardening-1"
#: What stands in a manifest's config and in no request: the training set is given anew.
_NOT_ASKED = ("train_dataset_id",)


def read_manifest(text: str) -> Json:
    """The manifest in a file; `BadParameter` says what is wrong with it."""
    path = Path(text)
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise click.BadParameter(f"{text} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise click.BadParameter(f"{text} is no JSON: give the manifest.json that a hardening left") from error
    if not isinstance(found, dict) or found.get("schema") != _SCHEMA or not isinstance(found.get("config"), dict):
        raise click.BadParameter(f"{text} is no manifest of a hardening ({_SCHEMA})")
    return found


def recipe(manifest: Mapping[str, Any]) -> Json:
    """The request that the manifest's hardening was made by, without ids."""
    config = {name: value for name, value in manifest["config"].items() if name not in _NOT_ASKED}
    return {**config, "seed": manifest.get("seed", 0)}


def check_sources(manifest: Mapping[str, Any], model: Path, train: Path) -> None:
    """Refuse other files than the manifest names; a folder's hash depends on how it is packed and is not compared."""
    for path, key, what in ((model, "parent", "MODEL"), (train, "dataset", "TRAIN")):
        wanted = manifest.get(key, {}).get("sha256")
        if not wanted or path.is_dir():
            continue
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != wanted:
            name = manifest[key].get("name") or "another file"
            raise click.UsageError(
                f"{what} is not the file of the manifest ({name}, sha256 {wanted[:12]}…): {path} has {found[:12]}…"
            )


def compared(manifest: Mapping[str, Any], again: Mapping[str, Any]) -> list[str]:
    """A line a checkpoint: whether it came out with the same bits, and what differs between the two runs if not."""
    before, after = manifest.get("files", {}), again.get("files", {})
    lines = []
    for key in sorted(before.keys() & after.keys()):
        same = before[key]["sha256"] == after[key]["sha256"]
        lines.append(f"{after[key]['name']}: {'the same bits as' if same else 'other bits than'} the manifest's")
    if any("other bits" in text for text in lines):
        lines += [f"the runs differ: {text}" for text in _differences(manifest, again)]
    return lines


def _differences(manifest: Mapping[str, Any], again: Mapping[str, Any]) -> list[str]:
    versions, now = manifest.get("versions", {}), again.get("versions", {})
    found = [
        f"{name} {versions.get(name)} then, {now.get(name)} now"
        for name in sorted(versions.keys() | now.keys())
        if versions.get(name) != now.get(name)
    ]
    return found + [
        f"{name} {manifest.get(name)} then, {again.get(name)} now"
        for name in ("device", "threads")
        if manifest.get(name) != again.get(name)
    ]
