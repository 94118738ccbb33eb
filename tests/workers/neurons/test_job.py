"""The stage `neurons` on a file: batches, slices and artifacts."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from openapi.models import InputSpec
from openapi.stages.base import Stage
from openapi.wire.jobs import Pace
from tests.workers.neurons.nets import SmallNet
from workers.jobs.context import JobContext
from workers.jobs.neurons import rows_at_once
from workers.jobs.running import run_stage
from workers.models.load import load_model
from workers.neurons.ranking import finish, sensitivity
from workers.neurons.sums import SensitivitySums, merge_sums

pytestmark = pytest.mark.slow

N, EPS = 20, 0.05
SPEC = InputSpec(shape=(1, 8, 8))
Run = Callable[..., tuple[dict[str, Any], JobContext[Any]]]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("inputs")
    rng = np.random.default_rng(0)
    np.save(folder / "x.npy", rng.integers(0, 256, (N, 1, 8, 8), dtype=np.uint8))
    np.save(folder / "y.npy", rng.integers(0, 3, N))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.trace(SmallNet().eval(), torch.rand(2, 1, 8, 8)).save(str(folder / "model.pt"))
    return {"model": folder / "model.pt", "x": folder / "x.npy", "y": folder / "y.npy"}


@pytest.fixture
def run_slice(files: dict[str, Path], tmp_path: Path) -> Run:
    def call(start: int = 0, stop: int = N, batch_size: int | None = None, keep: bool = False, **neurons: Any) -> Any:
        scratch = tmp_path / f"{start}-{stop}-{batch_size}"
        scratch.mkdir(exist_ok=True)
        params = {
            "model": {"format": "torchscript", "input": {"shape": [1, 8, 8]}},
            "neurons": {"eps": EPS, "steps": 3, **neurons},
            "start": start,
            "stop": stop,
            "seed": 1,
            "keep_examples": keep,
        }
        ctx = JobContext(files, params, scratch, execution=Pace(batch_size=batch_size or None))
        return run_stage(Stage.NEURONS, ctx), ctx

    return call


def sums(result: tuple[dict[str, Any], JobContext[Any]]) -> SensitivitySums:
    return SensitivitySums.load(result[1].files["sums"].path)


def same(a: SensitivitySums, b: SensitivitySums) -> None:
    assert (a.n, a.names) == (b.n, b.names)
    for name in a.names:
        np.testing.assert_allclose(sensitivity(a.layer(name)), sensitivity(b.layer(name)), rtol=1e-4)


def test_all_layers_are_profiled_in_one_pass(run_slice: Run) -> None:
    value, ctx = run_slice()
    assert (value["n"], len(value["layers"])) == (N, 4)
    assert set(value["taps"].values()) == {"conv"}
    merged = SensitivitySums.load(ctx.files["sums"].path)
    model = load_model(ctx.inputs["model"], "torchscript", SPEC)
    layers = finish(merged, model.layers)
    assert [layer.neurons for layer in layers] == [8, 12, 16, 3]
    assert all(layer.sensitivity["max"] > 0 for layer in layers)


@pytest.mark.parametrize("batch_size", [1, 7, 64])
def test_batch_size_does_not_matter(run_slice: Run, batch_size: int) -> None:
    same(sums(run_slice(batch_size=batch_size)), sums(run_slice()))


def test_three_shards_are_one(run_slice: Run) -> None:
    shards = [sums(run_slice(a, b)) for a, b in ((0, 7), (7, 8), (8, N))]
    same(merge_sums(shards), sums(run_slice()))


def test_max_samples_counts_from_the_start_of_the_data_set(run_slice: Run) -> None:
    shards = [sums(run_slice(a, b, max_samples=9)) for a, b in ((0, 7), (7, 14), (14, N))]
    assert [s.n for s in shards] == [7, 2, 0]
    same(merge_sums(shards), sums(run_slice(0, 9)))


def test_pairs_are_kept_on_request(run_slice: Run, files: dict[str, Path]) -> None:
    assert "pairs" not in run_slice()[1].files
    _, ctx = run_slice(5, 12, batch_size=3, keep=True)
    with np.load(ctx.files["pairs"].path) as pairs:
        x, x_adv, index = pairs["x"], pairs["x_adv"], pairs["index"]
    assert (x.dtype, x_adv.dtype, x_adv.shape) == (np.float32, np.float32, (7, 1, 8, 8))
    np.testing.assert_array_equal(index, np.arange(5, 12))
    np.testing.assert_array_equal(x, np.load(files["x"])[5:12].astype(np.float32) / 255)
    distance = np.abs(x_adv.astype(np.float64) - x).max((1, 2, 3))
    assert (distance <= EPS).all()
    assert (distance > 0.5 * EPS).all()
    assert sorted(p.name for p in ctx.scratch.iterdir()) == ["pairs.npz", "sums.npz"]


def test_a_slice_beyond_max_samples_leaves_empty_pairs(run_slice: Run) -> None:
    value, ctx = run_slice(10, N, keep=True, max_samples=4)
    assert value["n"] == 0
    with np.load(ctx.files["pairs"].path) as pairs:
        assert len(pairs["index"]) == len(pairs["x"]) == 0


def test_sigma_grows_with_eps(run_slice: Run) -> None:
    small, large = sums(run_slice(eps=0.01)), sums(run_slice(eps=0.1))
    for name in small.names:
        assert sensitivity(large.layer(name)).mean() > 2 * sensitivity(small.layer(name)).mean()


def test_activations_can_be_tapped(run_slice: Run) -> None:
    value, _ = run_slice(tap="act")
    assert list(value["taps"].values()) == ["act", "act", "act", "conv"]


def test_rows_at_once_follow_the_activations(run_slice: Run, files: dict[str, Path]) -> None:
    model = load_model(files["model"], "torchscript", SPEC)
    assert rows_at_once(model.layers, "cpu") == 128
    huge = tuple(layer.model_copy(update={"shape": (64, 1000, 1000)}) for layer in model.layers)
    assert rows_at_once(huge, "cpu") == 2  # a single image would be read twice
