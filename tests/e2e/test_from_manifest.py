"""A hardening that is run again from its manifest comes out with the same bits, file by file."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from service.embedded import EmbeddedService
from tests.e2e.client import DEMO
from tests.e2e.conftest import forget_results
from tests.e2e.test_command import INPUT, Command, tremor

__all__ = ["tremor"]

#: With all that draws numbers, and epochs that a clock has planned.
OPTIONS = {
    "selection": "dynamic", "averaging": 0.9, "awp": 0.005, "validation": 0.2, "steps": 2,
    "augment": ["flip", "crop", "cutmix"], "pairs": 20, "batch_size": 20, "choose_by": "mean",
    "goal": {"clean_drop": 0.1}, "budget": {"seconds": 3}, "exports": {"opset": 21, "pt2": True, "int8": True},
}  # fmt: skip


def test_every_checkpoint_has_the_same_bits(
    service: EmbeddedService, tremor: Callable[..., Command], tmp_path: Path
) -> None:
    with np.load(DEMO / "train.npz") as data:
        np.savez(tmp_path / "train.npz", x=data["x"][:100], y=data["y"][:100])
    files = [str(DEMO / "small_vgg.onnx"), str(tmp_path / "train.npz"), *INPUT]
    asked = [part for name, value in OPTIONS.items() for part in ("--set", f"{name}={json.dumps(value)}")]
    code, _, said = tremor("harden", *files, *asked, "--seed", "7", "--out", "first").end()
    assert code == 0, said
    forget_results(service)
    code, _, said = tremor("harden", *files, "--from-manifest", "first/manifest.json", "--out", "again").end()
    assert code == 0, said
    names = ["hardened.onnx", "hardened.pt", "hardened.pt2", "hardened.safetensors", "hardened.int8.onnx"]
    for name in names:
        assert f"{name}: the same bits as the manifest's" in said
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()
    first, again = (json.loads((tmp_path / folder / "manifest.json").read_text()) for folder in ("first", "again"))
    assert [line["seconds"] for line in first["epochs"]] != [line["seconds"] for line in again["epochs"]], "it ran"
    assert first["decided"]["plan"]["epochs"] == again["config"]["epochs"]
