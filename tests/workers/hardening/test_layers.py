"""S, and what is frozen below it."""

from collections.abc import Callable

import pytest
import torch

from openapi.hardening_options import HardenOptions
from openapi.models import InputSpec
from openapi.problems import InvalidField
from workers.hardening.layers import frozen_parameters, stabilised_layers, subtracted_biases, train_batch_norm
from workers.models.audited import AuditedModel
from workers.models.from_module import audit_module

Fresh = Callable[..., AuditedModel]


def test_all_is_every_convolution(fresh: Fresh) -> None:
    assert stabilised_layers(fresh(), "all") == ("conv1", "conv2", "conv3")


def test_top_half_is_the_upper_half(fresh: Fresh) -> None:
    assert stabilised_layers(fresh(), "top_half") == ("conv2", "conv3")


@pytest.mark.parametrize(("share", "count"), [(0.01, 1), (0.34, 1), (0.6, 2), (1.0, 3)])
def test_a_share_is_the_upper_layers(fresh: Fresh, share: float, count: int) -> None:
    assert stabilised_layers(fresh(), share) == ("conv1", "conv2", "conv3")[-count:]
    assert HardenOptions(layers=share).layers == share


def test_names_come_back_in_order_of_execution(fresh: Fresh) -> None:
    assert stabilised_layers(fresh(), ("head", "conv2")) == ("conv2", "head")


def test_the_papers_names_are_taken_and_the_files_own_come_back(fresh: Fresh) -> None:
    assert stabilised_layers(fresh(), ("fc1", "conv2")) == ("conv2", "head")


@pytest.mark.parametrize("names", [("conv9",), ()])
def test_wrong_names_are_refused_with_the_list(fresh: Fresh, names: tuple[str, ...]) -> None:
    with pytest.raises(InvalidField, match="conv1, conv2, conv3, head"):
        stabilised_layers(fresh(), names)


def test_biases_that_a_training_norm_subtracts_are_known(fresh: Fresh) -> None:
    assert subtracted_biases(fresh(norm=True), "conv1") == ("conv1.bias", "conv2.bias")
    assert subtracted_biases(fresh(norm=True), "conv2") == ("conv2.bias",)
    assert subtracted_biases(fresh(), "conv1") == ()


def test_a_bias_that_something_else_reads_too_is_trained() -> None:
    class Skips(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.norm, self.head = torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2), torch.nn.Linear(2, 3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = self.conv(x)
            scores: torch.Tensor = self.head((x + self.norm(x)).relu().mean((2, 3)))
            return scores

    assert subtracted_biases(audit_module(Skips().eval(), InputSpec(shape=(1, 8, 8))), "conv") == ()


class _Dense(torch.nn.Module):
    """A linear layer before a norm, of two dimensions or, `parts`, of three, where the norm goes by another one."""

    def __init__(self, parts: bool) -> None:
        super().__init__()
        self.parts = parts
        self.first, self.norm, self.head = torch.nn.Linear(4, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.flatten(1, 2) if self.parts else x.flatten(1, 2).mean(1)
        x = self.norm(self.first(x)).relu()
        scores: torch.Tensor = self.head(x.mean(1) if self.parts else x)
        return scores


@pytest.mark.parametrize(("parts", "still"), [(False, ("first.bias",)), (True, ())])
def test_a_linear_layers_bias_is_subtracted_where_the_norm_goes_by_its_units(
    parts: bool, still: tuple[str, ...]
) -> None:
    model = audit_module(_Dense(parts).eval(), InputSpec(shape=(1, 4, 4)))
    assert subtracted_biases(model, "first") == still


def test_nothing_lies_below_the_first_layer(fresh: Fresh) -> None:
    assert frozen_parameters(fresh(), "conv1") == ()


def test_norms_below_are_frozen_too(fresh: Fresh) -> None:
    assert set(frozen_parameters(fresh(norm=True), "conv3")) == {
        f"{name}.{kind}" for name in ("conv1", "norm1", "conv2", "norm2") for kind in ("weight", "bias")
    }


def test_only_norms_above_use_batch_statistics(fresh: Fresh) -> None:
    model = fresh(norm=True)
    train_batch_norm(model, "conv2")
    before = {name: buffer.clone() for name, buffer in model.named_buffers()}
    model(torch.rand(8, 1, 28, 28))
    changed = {name.removeprefix("graph.") for name, b in model.named_buffers() if not torch.equal(b, before[name])}
    assert changed == {"norm2.running_mean", "norm2.running_var"}
