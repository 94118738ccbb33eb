"""`tremor harden --from-manifest`: what it takes, what it refuses, and what it says of the bits."""

import hashlib
import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from openapi.hardening_options import HardenOptions
from service.cli.harden import harden
from service.cli.manifests import check_sources, compared, read_manifest, recipe


def manifest(folder: Path, **changes: Any) -> dict[str, Any]:
    """A manifest of a hardening of ``model.pt`` on ``train.npz``, both of which are there."""
    (folder / "model.pt").write_bytes(b"model")
    (folder / "train.npz").write_bytes(b"train")
    found = {
        "schema": "tremor-hardening-1",
        "config": HardenOptions(epochs=2, averaging=0.9).model_dump(mode="json", by_alias=True),
        "seed": 7,
        "parent": {"name": "model.pt", "sha256": hashlib.sha256(b"model").hexdigest()},
        "dataset": {"name": "train.npz", "sha256": hashlib.sha256(b"train").hexdigest()},
        "input": {"shape": [1, 28, 28]},
        "device": "cpu",
        "threads": 1,
        "versions": {"torch": "2.13.0"},
        "files": {"onnx": {"name": "hardened.onnx", "sha256": "aa"}},
    } | changes
    (folder / "manifest.json").write_text(json.dumps(found))
    return found


def test_the_recipe_is_the_request_of_the_manifests_hardening(tmp_path: Path) -> None:
    request = recipe(manifest(tmp_path))
    assert HardenOptions.model_validate({k: v for k, v in request.items() if k != "seed"}) == HardenOptions(
        epochs=2, averaging=0.9
    )
    assert request["seed"] == 7
    assert "train_dataset_id" not in request


def test_only_the_manifests_own_files_are_taken(tmp_path: Path) -> None:
    found = manifest(tmp_path)
    check_sources(found, tmp_path / "model.pt", tmp_path / "train.npz")
    check_sources(found, tmp_path / "model.pt", tmp_path)  # a folder's hash depends on how it is packed
    with pytest.raises(click.UsageError, match=r"TRAIN is not the file of the manifest \(train.npz"):
        check_sources(found, tmp_path / "model.pt", tmp_path / "model.pt")


def test_bits_are_compared_and_what_differs_is_named(tmp_path: Path) -> None:
    found = manifest(tmp_path)
    assert compared(found, found) == ["hardened.onnx: the same bits as the manifest's"]
    other = found | {
        "files": {"onnx": {"name": "hardened.onnx", "sha256": "bb"}}, "threads": 2, "versions": {"torch": "2.14.0"},
    }  # fmt: skip
    assert compared(found, other) == [
        "hardened.onnx: other bits than the manifest's",
        "the runs differ: torch 2.13.0 then, 2.14.0 now",
        "the runs differ: threads 1 then, 2 now",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "cannot be read"), ("{", "is no JSON"), ('{"schema": "x"}', "is no manifest"), ("[]", "is no manifest")],
)
def test_another_file_is_refused(tmp_path: Path, content: str | None, message: str) -> None:
    path = tmp_path / "given.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(click.BadParameter, match=message):
        read_manifest(str(path))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--seed", "3"], "leave --seed out"),
        (["--set", "epochs=3"], "leave --set out"),
        (["--method", "pat"], "leave --method out"),
    ],
)
def test_the_manifest_leaves_no_room_for_options_of_its_own(tmp_path: Path, more: list[str], message: str) -> None:
    manifest(tmp_path)
    files = [str(tmp_path / name) for name in ("model.pt", "train.npz")]
    given = ["--from-manifest", str(tmp_path / "manifest.json"), "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(harden, [*files, *given, *more])
    assert result.exit_code == 2
    assert message in result.output


def test_a_wrong_number_in_a_manifest_is_named(tmp_path: Path) -> None:
    found = manifest(tmp_path)
    manifest(tmp_path, config=found["config"] | {"lr": -1})
    files = [str(tmp_path / name) for name in ("model.pt", "train.npz")]
    given = ["--from-manifest", str(tmp_path / "manifest.json"), "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(harden, [*files, *given])
    assert result.exit_code == 2
    assert "--from-manifest: lr" in result.output
