"""The artifact of an explanation beside the model's file: effects recomputed by onnxruntime alone."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn

from openapi.analyses.explain import EXPLAIN, ExplainFile, ExplainParams
from openapi.attacks import Pgd
from openapi.models import InputSpec
from openapi.stages.model_contract import ModelContract
from workers.analyses.explain import run
from workers.jobs.context import JobContext


def written(path: Path, x: torch.Tensor) -> nn.Sequential:
    """A small net on (3, 7, 7) images, its logits centred on x, and its ONNX file."""
    with torch.random.fork_rng():
        torch.manual_seed(2)
        head = nn.Linear(6, 4)
        net = nn.Sequential(nn.Conv2d(3, 6, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), head).eval()
    with torch.no_grad():
        head.weight.mul_(20)
        head.bias.sub_(net(x).mean(0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        axes = {"x": {0: "n"}}
        torch.onnx.export(net, (x,), path, dynamo=False, opset_version=17, input_names=["x"], dynamic_axes=axes)
    return net


class Explained(NamedTuple):
    """The network, its file's logits by onnxruntime, and the first ten rows of what an audit's artifact holds."""

    net: nn.Sequential
    logits: Callable[[np.ndarray], np.ndarray]
    arrays: dict[str, np.ndarray]


@pytest.fixture(scope="module")
def explained(tmp_path_factory: pytest.TempPathFactory) -> Explained:
    tmp_path = tmp_path_factory.mktemp("explained")
    images = np.random.default_rng(0).integers(0, 256, (30, 3, 7, 7), dtype=np.uint8)
    net = written(tmp_path / "net.onnx", torch.from_numpy(images).float() / 255)
    with torch.no_grad():
        labels = net(torch.from_numpy(images).float() / 255).argmax(1).numpy()
    np.save(tmp_path / "x.npy", images)
    np.save(tmp_path / "y.npy", labels)
    params = ExplainParams(
        work="explain",
        version=EXPLAIN.works[0].version,
        model=ModelContract(format="onnx", input=InputSpec(shape=(3, 7, 7))),
        start=0,
        stop=30,
        attack=Pgd(eps=0.3, steps=5),
        targets=None,
        grid=2,
        kappa=1e-3,
        map="cam",
        layer=None,
        quantile=0.7,
        refinement=True,
    )
    inputs = {"model": tmp_path / "net.onnx", "x": tmp_path / "x.npy", "y": tmp_path / "y.npy"}
    ctx = JobContext(inputs, params, tmp_path)
    assert run(ctx).n >= 10

    session = onnxruntime.InferenceSession(str(tmp_path / "net.onnx"), providers=["CPUExecutionProvider"])

    def logits(x: np.ndarray) -> np.ndarray:
        found: np.ndarray = session.run(None, {"x": x})[0]
        return found.astype(np.float64)

    with np.load(ctx.files[ExplainFile.ARRAYS].path) as kept:
        return Explained(net, logits, {name: values[:10] for name, values in kept.items()})


def test_promotion_and_suppression_by_onnxruntime_alone(explained: Explained) -> None:
    _, logits, arrays = explained
    each = np.arange(10)
    z = logits(arrays["x_adv"])
    assert (z.argmax(1) == arrays["target"]).all()
    assert (arrays["target"] != arrays["label"]).all()
    assert arrays["promotion"].shape == (10, 4, 4)  # the last groups are a pixel wide
    for row in range(4):
        for column in range(4):
            undone = arrays["x_adv"].copy()
            group = np.s_[:, :, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
            undone[group] = arrays["x"][group]
            back = logits(undone)
            promoted = z[each, arrays["target"]] - back[each, arrays["target"]]
            suppressed = back[each, arrays["label"]] - z[each, arrays["label"]]
            np.testing.assert_allclose(arrays["promotion"][:, row, column], promoted, atol=2e-5)
            np.testing.assert_allclose(arrays["suppression"][:, row, column], suppressed, atol=2e-5)
    assert np.abs(arrays["promotion"]).max() > 0.05


def test_what_is_left_of_a_perturbation_still_fools_and_is_shorter(explained: Explained) -> None:
    _, logits, arrays = explained
    fools = logits(arrays["x_refined"]).argmax(1) != arrays["label"]
    np.testing.assert_array_equal(arrays["refined"], fools)
    assert fools.all()
    before, after = (np.square(arrays[name] - arrays["x"]).sum((1, 2, 3)) for name in ("x_adv", "x_refined"))
    assert (after <= before).all()
    assert (after < before).any()


def test_class_maps_by_the_net_itself(explained: Explained) -> None:
    """The head averages six channels and weighs them: CAM of (x, t0), (x, t), (x', t0), (x', t)."""
    net, _, arrays = explained
    for at, (picture, named) in enumerate([(x, c) for x in ("x", "x_adv") for c in ("label", "target")]):
        with torch.no_grad():
            features = net[:2](torch.from_numpy(arrays[picture]))
            head = net[4]
            assert isinstance(head, nn.Linear)
            weight = head.weight[torch.from_numpy(arrays[named])]
            cam = (weight[:, :, None, None] * features).sum(1, keepdim=True)
            expected = nn.functional.interpolate(cam, (7, 7), mode="bilinear", align_corners=False)[:, 0]
        np.testing.assert_allclose(arrays["maps"][:, at], expected.numpy(), atol=1e-4)
