"""The attack stage on real files: slices add up, files hold what the report needs."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from openapi.attacks import Pgd, Square
from openapi.problems import NotDifferentiable
from openapi.stages.base import Stage
from openapi.wire.jobs import Pace
from openapi.wire.settings import Gradients
from tests.workers.attacks.nets import small_cnn
from tests.workers.attacks.recorders import Rerunning
from workers.attacks.engine.replay import RECORDERS
from workers.jobs.context import JobContext
from workers.jobs.running import run_stage

pytestmark = pytest.mark.slow


@pytest.fixture
def inputs(tmp_path: Path) -> dict[str, Path]:
    model = small_cnn().eval()
    x = torch.randint(0, 256, (40, 1, 8, 8), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        y = model(x.float() / 255).argmax(1)
    y[::10] = (y[::10] + 1) % 4  # four that the model gets wrong
    torch.jit.trace(model, torch.rand(1, 1, 8, 8)).save(str(tmp_path / "model.pt"))
    np.save(tmp_path / "x.npy", x.numpy())
    np.save(tmp_path / "y.npy", y.numpy())
    return {"model": tmp_path / "model.pt", "x": tmp_path / "x.npy", "y": tmp_path / "y.npy"}


def job(inputs: dict[str, Path], scratch: Path, spec: Any, start: int, stop: int, **execution: Any) -> Any:
    scratch.mkdir()
    params = {
        "model": {"format": "torchscript", "input": {"shape": [1, 8, 8]}},
        "attack": spec.model_dump(mode="json"),
        "start": start,
        "stop": stop,
        "seed": 3,
        "keep_examples": True,
    }
    ctx = JobContext(inputs=inputs, params=params, scratch=scratch, execution=Pace(**execution))
    value = run_stage(Stage.ATTACK, ctx)
    return value, {
        k: dict(np.load(f.path)) if f.format == "npz" else json.loads(f.path.read_text()) for k, f in ctx.files.items()
    }


def test_the_table_says_when_gradients_were_rough(inputs: dict[str, Path], tmp_path: Path) -> None:
    params = {
        "model": {"format": "torchscript", "input": {"shape": [1, 8, 8]}},
        "attack": Pgd(eps=0.02, steps=4).model_dump(mode="json"),
        "start": 0,
        "stop": 40,
    }
    ways: tuple[tuple[Gradients, str | None], ...] = (("float32", None), ("bfloat16", "bfloat16"))
    for gradients, said in ways:
        (tmp_path / gradients).mkdir()
        ctx = JobContext(inputs=inputs, params=params, scratch=tmp_path / gradients, gradients=gradients)
        assert run_stage(Stage.ATTACK, ctx)["figures"].get("gradients") == said


def test_the_table_says_whether_passes_were_replayed(
    inputs: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RECORDERS, "cpu", Rerunning)
    params = {
        "model": {"format": "torchscript", "input": {"shape": [1, 8, 8]}},
        "attack": Pgd(eps=0.02, steps=10).model_dump(mode="json"),
        "start": 0,
        "stop": 40,
    }
    off = run_stage(Stage.ATTACK, JobContext(inputs=inputs, params=params, scratch=tmp_path))["figures"]
    assert "cuda_graphs" not in off
    on = run_stage(Stage.ATTACK, JobContext(inputs=inputs, params=params, scratch=tmp_path, cuda_graphs="on"))[
        "figures"
    ]
    assert on.pop("cuda_graphs") > 0
    assert on == off


def test_slices_add_up_to_the_whole(inputs: dict[str, Path], tmp_path: Path) -> None:
    spec = Pgd(eps=0.02, steps=4)
    value, files = job(inputs, tmp_path / "all", spec, 0, 40)
    assert value["clean_correct"] == value["attacked"] == 36
    assert value["num_classes"] == 4
    assert value["randomised"] is False
    assert 0 < value["success"] < 36
    parts = [
        job(inputs, tmp_path / f"part{i}", spec, a, b, batch_size=5)
        for i, (a, b) in enumerate([(0, 13), (13, 27), (27, 40)])
    ]
    for key in ("success", "attacked", "forward_passes", "backward_passes"):
        assert sum(v[key] for v, _ in parts) == value[key]
    samples = files["samples"]
    assert (samples["index"] == np.arange(40)).all()
    for key in ("success", "predicted", "adv_predicted", "label"):
        assert (np.concatenate([f["samples"][key] for _, f in parts]) == samples[key]).all()
    for label, counts in value["by_class"].items():
        of = samples["label"] == int(label)
        assert counts == [int(of.sum()), int(samples["correct"][of].sum()), int(samples["success"][of].sum())]
    assert sum(counts[0] for counts in value["by_class"].values()) == 40
    examples = files["examples"]
    x = np.load(inputs["x"]).astype(np.float32) / np.float32(255)
    assert examples["x"].dtype == np.float32
    assert np.abs(examples["x"] - x).max() <= 0.02
    distance = np.abs(examples["x"].astype(np.float64) - x).max((1, 2, 3))
    np.testing.assert_allclose(distance[samples["success"]], samples["distance"][samples["success"]], rtol=1e-9)
    original = torch.jit.load(str(inputs["model"]))
    with torch.no_grad():
        predicted = original(torch.from_numpy(examples["x"])).argmax(1).numpy()
    assert (predicted != samples["label"])[samples["success"]].all()
    worst = files["worst"]
    confident = samples["confidence"][samples["success"]]
    assert worst[0]["confidence"] == confident.max()
    assert all(samples["success"][e["index"]] and samples["label"][e["index"]] == e["label"] for e in worst)
    assert {e["index"] for e in worst} <= {e["index"] for _, f in parts for e in f["worst"]}


def test_queries_are_reported(inputs: dict[str, Path], tmp_path: Path) -> None:
    _, files = job(inputs, tmp_path / "s", Square(eps=0.02, queries=30), 0, 20)
    q = files["samples"]["queries"]
    attacked = files["samples"]["attacked"]
    assert (q[attacked] >= 1).all()
    assert (q[~attacked] == -1).all()


def test_a_white_box_attack_on_a_model_without_gradient(
    inputs: dict[str, Path], tmp_path: Path, monkeypatch: Any
) -> None:
    from workers.models.audited import AuditedModel

    class Opaque(AuditedModel):
        def __init__(self, model: AuditedModel) -> None:
            self.__dict__.update(model.__dict__)
            self.differentiable = False

    from workers.models.load import load_contract

    monkeypatch.setattr("workers.jobs.attack.load_contract", lambda *a: Opaque(load_contract(*a)))
    with pytest.raises(NotDifferentiable, match="black-box"):
        job(inputs, tmp_path / "w", Pgd(), 0, 4)
    value, _ = job(inputs, tmp_path / "b", Square(eps=0.02, queries=5), 0, 4)
    assert value["backward_passes"] == 0
