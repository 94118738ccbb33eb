"""The stage `replay`: kept examples of one network, tried on another."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from openapi.models import InputSpec
from openapi.problems import DatasetMismatch
from openapi.stages.base import Stage
from openapi.stages.replay import replayed
from tests.workers.hardening.nets import TinyNet, shipped
from workers.jobs import replay
from workers.jobs.context import JobContext
from workers.jobs.running import run_stage
from workers.models.export import write_torchscript
from workers.models.from_module import audit_module

SPEC = InputSpec(shape=(1, 28, 28))
N = 40


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("replay")
    x, y = shipped("holdout", N)[0], np.zeros(N, np.int64)
    np.save(folder / "x.npy", x)
    write_torchscript(audit_module(network(), SPEC), folder / "model.pt")
    rng = np.random.default_rng(1)
    for i, name in enumerate(("one", "two")):
        index = np.arange(N)[i::2]
        noisy = np.clip(x[index] / np.float32(255) + rng.normal(0, 0.3, x[index].shape), 0, 1).astype(np.float32)
        with torch.no_grad():
            predicted = network()(torch.from_numpy(noisy)).argmax(1).numpy()
        y[index] = (predicted + np.arange(len(index)) % 3) % 10  # every third example is classified correctly
        np.savez(folder / f"{name}.npz", x=noisy, index=index, label=y[index], success=rng.random(len(index)) < 0.6)
    np.save(folder / "y.npy", y)
    return folder


def network() -> TinyNet:
    torch.manual_seed(0)
    return TinyNet().eval()


def run(folder: Path, scratch: Path, **params: Any) -> dict[str, Any]:
    attacks = [{"id": name, "threat_model": "linf eps=0.1"} for name in ("one", "two")]
    inputs = {"x": folder / "x.npy", "y": folder / "y.npy", "model": folder / "model.pt"}
    inputs |= {replayed(i): folder / f"{name}.npz" for i, name in enumerate(("one", "two"))}
    contract = {"format": "torchscript", "input": SPEC.model_dump(mode="json")}
    scratch.mkdir()
    ctx = JobContext(inputs, {"model": contract, "attacks": attacks, "start": 0, "stop": N, **params}, scratch)
    return run_stage(Stage.REPLAY, ctx)


def still_fooled(folder: Path, name: str) -> tuple[int, set[int]]:
    """The same with plain torch."""
    with np.load(folder / f"{name}.npz") as kept, torch.no_grad():
        chosen = kept["success"]
        predicted = network()(torch.from_numpy(kept["x"][chosen])).argmax(1).numpy()
        wrong = predicted != kept["label"][chosen]
        return int(chosen.sum()), set(kept["index"][chosen][wrong].tolist())


def test_successes_are_tried_and_counted(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = {name: still_fooled(folder, name) for name in ("one", "two")}
    assert all(0 < len(wrong) < n for n, wrong in counts.values()), "some of both"
    expected = {
        "evaluated": N,
        "attacks": [
            {"id": name, "threat_model": "linf eps=0.1", "n": n, "still_fooled": len(wrong)}
            for name, (n, wrong) in counts.items()
        ],
        "threats": [{"threat_model": "linf eps=0.1", "fooled": len(counts["one"][1] | counts["two"][1])}],
    }
    assert run(folder, tmp_path / "whole") == expected
    monkeypatch.setattr(replay, "_AT_ONCE", 7)
    assert run(folder, tmp_path / "pieces") == expected


def test_only_evaluated_samples_count_for_a_threat_model(folder: Path, tmp_path: Path) -> None:
    both = still_fooled(folder, "one")[1] | still_fooled(folder, "two")[1]
    few = run(folder, tmp_path / "few", stop=10)
    assert (few["evaluated"], few["threats"][0]["fooled"]) == (10, len({i for i in both if i < 10}))
    listed = sorted(both)[:2]
    choice = {"kind": "indices", "indices": listed}
    assert run(folder, tmp_path / "listed", choice=choice, stop=2)["threats"][0]["fooled"] == 2


def test_labels_are_those_of_this_model(folder: Path, tmp_path: Path) -> None:
    """Its logits may have another order: the data set as it was prepared says what is right."""
    turned = tmp_path / "turned"
    turned.mkdir()
    for file in folder.iterdir():
        (turned / file.name).symlink_to(file)
    (turned / "y.npy").unlink()
    np.save(turned / "y.npy", np.full(N, 10))  # a class that the network never says
    found = run(turned, tmp_path / "run")
    assert [a["still_fooled"] for a in found["attacks"]] == [a["n"] for a in found["attacks"]]


def test_examples_of_another_shape_are_refused(folder: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros((N, 3, 28, 28), np.uint8))
    with pytest.raises(DatasetMismatch, match="1×28×28, and this model takes 3×28×28"):
        list(replay.fooling(folder / "one.npz", (3, 28, 28)))
