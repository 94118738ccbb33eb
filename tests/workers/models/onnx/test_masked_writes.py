"""Assignments by a mask and side outputs that count: what exporters write by NonZero."""

import warnings
from pathlib import Path

import onnx
import pytest
import torch
from torch import Tensor, nn
from torch.export import Dim

from openapi.models import InputSpec
from openapi.problems import UnsupportedOperator
from workers.models.audited import AuditedModel
from workers.models.load import load_model

SHAPE = (3, 4, 4)


def halved(x: Tensor) -> Tensor:
    x[x < 0] = x[x < 0] * 0.5
    return x


def negated(x: Tensor) -> Tensor:
    x[x < 0] = (-x)[x < 0]
    return x


def logs(x: Tensor) -> Tensor:
    """Gradients of what is not chosen are not finite, and must not come through."""
    x[x > 0] = torch.log(x[x > 0]).clamp(min=-5)
    return x


def products(x: Tensor) -> Tensor:
    below = x < 0
    x[below] = x[below] * (1 - x)[below] + 0.25
    return x


def twice(x: Tensor) -> Tensor:
    x[x < 0] *= 0.5
    x[x > 0.2] += 0.5
    return x


def added(x: Tensor) -> Tensor:
    return x + (x * 0.5).masked_scatter(x < 0, x[x < 0] - 0.25)


def rows(x: Tensor) -> Tensor:
    """A mask of whole rows."""
    x = x.reshape(-1, 3, 16)
    chosen = x.sum(2) < 0
    x[chosen] = x[chosen] * 0.5
    return x.flatten(1)


OF_THE_CHOSEN = {change.__name__: change for change in (halved, negated, logs, products, twice, added, rows)}


class Masked(nn.Module):
    """What is below 0 is replaced, in one of several ways."""

    def __init__(self, how: str) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.fc, self.how = nn.Linear(48, 4), how

    def forward(self, x: Tensor) -> Tensor:
        x = x.flatten(1) - 0.5
        if self.how == "scatter":
            x = x.masked_scatter(x < 0, -x)
        elif self.how == "zeros":
            x = x.masked_scatter(x < 0, torch.zeros_like(x))
        elif self.how in OF_THE_CHOSEN:
            x = OF_THE_CHOSEN[self.how](x.clone())
        elif self.how == "accumulated":
            x = x.index_put((x < 0,), torch.tensor(0.25), accumulate=True)
        elif self.how == "places":
            x = x.index_put(tuple((x < 0).nonzero().unbind(1)), torch.tensor(0.25))
        elif self.how == "sum":
            x = x + x[x < 0].sum()
        elif self.how == "channels":  # a mask of whole rows
            x = x.reshape(-1, 3, 16).clone()
            x[x.sum(2) < 0] = 0.25
            x = x.flatten(1)
        else:
            x = x.clone()
            x[x < 0] = 0.0
        found: Tensor = self.fc(x)
        return found


def exported(net: nn.Module, path: Path, dynamo: bool, names: list[str] | None = None) -> None:
    x = torch.rand(2, *SHAPE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if dynamo:
            free = ({0: Dim("n", min=1, max=64)},)
            torch.onnx.export(net, (x,), path, external_data=False, verbose=False, dynamic_shapes=free)
        else:
            axes = {"x": {0: "n"}}
            torch.onnx.export(
                net,
                (x,),
                path,
                dynamo=False,
                opset_version=17,
                input_names=["x"],
                output_names=names,
                dynamic_axes=axes,
            )


def same(model: AuditedModel, net: nn.Module) -> None:
    for n in (1, 5):
        x = torch.rand(n, *SHAPE, generator=torch.Generator().manual_seed(n))
        ours, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()
        torch.testing.assert_close(model(ours), net(theirs))
        (found,) = torch.autograd.grad(model(ours)[:, 1].sum(), ours)
        (expected,) = torch.autograd.grad(net(theirs)[:, 1].sum(), theirs)
        assert found.isfinite().all()
        torch.testing.assert_close(found, expected)


WAYS = [(how, dynamo) for how in ("scatter", "zeros", "assignment") for dynamo in (False, True)]


@pytest.mark.parametrize(("how", "dynamo"), [*WAYS, ("channels", True)])  # the old exporter writes no mask of rows
def test_a_mask_writes_what_torch_writes(tmp_path: Path, how: str, dynamo: bool) -> None:
    net = Masked(how).eval()
    path = tmp_path / "net.onnx"
    exported(net, path, dynamo)
    same(load_model(path, "onnx", InputSpec()), net)


@pytest.mark.parametrize("dynamo", [False, True])
@pytest.mark.parametrize("how", OF_THE_CHOSEN)
def test_a_mask_writes_what_is_made_of_the_chosen_numbers(tmp_path: Path, how: str, dynamo: bool) -> None:
    net = Masked(how).eval()
    path = tmp_path / "net.onnx"
    exported(net, path, dynamo)
    same(load_model(path, "onnx", InputSpec()), net)


def test_a_mask_adds_to_what_is_there(tmp_path: Path) -> None:
    net, path = Masked("accumulated").eval(), tmp_path / "net.onnx"
    exported(net, path, True)  # the old exporter writes an assignment
    same(load_model(path, "onnx", InputSpec()), net)


@pytest.mark.parametrize("dynamo", [False, True])
@pytest.mark.parametrize("how", ["places", "sum"])
def test_what_counts_is_told_what_to_write_instead(tmp_path: Path, how: str, dynamo: bool) -> None:
    path = tmp_path / "net.onnx"
    exported(Masked(how).eval(), path, dynamo)
    with pytest.raises(UnsupportedOperator, match=r"NonZero.*torch\.where\(mask, y, x\) in place of x\[mask\] = y"):
        load_model(path, "onnx", InputSpec())


class Found(nn.Module):
    """Scores, and which of them are above 0: as many as there are."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.fc = nn.Linear(48, 4)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        scores = self.fc(x.flatten(1))
        return scores, (scores > 0).nonzero().float()


def test_a_side_output_that_counts_is_left_out(tmp_path: Path) -> None:
    net, path = Found().eval(), tmp_path / "net.onnx"
    exported(net, path, False, ["scores", "boxes"])
    assert "NonZero" in {node.op_type for node in onnx.load(path).graph.node}
    model = load_model(path, "onnx", InputSpec())
    assert any("'boxes' needs the operator NonZero" in told and "left out" in told for told in model.warnings)
    same(model, nn.Sequential(nn.Flatten(), net.fc))
    with pytest.raises(UnsupportedOperator, match="NonZero"):
        load_model(path, "onnx", InputSpec(), "boxes")
