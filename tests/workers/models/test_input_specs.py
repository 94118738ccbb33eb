"""From images in [0, 1] to what a file takes: range, mean, std, layout and shape."""

from typing import Any

import pytest
import torch

from openapi.models import InputSpec
from openapi.problems import ModelRejected
from workers.models.inputs import FileInput, InputTransform, complete_spec, guesses


def transform(file: FileInput, **spec: Any) -> InputTransform:
    return InputTransform(complete_spec(InputSpec(**spec), file), file)


def test_range_mean_and_std_by_hand() -> None:
    x = torch.tensor([0.0, 0.5, 1.0]).reshape(1, 3, 1, 1).expand(1, 3, 2, 2)
    found = transform(FileInput((3, 2, 2)), range=(0, 255), mean=(10, 20, 30), std=(2, 4, 5))(x)
    assert found[0, :, 0, 0].tolist() == [(0 - 10) / 2, (127.5 - 20) / 4, (255 - 30) / 5]


def test_one_number_serves_all_channels() -> None:
    found = transform(FileInput((3, 2, 2)), mean=(0.5,), std=(0.5,))(torch.ones(1, 3, 2, 2))
    assert found.unique().tolist() == [1.0]


def test_bgr_counts_mean_in_the_files_order() -> None:
    x = torch.tensor([0.1, 0.2, 0.3]).reshape(1, 3, 1, 1).expand(1, 3, 2, 2)
    found = transform(FileInput((3, 2, 2)), channels="BGR", mean=(0.3, 0.0, 0.0))(x)
    torch.testing.assert_close(found[0, :, 0, 0], torch.tensor([0.0, 0.2, 0.1]))


def test_nhwc() -> None:
    x = torch.rand(2, 3, 5, 6)
    found = transform(FileInput((5, 6, 3)))(x)
    assert torch.equal(found, x.permute(0, 2, 3, 1))


@pytest.mark.parametrize("shape", [(784,), (784, 1), (1, 784)])
def test_flat_images_are_filled_row_by_row(shape: tuple[int, ...]) -> None:
    x = torch.rand(2, 1, 28, 28)
    file = FileInput(shape)
    assert complete_spec(InputSpec(), file).shape == (1, 28, 28)
    assert torch.equal(transform(file)(x), x.reshape(2, *shape))


def test_flat_nhwc() -> None:
    x = torch.rand(2, 3, 2, 2)
    found = transform(FileInput((12,)), shape=(3, 2, 2), layout="NHWC")(x)
    assert torch.equal(found, x.permute(0, 2, 3, 1).reshape(2, 12))


def test_integer_inputs_are_rounded_with_a_gradient() -> None:
    x = torch.tensor([0.1, 0.5, 0.9]).reshape(1, 3, 1, 1).requires_grad_()
    found = transform(FileInput((3, 1, 1), torch.uint8), range=(0, 255))(x)
    assert found.flatten().tolist() == [26.0, 128.0, 230.0]  # 25.5 and 127.5 go to the even neighbour
    found.sum().backward()
    assert x.grad is not None
    assert x.grad.unique().tolist() == [255.0]


def test_dtypes() -> None:
    x = torch.rand(1, 3, 2, 2)
    assert transform(FileInput((3, 2, 2), torch.float16))(x).dtype == torch.float32
    assert transform(FileInput((3, 2, 2), torch.float64))(x).dtype == torch.float64


@pytest.mark.parametrize(
    ("file", "shape", "layout"),
    [
        ((3, 32, 32), (3, 32, 32), "NCHW"),
        ((32, 32, 3), (3, 32, 32), "NHWC"),
        ((28, 28, 1), (1, 28, 28), "NHWC"),
        ((3, 4, 3), (3, 4, 3), "NCHW"),
        ((3072,), (3, 32, 32), "NCHW"),
    ],
)
def test_shape_and_layout_are_read_from_the_file(
    file: tuple[int, ...], shape: tuple[int, int, int], layout: str
) -> None:
    found = complete_spec(InputSpec(), FileInput(file))
    assert (found.shape, found.layout, found.mean, found.std) == (shape, layout, (0.0,), (1.0,))


@pytest.mark.parametrize(
    ("spec", "file", "said"),
    [
        ({}, (3, 32, 32), ""),
        ({}, (1, 28, 28), ""),
        ({}, (32, 32, 3), "read as NHWC, 3 channels"),
        ({"layout": "NHWC"}, (32, 32, 3), ""),
        ({"shape": (3, 32, 32)}, (32, 32, 3), ""),
        ({}, (3, 4, 3), "read as NCHW, 3 channels"),
        ({}, (28, 28, 28), "read as NCHW, 28 channels"),
        ({}, (784,), "[784] an image, read as [channels, height, width] = [1, 28, 28] (input.shape)"),
        ({"shape": (1, 28, 28)}, (784,), ""),
        ({}, (3072,), "[3, 32, 32] (input.shape) and channel by channel, NCHW (input.layout)"),
        ({"shape": (3, 32, 32)}, (3072,), "read channel by channel, NCHW (input.layout)"),
        ({"shape": (3, 32, 32), "layout": "NHWC"}, (3072,), ""),
    ],
)
def test_what_is_guessed_of_the_input_is_said(spec: dict[str, Any], file: tuple[int, ...], said: str) -> None:
    given = InputSpec(**spec)
    found = guesses(given, FileInput(file), complete_spec(given, FileInput(file)))
    assert len(found) == (1 if said else 0)
    assert all(said in text for text in found)


@pytest.mark.parametrize(
    ("spec", "file", "pointer"),
    [
        ({"shape": (3, 28, 28)}, (3, 32, 32), "/input/shape"),
        ({"shape": (1, 28, 27)}, (784,), "/input/shape"),
        ({}, (785,), "/input/shape"),
        ({"mean": (0.1, 0.2)}, (3, 32, 32), "/input/mean"),
        ({"std": (0.1, 0.2)}, (3, 32, 32), "/input/std"),
        ({"channels": "BGR"}, (1, 32, 32), "/input/channels"),
        ({"channels": "grey"}, (3, 32, 32), "/input/channels"),
    ],
)
def test_contradictions_name_the_field(spec: dict[str, Any], file: tuple[int, ...], pointer: str) -> None:
    with pytest.raises(ModelRejected) as caught:
        complete_spec(InputSpec(**spec), FileInput(file))
    assert caught.value.errors is not None
    assert caught.value.errors[0].pointer == pointer
