"""Files that exporters wrote for a batch of 1, 2, 4 or 8 images: class tokens, writes into slices, tables of places."""

import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from openapi.models import InputSpec
from openapi.problems import UnsupportedOperator
from workers.models.agreement import agreement
from workers.models.load import load_model

SHAPE = (3, 8, 8)


class Net(nn.Module):
    """Patches, and what is made of them or of the image before."""

    def __init__(self, how: "Callable[[Net, Tensor], Tensor]") -> None:
        super().__init__()
        torch.manual_seed(3)
        self.patch, self.mix, self.head = nn.Conv2d(3, 6, 4, 4), nn.Linear(6, 6), nn.Linear(6, 5)
        self.token, self.places = nn.Parameter(torch.randn(1, 1, 6)), nn.Parameter(torch.randn(1, 5, 6))
        self.whole, self.how = nn.Linear(192, 5), how

    def forward(self, x: Tensor) -> Tensor:
        return self.how(self, x)

    def patches(self, x: Tensor) -> Tensor:
        found: Tensor = self.patch(x).flatten(2).transpose(1, 2)
        return found

    def attended(self, tokens: Tensor) -> Tensor:
        seen = (self.mix(tokens) @ tokens.transpose(1, 2)).softmax(-1) @ tokens
        found: Tensor = self.head(seen[:, 0])
        return found

    def read(self, x: Tensor) -> Tensor:
        found: Tensor = self.whole(x.flatten(1))
        return found


def expanded(net: Net, x: Tensor) -> Tensor:
    patches = net.patches(x)
    return net.attended(torch.cat([net.token.expand(patches.shape[0], -1, -1), patches], 1) + net.places)


def repeated(net: Net, x: Tensor) -> Tensor:
    patches = net.patches(x)
    return net.attended(torch.cat([net.token.repeat(patches.shape[0], 1, 1), patches], 1) + net.places)


def as_a_number(net: Net, x: Tensor) -> Tensor:
    """The batch size leaves the graph, so that it is burnt in even where the file declares it free."""
    patches = net.patches(x)
    return net.attended(torch.cat([net.token.expand(int(patches.shape[0]), -1, -1), patches], 1))


def placed(net: Net, x: Tensor) -> Tensor:
    patches = net.patches(x)
    tokens = torch.zeros(patches.shape[0], 5, 6)
    tokens[:, 0] = net.token[0, 0]
    tokens[:, 1:] = patches
    return net.attended(tokens)


def batch_second(net: Net, x: Tensor) -> Tensor:
    patches = net.patches(x).transpose(0, 1)
    return net.attended(torch.cat([net.token.expand(-1, patches.shape[1], -1), patches], 0).transpose(0, 1))


def queried(net: Net, x: Tensor) -> Tensor:
    patches = net.patches(x)
    query = net.token.expand(patches.shape[0], -1, -1)
    found: Tensor = net.head(((query @ patches.transpose(1, 2)).softmax(-1) @ patches)[:, 0])
    return found


def normalised(net: Net, x: Tensor) -> Tensor:
    x = x.clone()
    x[:, 0] = (x[:, 0] - 0.4) / 0.2
    return net.read(x)


def swapped(net: Net, x: Tensor) -> Tensor:
    x = x.clone()
    x[:, [0, 2]] = x[:, [2, 0]]
    return net.read(x)


def masked(net: Net, x: Tensor) -> Tensor:
    x, second = x.clone(), torch.tensor([False, True, False])
    x[:, second] = 0.25
    x[:, second] = x[:, second] * 2 + x[:, :1]
    return net.read(x)


def padded(net: Net, x: Tensor) -> Tensor:
    wide = torch.zeros(x.shape[0], 3, 10, 10)
    wide[:, :, 1:-1, 1:-1] = x
    return net.read(wide[:, :, :8, :8])


def cut_out(net: Net, x: Tensor) -> Tensor:
    x = x.clone()
    x[:, :, 2:5, 2:5] = 0.0
    x[:, 1:, ::2] *= 2
    return net.read(x)


def gathered(net: Net, x: Tensor) -> Tensor:
    values = net.patch(x).flatten(1)
    order = torch.arange(6).flip(0).expand(values.shape[0], 6)
    found: Tensor = net.head(torch.gather(values, 1, order).scatter(1, order[:, :3], values[:, :3] * 2))
    return found


def picked(net: Net, x: Tensor) -> Tensor:
    patches = net.patches(x)
    found: Tensor = net.head(patches[torch.arange(patches.shape[0]), 1])
    return found


TOKENS = (expanded, repeated, as_a_number, placed, batch_second, queried)
WRITES = (normalised, swapped, masked, padded, cut_out, gathered, picked)


def exported(net: Net, path: Path, images: int, *, dynamo: bool = False, free: bool = False) -> None:
    x = torch.rand(images, *SHAPE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if dynamo:
            torch.onnx.export(net, (x,), path, external_data=False, verbose=False)
        else:
            axes = {"x": {0: "n"}} if free else None
            torch.onnx.export(net, (x,), path, dynamo=False, opset_version=17, input_names=["x"], dynamic_axes=axes)


def same(net: Net, path: Path, images: int) -> None:
    """As torch at any batch, and as the file at its own."""
    model = load_model(path, "onnx", InputSpec())
    for n in (1, 3, images):
        x = torch.rand(n, *SHAPE, generator=torch.Generator().manual_seed(n))
        ours, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()
        torch.testing.assert_close(model(ours), net(theirs))
        (found,) = torch.autograd.grad(model(ours)[:, 1].sum(), ours)
        (expected,) = torch.autograd.grad(net(theirs)[:, 1].sum(), theirs)
        torch.testing.assert_close(found, expected)
    assert agreement(model, path, images)["relative"] < 1e-5
    assert any("freed" in told for told in model.warnings)


@pytest.mark.parametrize("images", [1, 2, 4, 8])
@pytest.mark.parametrize("how", TOKENS)
def test_a_token_for_each_image_of_the_file(how: Callable[[Net, Tensor], Tensor], images: int, tmp_path: Path) -> None:
    net, path = Net(how).eval(), tmp_path / "net.onnx"
    exported(net, path, images)
    same(net, path, images)


@pytest.mark.parametrize("images", [1, 2, 4])
@pytest.mark.parametrize("how", WRITES)
def test_writes_into_each_image_of_the_file(how: Callable[[Net, Tensor], Tensor], images: int, tmp_path: Path) -> None:
    net, path = Net(how).eval(), tmp_path / "net.onnx"
    exported(net, path, images)
    same(net, path, images)


@pytest.mark.parametrize("images", [1, 2, 4])
@pytest.mark.parametrize("how", [expanded, placed, batch_second, normalised, swapped, padded, picked])
def test_what_the_new_exporter_writes(how: Callable[[Net, Tensor], Tensor], images: int, tmp_path: Path) -> None:
    net, path = Net(how).eval(), tmp_path / "net.onnx"
    exported(net, path, images, dynamo=True)
    same(net, path, images)


@pytest.mark.parametrize("images", [2, 4, 8])
@pytest.mark.parametrize("how", [as_a_number, placed])
def test_a_batch_that_is_free_in_name_alone(how: Callable[[Net, Tensor], Tensor], images: int, tmp_path: Path) -> None:
    net, path = Net(how).eval(), tmp_path / "net.onnx"
    exported(net, path, images, free=True)
    same(net, path, images)


def first_alone(net: Net, x: Tensor) -> Tensor:
    x = x.clone()
    x[0, 0] = 0.0
    return net.read(x)


def test_a_write_into_one_image_of_the_batch_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    exported(Net(first_alone).eval(), path, 2)
    with pytest.raises(UnsupportedOperator, match="picks images out of the batch"):
        load_model(path, "onnx", InputSpec())
