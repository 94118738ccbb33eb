"""Attacks on models that answer NaN, give no or tiny gradients, do not repeat themselves or need too much memory."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from openapi.attacks import Fgsm, Pgd
from openapi.problems import ModelNumerics, NotDifferentiable
from tests.workers.attacks.nets import Linear, attack, linear_layer, problem, small_cnn
from workers.attacks.engine.suite import run_attack

pytestmark = pytest.mark.slow


class Poisoned(nn.Module):
    """NaN for every image whose first pixel is exactly 1."""

    def __init__(self) -> None:
        super().__init__()
        self.net = small_cnn()

    def forward(self, x: Tensor) -> Tensor:
        z: Tensor = self.net(x)
        return torch.where(x[:, 0, 0, :1] == 1, torch.nan, z)


@pytest.mark.parametrize("batch_size", [1, 64])
def test_nan_logits_name_the_sample(batch_size: int) -> None:
    x = torch.rand(40, 1, 8, 8) * 0.5
    x[17, 0, 0, 0] = 1
    with pytest.raises(ModelNumerics, match="sample 1017") as caught:
        run_attack(
            Poisoned(),
            Fgsm(eps=0.01),
            x,
            torch.zeros(40, dtype=torch.int64),
            torch.arange(1000, 1040),
            batch_size=batch_size,
        )
    assert caught.value.extra["index"] == 1017


def test_infinite_logits_are_an_error() -> None:
    model = Linear(torch.full((2, 64), 1e38))
    with pytest.raises(ModelNumerics):
        attack(model, Fgsm(eps=0.01), torch.ones(2, 1, 8, 8), torch.zeros(2, dtype=torch.int64))


def test_no_gradient_is_an_error() -> None:
    class Table(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return torch.stack([x.mean((1, 2, 3)).detach(), torch.full((len(x),), 0.4)], 1)

    x = torch.rand(4, 1, 8, 8) * 0.1 + 0.8
    with pytest.raises(NotDifferentiable, match="black-box"):
        attack(Table(), Pgd(eps=0.1), x, torch.zeros(4, dtype=torch.int64))


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_a_model_that_sees_the_mean_alone(norm: str) -> None:
    """Its gradient is one number expanded to an image, which must not be written over in place."""

    class Mean(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            m = x.mean((1, 2, 3))
            return torch.stack([m, 1 - m], 1)

    x = torch.linspace(0.55, 0.9, 12).view(-1, 1, 1, 1).expand(-1, 1, 4, 4).contiguous()
    run = attack(
        Mean(), Pgd(eps=0.2 if norm == "linf" else 0.8, steps=10, norm=norm), x, torch.zeros(12, dtype=torch.int64)
    )
    assert (run.success == (x[:, 0, 0, 0].numpy() < 0.7)).all()


@pytest.mark.parametrize("scale", [1.0, 100.0, 1e4])
def test_scaled_logits_do_not_protect(scale: float) -> None:
    """Cross-entropy in float32 has a zero gradient on most of these images; the attack must not notice."""
    model = small_cnn()
    x, y = problem(model, 48)
    plain = attack(model, Pgd(eps=0.03, steps=10), x, y)
    with torch.no_grad():
        linear_layer(model, -1).weight.mul_(scale)
        linear_layer(model, -1).bias.mul_(scale)
    scaled = attack(model, Pgd(eps=0.03, steps=10), x, y)
    assert scaled.success.sum() >= plain.success.sum() - 1
    assert scaled.extras["zero_gradients"] == 0


@pytest.mark.parametrize("scale", [1.0, 30.0])
def test_a_softmax_at_the_end_does_not_protect(scale: float) -> None:
    model = small_cnn()
    with torch.no_grad():
        linear_layer(model, -1).weight.mul_(scale)
        linear_layer(model, -1).bias.mul_(scale)
    x, y = problem(model, 48)
    plain = attack(model, Pgd(eps=0.03, steps=10), x, y)
    soft = attack(nn.Sequential(model, nn.Softmax(1)), Pgd(eps=0.03, steps=10), x, y)
    assert abs(int(soft.success.sum()) - int(plain.success.sum())) <= 1
    assert plain.success.any()
    np.testing.assert_allclose(soft.clean_confidence, plain.clean_confidence, atol=1e-5)


def test_float_noise_is_no_success() -> None:
    """A constant model is never wrong by the input; a margin below float32 noise must not count."""
    model = Linear(torch.full((2, 64), 1e-9), torch.tensor([1.0, 1.0 - 1e-7]))
    run = attack(model, Pgd(eps=1.0, steps=5), torch.rand(8, 1, 8, 8), torch.zeros(8, dtype=torch.int64))
    assert not run.success.any()


def test_randomised_model_is_noticed() -> None:
    class Noisy(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = small_cnn()

        def forward(self, x: Tensor) -> Tensor:
            z: Tensor = self.net(x)
            return z + 0.1 * torch.randn_like(z)

    x, y = problem(small_cnn(), 16)
    assert attack(Noisy(), Fgsm(eps=0.01), x, y).randomised
    assert not attack(small_cnn(), Fgsm(eps=0.01), x, y).randomised


def test_out_of_memory_halves_the_tile_and_changes_nothing() -> None:
    class Hungry(nn.Module):
        """Behaves like a device where more than 5 images do not fit."""

        def __init__(self) -> None:
            super().__init__()
            self.net = small_cnn()

        def forward(self, x: Tensor) -> Tensor:
            if len(x) > 5:
                raise torch.OutOfMemoryError("CUDA out of memory")
            z: Tensor = self.net(x)
            return z

    model = Hungry()
    x, y = problem(model.net, 40)
    tight, roomy = (
        attack(model, Pgd(eps=0.03, steps=5, restarts=2), x, y),
        attack(model.net, Pgd(eps=0.03, steps=5, restarts=2), x, y),
    )
    assert (tight.success == roomy.success).all()
    torch.testing.assert_close(tight.x_adv, roomy.x_adv, rtol=0, atol=1e-5)


def test_wrong_pixels_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        attack(small_cnn(), Fgsm(), torch.full((1, 1, 8, 8), 255.0), torch.zeros(1, dtype=torch.int64))
