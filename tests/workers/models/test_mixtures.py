"""Outputs that mix probabilities: the logits under them are attacked, or their logarithm, and never saturate."""

import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.export import Dim

from openapi.models import InputSpec
from tests.workers.models.nets import original, save_trace
from workers.models.audited import AuditedModel
from workers.models.load import load_model

SCALE = 40.0  # confident networks: float32 softmaxes are exactly 0 and 1

#: A noise of labels between neighbours.
CONFUSION = torch.eye(4).roll(1, 0) * 0.8 + 0.05

#: How often each class is expected.
PRIOR = torch.tensor([0.1, 0.2, 0.3, 0.4])


def _floored(p: Tensor) -> Tensor:
    return torch.where(p < 1e-30, torch.full_like(p, 1e-30), p)


Mix = Callable[[Tensor, Tensor], Tensor]
MIXTURES: dict[str, tuple[str, Mix]] = {
    "mean of softmaxes": ("mixture", lambda p, q: (p.softmax(1) + q.softmax(1)) / 2),
    "stacked mean": ("mixture", lambda p, q: torch.stack([p.softmax(1), q.softmax(1)]).mean(0)),
    "log of a mean": ("mixture", lambda p, q: torch.log((p.softmax(1) + q.softmax(1)) / 2)),
    "weighted": ("mixture", lambda p, q: 0.7 * p.softmax(1) + 0.3 * q.softmax(1)),
    "mean of sigmoids": ("mixture", lambda p, q: (torch.sigmoid(p) + torch.sigmoid(q)) / 2),
    "product": ("mixture", lambda p, q: p.softmax(1) * q.softmax(1)),
    "product of experts": (
        "mixture",
        lambda p, q: p.softmax(1) * q.softmax(1) / (p.softmax(1) * q.softmax(1)).sum(1, keepdim=True).clamp_min(1e-30),
    ),
    "geometric mean": ("mixture", lambda p, q: (p.softmax(1) * q.softmax(1)).sqrt()),
    "noisy or": ("mixture", lambda p, q: 1 - (1 - p.softmax(1)) * (1 - q.softmax(1))),
    "noisy or of sigmoids": ("mixture", lambda p, q: 1 - (1 - torch.sigmoid(p)) * (1 - torch.sigmoid(q))),
    "three": ("mixture", lambda p, q: (p.softmax(1) + q.softmax(1) + (p - q).softmax(1)) / 3),
    "sum of sigmoids": ("mixture", lambda p, q: 0.7 * torch.sigmoid(p) + torch.sigmoid(q)),
    "mean of rescaled tanhs": ("mixture", lambda p, q: ((p.tanh() + 1) / 2 + (q.tanh() + 1) / 2) / 2),
    "largest": ("mixture", lambda p, q: torch.stack([p.softmax(1), q.softmax(1)]).max(0).values),
    "smallest": ("mixture", lambda p, q: torch.minimum(p.softmax(1), q.softmax(1))),
    "prior": ("mixture", lambda p, q: p.softmax(1) * torch.tensor([0.1, 0.2, 0.3, 0.4], dtype=p.dtype)),
    "confusion": ("mixture", lambda p, q: p.softmax(1) @ CONFUSION.to(p.dtype)),
    "experts": (
        "mixture",
        lambda p, q: (torch.stack([p.softmax(1), q.softmax(1)], 1) * q[:, :2].softmax(1).unsqueeze(2)).sum(1),
    ),
    "two levels": (
        "mixture",
        lambda p, q: q[:, :2].softmax(1)[:, [0, 0, 1, 1]] * torch.cat([p[:, :2].softmax(1), p[:, 2:].softmax(1)], 1),
    ),
    "l1 normalised": ("mixture", lambda p, q: nn.functional.normalize(p.softmax(1) + q.softmax(1), p=1, dim=1)),
    "one over one plus exp": ("mixture", lambda p, q: (1 / (1 + torch.exp(-p)) + 1 / (1 + torch.exp(-q))) / 2),
    "harmonic mean": ("mixture", lambda p, q: 2 / (1 / p.softmax(1) + 1 / q.softmax(1))),
    "where": (
        "mixture",
        lambda p, q: torch.where(p.amax(1, keepdim=True) > q.amax(1, keepdim=True), p.softmax(1), q.softmax(1)),
    ),
    "lerp of two": ("mixture", lambda p, q: torch.lerp(p.softmax(1), q.softmax(1), 0.3)),
    "lerp of sigmoids": ("mixture", lambda p, q: torch.lerp(torch.sigmoid(p), torch.sigmoid(q), 0.6)),
    "lerp to a prior": ("mixture", lambda p, q: torch.lerp(p.softmax(1), PRIOR.to(p.dtype), 0.1)),
    "lerp by a gate": ("mixture", lambda p, q: torch.lerp(p.softmax(1), q.softmax(1), torch.sigmoid(q[:, :1] / SCALE))),
    "lerp written out": ("mixture", lambda p, q: p.softmax(1) + 0.3 * (q.softmax(1) - p.softmax(1))),
    "softmax of the log of a mean": ("softmax", lambda p, q: (p.softmax(1) + q.softmax(1)).log().softmax(1)),
    "normalised sigmoids": ("sigmoid", lambda p, q: torch.sigmoid(p) / torch.sigmoid(p).sum(1, keepdim=True)),
    "smoothed softmax": ("softmax", lambda p, q: p.softmax(1) * 0.9 + 0.025),
    "lerp to a constant": ("softmax", lambda p, q: torch.lerp(p.softmax(1), torch.full_like(p, 0.25), 0.1)),
    "lerp from a constant": ("softmax", lambda p, q: torch.lerp(torch.full_like(p, 0.25), p.softmax(1), 0.9)),
    "smoothed written out": ("softmax", lambda p, q: p.softmax(1) + 0.1 * (0.25 - p.softmax(1))),
    "floor by where": ("softmax", lambda p, q: _floored(p.softmax(1))),
    "percentages": ("softmax", lambda p, q: 100 * p.softmax(1)),
    "root of a softmax": ("softmax", lambda p, q: p.softmax(1).sqrt()),
    "softmax twice": ("softmax", lambda p, q: p.softmax(1).softmax(1)),
    "tanh": ("squashed", lambda p, q: torch.tanh(p)),
    "exp": ("squashed", lambda p, q: torch.exp((p - p.amax(1, keepdim=True)) / 8)),
    "evidence": (
        "squashed",
        lambda p, q: (nn.functional.softplus(p) + 1) / (nn.functional.softplus(p) + 1).sum(1, True),
    ),
}


class Two(nn.Module):
    """Two linear networks and what is made of their logits."""

    def __init__(self, mix: Mix, scale: float = SCALE, classes: int = 4) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.first, self.second, self.mix, self.scale = nn.Linear(48, classes), nn.Linear(48, classes), mix, scale

    def forward(self, x: Tensor) -> Tensor:
        x = x.flatten(1)
        return self.mix(self.first(x) * self.scale, self.second(x) * self.scale)


def loaded(net: nn.Module, folder: Path, how: str) -> tuple[AuditedModel, Callable[[Tensor], Tensor]]:
    """The network through a file of its own, and the file as its own runtime runs it."""
    x = torch.rand(2, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    if how == "trace":
        path = save_trace(net.eval(), folder / "net.pt", x)
        return load_model(path, "torchscript", InputSpec(shape=(3, 4, 4))), original(path)
    if how == "pt2":
        path = folder / "net.pt2"
        torch.export.save(torch.export.export(net.eval(), (x,), dynamic_shapes=({0: Dim("n", min=1)},)), path)
        return load_model(path, "pt2", InputSpec()), net
    path = folder / "net.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        axes = {"x": {0: "n"}}
        if how == "dynamo":
            free = ({0: Dim("n", min=1, max=64)},)
            torch.onnx.export(
                net.eval(),
                (x,),
                path,
                dynamo=True,
                verbose=False,
                external_data=False,
                dynamic_shapes=free,
                input_names=["x"],
            )
        else:
            torch.onnx.export(net, (x,), path, dynamo=False, opset_version=17, input_names=["x"], dynamic_axes=axes)
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return load_model(path, "onnx", InputSpec()), lambda v: torch.from_numpy(session.run(None, {"x": v.numpy()})[0])


#: What one exporter writes unlike the others.
BOTH = {
    "mean of softmaxes",
    "mean of sigmoids",
    "noisy or",
    "normalised sigmoids",
    "l1 normalised",
    "confusion",
    "tanh",
    "floor by where",
    *(name for name in MIXTURES if name.startswith("lerp")),
}
#: Smoothing is written otherwise in every format.
EVERYWHERE = [(name, how) for name in sorted(BOTH) if "lerp" in name for how in ("pt2", "dynamo")]
CASES = [*((n, "trace") for n in MIXTURES), *((n, "onnx") for n in sorted(BOTH)), *EVERYWHERE]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "how"), CASES)
def test_the_same_classes_with_gradients_where_the_file_has_none(tmp_path: Path, name: str, how: str) -> None:
    head, mix = MIXTURES[name]
    model, theirs = loaded(Two(mix), tmp_path, how)
    x = torch.rand(64, 3, 4, 4, generator=torch.Generator().manual_seed(1)).requires_grad_()
    logits = model(x)
    assert model.output.head == head
    assert any("logits" in w and "gradients" in w for w in model.warnings)
    exact = mix(*(double(x.detach()) for double in _parts(mix)))
    first, second = exact.topk(2).values.unbind(1)
    clear = first - second > 1e-5 * first.abs()  # elsewhere the file's own float32 numbers tie
    assert int(clear.sum()) >= 25
    assert torch.equal(logits.argmax(1)[clear], exact.argmax(1)[clear])
    top = logits.topk(2).values
    (gradient,) = torch.autograd.grad((top[:, 0] - top[:, 1]).sum(), x)
    assert bool(gradient.isfinite().all())
    assert bool((gradient.flatten(1).abs().amax(1) > 0).all())
    output = model.file_output(logits.detach())
    assert (output is None) == (name == "product of experts" and how == "trace")  # which holds both products twice
    if output is not None:
        torch.testing.assert_close(output, theirs(x.detach()), rtol=1e-4, atol=1e-5)


def _parts(mix: Mix) -> list[Callable[[Tensor], Tensor]]:
    """The two networks' scaled logits in float64."""
    net = Two(mix).double()

    def scaled(layer: nn.Linear, x: Tensor) -> Tensor:
        logits: Tensor = layer(x.double().flatten(1)) * net.scale
        return logits

    return [partial(scaled, net.first), partial(scaled, net.second)]


ONE_NUMBER: dict[str, Mix] = {
    "mean of sigmoids": lambda p, q: (torch.sigmoid(p) + torch.sigmoid(q)) / 2,
    "noisy or": lambda p, q: 1 - (1 - torch.sigmoid(p)) * (1 - torch.sigmoid(q)),
    "a probability": lambda p, q: torch.sigmoid(p),
    "lerp": lambda p, q: torch.lerp(torch.sigmoid(p), torch.sigmoid(q), 0.3),
    "smoothed": lambda p, q: torch.lerp(torch.sigmoid(p), torch.full_like(p, 0.5), 0.1),
}


@pytest.mark.parametrize("name", sorted(ONE_NUMBER))
def test_one_mixed_probability_is_read_as_log_odds(tmp_path: Path, name: str) -> None:
    net = Two(ONE_NUMBER[name], classes=1, scale=4)
    model, theirs = loaded(net, tmp_path, "trace")
    x = torch.rand(64, 3, 4, 4, generator=torch.Generator().manual_seed(1))
    p = theirs(x)
    assert model.output.single
    torch.testing.assert_close(model(x)[:, 1:], torch.logit(p.double()).float(), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(model.file_output(model(x)), p)


@pytest.mark.parametrize(
    "how",
    [
        lambda p, q: p + q,
        lambda p, q: p * 100,
        lambda p, q: p.softmax(1) - q.softmax(1),
        lambda p, q: p.softmax(1) * q,
        lambda p, q: torch.relu(p),
        lambda p, q: torch.lerp(p, q, 0.3),
        lambda p, q: torch.lerp(p.softmax(1), q.softmax(1), -0.3),
    ],
    ids=["sum of logits", "scaled", "difference", "weighted logits", "relu", "lerp of logits", "lerp beyond"],
)
def test_what_is_no_mixture_of_probabilities_stays(tmp_path: Path, how: Mix) -> None:
    model, theirs = loaded(Two(how, scale=1), tmp_path, "trace")
    x = torch.rand(8, 3, 4, 4)
    assert model.output.head == ""
    torch.testing.assert_close(model(x), theirs(x))


def test_limits_inside_a_mixture_are_left_out_and_its_numbers_not_compared(tmp_path: Path) -> None:
    def log_odds(p: Tensor, q: Tensor) -> Tensor:
        mean = ((p.softmax(1) + q.softmax(1)) / 2).clamp(1e-4, 1 - 1e-4)
        return torch.log(mean / (1 - mean))

    model, theirs = loaded(Two(log_odds), tmp_path, "trace")
    x = torch.rand(8, 3, 4, 4, generator=torch.Generator().manual_seed(1))
    assert model.output.head == "mixture"
    assert float(model(x).amin().detach()) < float(theirs(x).detach().amin())
    assert model.file_output(model(x).detach()) is None
