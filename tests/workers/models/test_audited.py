"""The audited model: the network's own logits and gradients, layers, taps, batch-norm mode, copies."""

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from openapi.analyses.sensitivity import Tap
from openapi.models import InputSpec
from openapi.problems import InvalidField, ModelRejected, NotAClassifier
from tests.workers.models.nets import ConvNet, gradient, relative, settled
from workers.models.audited import AuditedModel
from workers.models.from_module import audit_module

SPEC = InputSpec(shape=(3, 14, 14))


@pytest.fixture(scope="module")
def net() -> ConvNet:
    return settled(ConvNet())


@pytest.fixture
def model(net: ConvNet) -> AuditedModel:
    return audit_module(copy.deepcopy(net), SPEC)


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_same_logits_and_gradient_at_any_batch_size(net: ConvNet, model: AuditedModel, batch: int) -> None:
    x = torch.rand(batch, 3, 14, 14)
    assert relative(model(x), net(x)) < 1e-6
    assert relative(gradient(model, x), gradient(net, x)) < 1e-6
    assert model(x).shape == (batch, 5)


def test_input_is_not_written_to() -> None:
    class Centre(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(12, 3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x -= 0.5
            x[:, 0] *= 2
            logits: torch.Tensor = self.fc(x.flatten(1))
            return logits

    net = settled(Centre())
    x = torch.rand(3, 3, 2, 2)
    kept = x.clone()
    model = audit_module(net, InputSpec(shape=(3, 2, 2)))
    found = model(x)
    assert torch.equal(x, kept)
    assert relative(found, net(x.clone())) < 1e-6


def test_layers_in_order_with_their_names_and_shapes(model: AuditedModel) -> None:
    found = [(layer.name, layer.kind, layer.neurons, layer.shape, layer.depth) for layer in model.layers]
    assert found == [
        ("conv1", "conv", 8, (8, 14, 14), 0),
        ("conv2", "conv", 8, (8, 7, 7), 1),
        ("conv3", "conv", 12, (12, 3, 3), 2),
        ("fc1", "linear", 16, (16,), 3),
        ("fc2", "linear", 5, (5,), 4),
    ]
    assert [layer.norm_folded for layer in model.layers] == [False, False, True, False, False]


def test_parameters_keep_their_names(net: ConvNet, model: AuditedModel) -> None:
    assert list(model.trainable_parameters()) == [name for name, _ in net.named_parameters()]
    assert model.layer_parameters("conv3") == ["conv3.weight", "conv3.bias"]
    assert model.num_parameters == sum(p.numel() for p in net.parameters())
    assert model.trainable
    with pytest.raises(InvalidField, match="no layer 'conv9'"):
        model.layer_parameters("conv9")


def test_taps_follow_norm_activation_and_pooling(net: ConvNet, model: AuditedModel) -> None:
    x = torch.rand(4, 3, 14, 14)
    conv1 = net.conv1(x)
    norm1 = net.bn1(conv1)
    act1 = F.relu(norm1)
    pool1 = F.max_pool2d(act1, 2)
    norm2 = net.bn2(net.conv2(pool1))
    conv3 = net.conv3(F.relu(norm2 + pool1))
    fc1 = net.fc1(F.relu(conv3).flatten(1))
    expected: dict[Tap, tuple[Tensor, ...]] = {
        "conv": (conv1, net.conv2(pool1), conv3, fc1),
        "norm": (norm1, norm2, conv3, fc1),
        "act": (act1, norm2, F.relu(conv3), torch.tanh(fc1)),
        "pool": (pool1, norm2, F.relu(conv3), torch.tanh(fc1)),
    }
    for tap, tensors in expected.items():
        tapped = model.tapped(tap)
        logits, found = tapped(x)
        assert torch.equal(logits, model(x))
        for name, tensor in zip(("conv1", "conv2", "conv3", "fc1"), tensors, strict=True):
            torch.testing.assert_close(found[name], tensor, msg=f"{tap} of {name}")
    points = model.tapped("pool").points
    assert [points[n].tap for n in ("conv1", "conv2", "conv3", "fc1", "fc2")] == ["pool", "norm", "act", "act", "conv"]


def test_a_tap_is_differentiable_and_can_be_chosen(model: AuditedModel) -> None:
    x = torch.rand(2, 3, 14, 14, requires_grad=True)
    _, taps = model.tapped("act", ["conv3"])(x)
    assert list(taps) == ["conv3"]
    (found,) = torch.autograd.grad(taps["conv3"].sum(), x)
    assert found.abs().sum() > 0


def test_batch_norm_mode_is_an_edit_of_the_graph(net: ConvNet, model: AuditedModel) -> None:
    x = torch.rand(6, 3, 14, 14)
    evaluated = model(x)
    tapped = model.tapped("norm", ["conv1"])
    tapped(x)
    model.set_batch_norm(True)
    trained = copy.deepcopy(net).train()
    trained.drop.eval()
    expected = trained(x)
    torch.testing.assert_close(model(x), expected)
    torch.testing.assert_close(dict(model.graph.named_buffers())["bn1.running_mean"], trained.bn1.running_mean)
    normed = tapped(x)[1]["conv1"].detach()
    # the batch's own mean is taken away: the tapped graph follows the mode
    torch.testing.assert_close(normed.mean((0, 2, 3)), trained.bn1.bias.detach(), rtol=1e-4, atol=1e-5)
    model.set_batch_norm(False)
    assert not torch.equal(model(x), evaluated), "running statistics were updated"


def test_a_copy_shares_nothing(model: AuditedModel) -> None:
    x = torch.rand(2, 3, 14, 14)
    before = model(x)
    twin = copy.deepcopy(model)
    assert torch.equal(twin(x), before)
    with torch.no_grad():
        twin.trainable_parameters()["conv1.weight"].zero_()
    twin.set_batch_norm(True)
    assert torch.equal(model(x), before)
    assert not torch.equal(twin(x), before)


def test_train_and_eval_change_nothing(model: AuditedModel) -> None:
    x = torch.rand(2, 3, 14, 14)
    assert torch.equal(model.train()(x), model.eval()(x))
    assert not model.training


def test_freeze(model: AuditedModel) -> None:
    model.freeze()
    assert not any(p.requires_grad for p in model.parameters())
    model.unfreeze(["fc2.weight"])
    assert [n for n, p in model.trainable_parameters().items() if p.requires_grad] == ["fc2.weight"]


def test_moves_between_dtypes_of_devices() -> None:
    class Positions(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(4, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            logits: torch.Tensor = self.fc(x.flatten(1) + torch.arange(4, device=x.device))
            return logits

    model = audit_module(settled(Positions()), InputSpec(shape=(1, 2, 2)))
    model.to("meta")
    assert model(torch.rand(3, 1, 2, 2, device="meta")).device.type == "meta"


def test_tokens_are_tapped_image_by_image() -> None:
    class Attention(nn.Module):
        """Tokens first inside the attention: rows of one image do not stand together there."""

        def __init__(self) -> None:
            super().__init__()
            self.patch = nn.Conv2d(3, 8, 4, 4)
            self.mix = nn.MultiheadAttention(8, 2, batch_first=True)
            self.head = nn.Linear(8, 3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            t = self.patch(x).flatten(2).transpose(1, 2)
            logits: torch.Tensor = self.head((t + self.mix(t, t, t, need_weights=False)[0]).mean(1))
            return logits

    net = settled(Attention())
    model = audit_module(net, InputSpec(shape=(3, 8, 8)))
    names = [layer.name for layer in model.layers]
    assert names == ["patch", "mix.in_proj_weight", "mix.out_proj", "head"]
    x = torch.rand(3, 3, 8, 8)
    assert relative(model(x), net(x)) < 1e-5
    _, all_taps = model.tapped()(x)
    assert all_taps["mix.out_proj"].shape == (3, 8, 4)
    _, one = model.tapped()(x[1:2])
    for name in names:
        torch.testing.assert_close(all_taps[name][1:2], one[name], rtol=1e-4, atol=1e-5)


class Returns(nn.Module):
    def __init__(self, how: Callable[[Tensor], Any], width: int = 12) -> None:
        super().__init__()
        self.fc = nn.Linear(width, 4)
        self.how = how

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.how(self.fc(x.flatten(1)))
        return logits


@pytest.mark.parametrize(
    ("how", "warning"),
    [
        (lambda z: torch.softmax(z, 1), "Softmax"),
        (lambda z: torch.log_softmax(z, -1), "Softmax"),
        (lambda z: torch.softmax(z, 1).log(), "Softmax"),
        (lambda z: (z.sum(), z), r"output\[1\]"),
        (lambda z: {"aux": z[:, :2] * 3, "logits": z}, r"\['logits'\]"),
        (lambda z: z[:, :, None, None], "flattened"),
        (lambda z: (z.max(1).values, z.max(1).indices), "ArgMax|TopK"),
        (lambda z: z.softmax(1).topk(2), "TopK"),
    ],
    ids=["softmax", "log_softmax", "log", "tuple", "dict", "nk11", "max", "topk"],
)
def test_logits_are_found(how: Callable[..., Any], warning: str) -> None:
    net = settled(Returns(how))
    model = audit_module(net, InputSpec(shape=(3, 2, 2)))
    x = torch.rand(3, 3, 2, 2)
    torch.testing.assert_close(model(x), net.fc(x.flatten(1)))
    assert model.num_classes == 4
    assert any(re.search(warning, text) for text in model.warnings), model.warnings
    assert model.before_softmax == (warning == "Softmax")


@pytest.mark.parametrize(
    "how", [lambda z: z.sum(), lambda z: z.mean(0), lambda z: z.reshape(-1, 2, 2), lambda z: z.argmax() + 0 * z.long()]
)
def test_other_outputs_are_refused(how: Callable[..., Any]) -> None:
    with pytest.raises(NotAClassifier, match=r"\(n, classes\)"):
        audit_module(settled(Returns(how)), InputSpec(shape=(3, 2, 2)))


def test_a_batch_that_cannot_be_freed_is_refused() -> None:
    class Fixed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(12, 4)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            logits: torch.Tensor = self.fc(x.reshape(2, 12))
            return logits

    with pytest.raises(ModelRejected, match="batch size"):
        audit_module(settled(Fixed()), InputSpec(shape=(3, 2, 2)))


def test_shape_is_needed() -> None:
    with pytest.raises(ModelRejected) as caught:
        audit_module(settled(ConvNet()), InputSpec())
    assert caught.value.errors is not None
    assert caught.value.errors[0].pointer == "/input/shape"
