"""What an inspection finds: agreement, randomness, missing gradients, broken weights."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from openapi.models import InputSpec, ModelInspection
from openapi.problems import ModelNumerics, ModelRejected
from openapi.stages.base import Stage
from tests.workers.models.nets import ConvNet, save_script, save_trace, settled
from workers.jobs.context import JobContext
from workers.jobs.running import run_stage
from workers.models.audited import AuditedModel, Origin
from workers.models.from_module import audit_module
from workers.models.inspection import inspect_audited
from workers.models.load import load_model


def job(path: Path, tmp_path: Path, **metadata: Any) -> ModelInspection:
    steps = []
    ctx = JobContext({"file": path}, {"filename": path.name, **metadata}, tmp_path, report=lambda *a: steps.append(a))
    value = run_stage(Stage.INSPECT_MODEL, ctx)
    assert steps[-1][:2] == (2, 2)
    return ModelInspection.model_validate_json(ModelInspection.model_validate(value).model_dump_json())


def test_the_job_describes_a_file(tmp_path: Path) -> None:
    path = save_trace(settled(ConvNet()), tmp_path / "a.pt", torch.rand(2, 3, 14, 14))
    found = job(path, tmp_path, name="net", input={"mean": [0.5], "std": [0.25]})
    assert found.format == "torchscript"
    assert found.input == InputSpec(shape=(3, 14, 14), layout="NCHW", mean=(0.5,), std=(0.25,))
    assert (found.num_classes, found.trainable, found.differentiable, found.logits) == (5, True, True, "output")
    assert found.num_parameters == sum(p.numel() for p in ConvNet().parameters())
    assert [layer.name for layer in found.layers] == ["conv1", "conv2", "conv3", "fc1", "fc2"]
    assert found.agreement["relative"] < 1e-5
    assert found.agreement["runtime"].startswith("torch 2.")
    assert found.cost_ms_per_image is not None
    assert found.cost_ms_per_image > 0


def test_softmax_is_read_before(tmp_path: Path) -> None:
    path = save_script(settled(nn.Sequential(ConvNet(), nn.Softmax(1))), tmp_path / "a.pt")
    found = job(path, tmp_path, input={"shape": [3, 14, 14]})
    assert found.logits == "before_softmax"
    assert found.agreement["relative"] < 1e-5
    assert any("Softmax" in text for text in found.warnings)


class Head(nn.Module):
    def __init__(self, how: Callable[[Tensor], Any]) -> None:
        super().__init__()
        self.fc = nn.Linear(12, 4)
        self.how = how

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.how(self.fc(x.flatten(1)))
        return logits


def probe(how: Callable[[Tensor], Any], change: Callable[[Head], None] | None = None) -> ModelInspection:
    net = settled(Head(how))
    if change is not None:
        change(net)
    return inspect_audited(audit_like(net))


def audit_like(net: nn.Module) -> AuditedModel:
    model = audit_module(net, InputSpec(shape=(3, 2, 2)))
    model.origin = Origin("torchscript")
    return model


def test_randomised_models_are_flagged() -> None:
    found = probe(lambda z: z + 0.1 * torch.randn_like(z))
    assert any(text.startswith("randomised") for text in found.warnings)
    assert not any(text.startswith("randomised") for text in probe(lambda z: z).warnings)


def test_batch_dependent_models_are_flagged() -> None:
    found = probe(lambda z: z - z.mean(0, keepdim=True))
    assert any(text.startswith("batch-dependent") for text in found.warnings)


class HandsOut(nn.Module):
    """A masked_scatter over the whole batch: the second image is filled from where the first one ended."""

    def __init__(self) -> None:
        super().__init__()
        self.net = ConvNet()

    def forward(self, x: Tensor) -> Tensor:
        z: Tensor = self.net(x)
        return z.masked_scatter(z < z.mean(1, keepdim=True), torch.arange(z.numel()).to(z))


def test_a_masked_scatter_over_the_batch_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = save_script(settled(HandsOut()), tmp_path / "a.pt")
    model = load_model(path, None, InputSpec(shape=(3, 14, 14)))
    with pytest.raises(ModelRejected, match=r"batch-dependent.*masked_scatter.*torch\.where"):
        inspect_audited(model, path)
    found = inspect_audited(model, path, accept_disagreement=True)
    assert any(text.startswith("batch-dependent") for text in found.warnings)
    assert any(text.startswith("accepted disagreement") for text in found.warnings)


@pytest.mark.parametrize("how", [torch.sign, torch.round, lambda z: z.detach()], ids=["sign", "round", "detach"])
def test_models_without_a_gradient_are_admitted_for_black_box_attacks(how: Callable[..., Any]) -> None:
    found = probe(how)
    assert not found.differentiable
    assert not found.trainable
    assert any("black-box" in text for text in found.warnings)


def dead(below: float) -> AuditedModel:
    """A ReLU network whose units are alive only where the image's mean is below so much."""
    first = nn.Linear(12, 3)
    net = nn.Sequential(nn.Flatten(), first, nn.ReLU(), nn.Linear(3, 4))
    with torch.no_grad():
        first.weight.fill_(-1.0)
        first.bias.fill_(12 * below)
    return audit_like(net)


@pytest.mark.parametrize(("below", "zero"), [(0.1, 13), (-0.01, 14)])
def test_a_network_that_is_dead_on_noise_keeps_white_box_attacks(below: float, zero: int) -> None:
    found = inspect_audited(dead(below))
    assert found.differentiable
    assert found.trainable
    assert any(f"zero at {zero} of 14 probe images" in text for text in found.warnings)


def test_a_derivative_that_is_infinite_at_flat_images_is_a_warning() -> None:
    class Contrast(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(12, 4)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = x.flatten(1)
            logits: torch.Tensor = (
                self.fc(x - x.mean(1, keepdim=True)) + (x - x.mean(1, keepdim=True)).square().sum(1, True).sqrt()
            )
            return logits

    found = inspect_audited(audit_like(settled(Contrast())))
    assert found.differentiable
    assert any("not finite at 4 of 14" in text for text in found.warnings)


def test_rounding_beside_a_smooth_path_is_differentiable() -> None:
    assert probe(lambda z: z + torch.round(z)).differentiable
    found = probe(lambda z: torch.round(z) * torch.sign(z))
    assert not found.differentiable
    assert any("every path rounds" in text for text in found.warnings)


def test_nan_weights_are_refused() -> None:
    def spoil(net: Head) -> None:
        with torch.no_grad():
            net.fc.weight[0, 0] = float("nan")

    with pytest.raises(ModelNumerics) as caught:
        probe(lambda z: z, spoil)
    assert caught.value.extra["index"] == 0


def test_one_output_is_the_logit_of_two_classes(tmp_path: Path) -> None:
    net = settled(nn.Sequential(nn.Flatten(), nn.Linear(12, 1), nn.Sigmoid()))
    found = job(save_script(net, tmp_path / "a.pt"), tmp_path, input={"shape": [3, 2, 2]}, labels=["cat", "dog"])
    assert (found.num_classes, found.logits) == (2, "before_sigmoid")
    assert found.agreement["relative"] < 1e-5
    assert any("class 1 against class 0" in text for text in found.warnings)


def test_a_missing_shape_is_asked_for(tmp_path: Path) -> None:
    path = save_script(settled(nn.Sequential(nn.Flatten(), nn.Linear(77, 4))), tmp_path / "a.pt")
    with pytest.raises(ModelRejected) as caught:
        job(path, tmp_path)
    assert [e.pointer for e in caught.value.errors or ()] == ["/input/shape"]


@pytest.mark.parametrize("save", [save_script, save_trace])
def test_a_wrong_shape_that_was_given_is_named(tmp_path: Path, save: Callable[..., Path]) -> None:
    net = settled(nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(4 * 36, 5)))
    path = save(net, tmp_path / "a.pt", *([torch.rand(1, 3, 8, 8)] if save is save_trace else []))
    with pytest.raises(ModelRejected, match=r"input.shape that was given, \[3, 32, 32\]") as caught:
        job(path, tmp_path, input={"shape": [3, 32, 32]})
    assert "no usual input size" not in caught.value.detail
    assert [e.pointer for e in caught.value.errors or ()] == ["/input/shape"]


def test_a_size_that_no_guess_meets_is_asked_for(tmp_path: Path) -> None:
    path = save_script(
        settled(nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(4 * 36, 5))), tmp_path / "a.pt"
    )
    with pytest.raises(ModelRejected, match=r"no usual input size works; give input\.shape") as caught:
        job(path, tmp_path)
    assert [e.pointer for e in caught.value.errors or ()] == ["/input/shape"]


def test_an_output_that_is_not_there_is_no_matter_of_the_size(tmp_path: Path) -> None:
    """Of the sizes that are tried one runs; only the output that was asked for is missing then."""
    net = settled(nn.Sequential(nn.Conv2d(1, 4, 3), nn.Flatten(), nn.Linear(4 * 26 * 26, 5)))
    with pytest.raises(ModelRejected, match="the file has no output 'nope'") as caught:
        job(save_script(net, tmp_path / "a.pt"), tmp_path, output="nope")
    assert [e.pointer for e in caught.value.errors or ()] == ["/output"]


@pytest.mark.parametrize(("channels", "needed"), [(1, "1 number,"), (3, "1 or 3 numbers, one a channel,")])
def test_too_many_means(tmp_path: Path, channels: int, needed: str) -> None:
    net = settled(nn.Sequential(nn.Conv2d(channels, 4, 3), nn.Flatten(), nn.Linear(4 * 36, 5)))
    path = save_trace(net, tmp_path / "a.pt", torch.rand(1, channels, 8, 8))
    with pytest.raises(ModelRejected, match=f"mean needs {needed} not 2"):
        job(path, tmp_path, input={"mean": [0.5, 0.5]})


def test_agreement_of_a_burnt_batch(tmp_path: Path) -> None:
    class Burnt(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(12, 4)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            logits: torch.Tensor = self.fc(x.view(1, 12))
            return logits

    path = save_trace(settled(Burnt()), tmp_path / "a.pt", torch.rand(1, 3, 2, 2))
    found = job(path, tmp_path)
    assert found.agreement["relative"] < 1e-6


def test_a_wrong_translation_is_refused_or_accepted_in_so_many_words(tmp_path: Path) -> None:
    path = save_script(settled(ConvNet()), tmp_path / "a.pt")
    model = load_model(path, None, InputSpec(shape=(3, 14, 14)))
    with torch.no_grad():
        model.trainable_parameters()["fc2.weight"].add_(0.1)
    with pytest.raises(ModelRejected, match="precision explains") as caught:
        inspect_audited(model, path)
    assert [e.pointer for e in caught.value.errors or ()] == ["/accept_disagreement"]
    found = inspect_audited(model, path, accept_disagreement=True)
    assert found.agreement["relative"] > found.agreement["explained"]
    assert any("accepted disagreement" in text for text in found.warnings)


def test_half_precision_explains_a_larger_difference(tmp_path: Path) -> None:
    """A net that takes the difference of two nearly equal sums: float16 moves it by tens of percent."""

    class Cancels(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(12, 4)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = x.flatten(1)
            logits: torch.Tensor = self.fc(x + 30.0 - x.mean(1, keepdim=True)) - self.fc(torch.full_like(x, 30.0))
            return logits

    path = save_trace(settled(Cancels()).half(), tmp_path / "a.pt", torch.rand(1, 3, 2, 2).half())
    found = job(path, tmp_path)
    assert 1e-3 < found.agreement["relative"] <= found.agreement["explained"]
    assert any("as far as its precision explains" in text for text in found.warnings)


def test_labels_name_every_class_or_are_refused(tmp_path: Path) -> None:
    path = save_trace(settled(ConvNet()), tmp_path / "a.pt", torch.rand(2, 3, 14, 14))
    assert job(path, tmp_path, labels=["a", "b", "c", "d", "e"]).num_classes == 5
    with pytest.raises(ModelRejected, match="3 names, but the model has 5 logits") as caught:
        job(path, tmp_path, labels=["a", "b", "c"])
    assert caught.value.errors is not None
    assert caught.value.errors[0].pointer == "/labels"


def test_one_channel_takes_one_number() -> None:
    with pytest.raises(ValueError, match=r"need 1 number \["):
        InputSpec(shape=(1, 8, 8), mean=(0.1, 0.2))


@pytest.mark.parametrize(
    ("labels", "pointer", "words"),
    [
        (["a"] * 5, "/labels", "names 'a' twice"),
        (["a", "b", "a\nb", "d", "e"], "/labels/2", "printable"),
        (["a", "b", "", "d", "e"], "/labels/2", "1 to 200"),
        (["a", "b", "c" * 201, "d", "e"], "/labels/2", "(201 characters)"),
    ],
)
def test_names_of_a_models_classes_keep_the_rule_of_a_data_sets(
    tmp_path: Path, labels: list[str], pointer: str, words: str
) -> None:
    path = save_trace(settled(ConvNet()), tmp_path / "a.pt", torch.rand(2, 3, 14, 14))
    with pytest.raises(ModelRejected) as caught:
        job(path, tmp_path, labels=labels)
    assert caught.value.errors is not None
    assert caught.value.errors[0].pointer == pointer
    assert words in caught.value.errors[0].detail
