"""The shipped example is real: trained on real images, equal in both formats, small enough to ship."""

import io
import zipfile
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from numpy.typing import NDArray

from deploy.demo import run, train
from deploy.demo.net import SmallVgg

pytestmark = pytest.mark.slow

HERE = Path(train.__file__).parent


@pytest.fixture(scope="module")
def holdout() -> tuple[torch.Tensor, torch.Tensor]:
    return train.load(HERE / "holdout.npz")


def _scripted_logits(x: torch.Tensor) -> torch.Tensor:
    with torch.inference_mode():
        logits: torch.Tensor = torch.jit.load(HERE / "small_vgg.pt")((x - train.MEAN) / train.STD)
    return logits


def _onnx_logits(x: torch.Tensor) -> NDArray[np.float32]:
    session = onnxruntime.InferenceSession(HERE / "small_vgg.onnx")
    logits: NDArray[np.float32] = session.run(None, {"image": ((x - train.MEAN) / train.STD).numpy()})[0]
    return logits


def test_accuracy_is_at_least_88_percent_on_images_never_seen(holdout: tuple[torch.Tensor, torch.Tensor]) -> None:
    x, y = holdout
    assert float((_scripted_logits(x).argmax(1) == y).float().mean()) >= 0.88


def test_both_formats_give_the_same_logits(holdout: tuple[torch.Tensor, torch.Tensor]) -> None:
    x, _ = holdout
    np.testing.assert_allclose(_onnx_logits(x), _scripted_logits(x).numpy(), rtol=1e-4, atol=1e-4)


def test_splits_are_large_enough_and_share_no_image(holdout: tuple[torch.Tensor, torch.Tensor]) -> None:
    x, _ = train.load(HERE / "train.npz")
    assert len(x) >= 2_000
    assert len(holdout[0]) >= 1_000
    assert not {i.numpy().tobytes() for i in x} & {i.numpy().tobytes() for i in holdout[0]}


def test_the_whole_example_is_at_most_4_mb() -> None:
    assert sum(p.stat().st_size for p in HERE.iterdir() if p.is_file()) <= 4_000_000


def test_the_normalisation_that_the_demo_declares_is_the_one_of_training() -> None:
    assert run.INPUT["input"]["mean"] == [train.MEAN]
    assert run.INPUT["input"]["std"] == [train.STD]


def test_the_script_still_trains_and_exports(tmp_path: Path, holdout: tuple[torch.Tensor, torch.Tensor]) -> None:
    x, y = holdout
    torch.manual_seed(0)
    model = train.train(SmallVgg(width=4), x, y, epochs=2, seed=0)
    assert train.accuracy(model, x, y) > 0.3
    train.export(model, tmp_path)
    assert zipfile.is_zipfile(io.BytesIO((tmp_path / "small_vgg.pt").read_bytes()))
    assert onnxruntime.InferenceSession(tmp_path / "small_vgg.onnx").get_inputs()[0].shape[1:] == [1, 28, 28]
