"""What every attack owes: validity, sameness, soundness, and a model left as it was."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from openapi.attacks import (
    Apgd,
    ApgdT,
    Attack,
    AutoAttack,
    Cw,
    Ddn,
    Deepfool,
    Ead,
    FabT,
    Fgsm,
    Fmn,
    Nattack,
    OnePixel,
    Pgd,
    Spsa,
    Square,
    StrAttack,
)
from openapi.problems import ModelNumerics, NotDifferentiable
from tests.workers.attacks.nets import Linear, attack, linear_layer, problem, small_cnn
from workers.attacks.engine.suite import run_attack
from workers.attacks.engine.totals import add_extras

pytestmark = pytest.mark.slow

SPECS: list[Attack] = [
    Fgsm(eps=0.03),
    Pgd(eps=0.03, steps=5, restarts=2),
    Pgd(eps=0.03, steps=5, targeted=True, target="next"),
    Pgd(eps=0.3, norm="l2", steps=5),
]
IDS = ["fgsm", "pgd-linf", "pgd-targeted", "pgd-l2"]


@pytest.mark.parametrize("spec", SPECS, ids=IDS)
def test_same_result_for_any_batch_size_and_sharding(spec: Attack) -> None:
    model = small_cnn()
    x, y = problem(model, 70)
    whole = attack(model, spec, x, y, seed=5)
    assert 0 < whole.success.sum() < 70
    runs = [attack(model, spec, x, y, seed=5, batch_size=b) for b in (1, 7, 64)]
    index = torch.arange(70)
    shards = [
        run_attack(model, spec, x[s], y[s], index[s], seed=5) for s in (slice(0, 23), slice(23, 47), slice(47, 70))
    ]
    for run in runs:
        assert (run.success == whole.success).all()
        torch.testing.assert_close(run.x_adv, whole.x_adv, rtol=0, atol=1e-5)
        assert run.forward_passes == whole.forward_passes
    assert (np.concatenate([s.success for s in shards]) == whole.success).all()
    torch.testing.assert_close(torch.cat([s.x_adv for s in shards]), whole.x_adv, rtol=0, atol=1e-5)
    assert sum(s.backward_passes for s in shards) == whole.backward_passes
    merged = add_extras(add_extras(shards[0].extras, shards[1].extras), shards[2].extras)
    assert merged == whole.extras


@pytest.mark.parametrize("spec", SPECS, ids=IDS)
def test_examples_are_valid_and_fool_a_fresh_pass(spec: Attack) -> None:
    model = small_cnn()
    x, y = problem(model, 64)
    x[:8] = x[:8].round()  # saturated pixels, on the walls of [0, 1]
    with torch.no_grad():
        y = model(x).argmax(1)
    run = attack(model, spec, x, y)
    eps, norm = spec.eps, spec.norm  # type: ignore[attr-defined]
    assert run.x_adv.dtype == torch.float32
    assert float(run.x_adv.min()) >= 0
    assert float(run.x_adv.max()) <= 1
    delta = run.x_adv - x
    if norm == "linf":
        assert float(delta.abs().max()) <= eps
        assert np.abs(run.x_adv.numpy().astype(np.float64) - x.numpy().astype(np.float64)).max() <= eps
    else:
        assert float(delta.flatten(1).norm(dim=1).max()) <= eps
        assert np.linalg.norm(delta.double().flatten(1).numpy(), axis=1).max() <= eps
    with torch.no_grad():
        fresh = model(run.x_adv).argmax(1).numpy()
    assert run.success.any()
    assert (fresh[run.success] != run.label[run.success]).all()
    assert (run.adv_predicted == fresh).all()
    measured = delta.double().flatten(1)
    measured = measured.abs().amax(1) if norm == "linf" else measured.norm(dim=1)
    np.testing.assert_allclose(run.distance[run.success], measured.numpy()[run.success], rtol=1e-9)


def test_other_seed_other_start() -> None:
    model = small_cnn()
    x, y = problem(model, 8)
    spec = Pgd(eps=0.001, steps=2)
    assert not torch.equal(attack(model, spec, x, y, seed=1).x_adv, attack(model, spec, x, y, seed=2).x_adv)


def test_misclassified_samples_are_not_attacked() -> None:
    model = small_cnn()
    x, y = problem(model, 20)
    y[:5] = (y[:5] + 1) % 4
    run = attack(model, Pgd(eps=0.5, steps=5), x, y)
    assert not run.attacked[:5].any()
    assert not run.success[:5].any()
    assert torch.equal(run.x_adv[:5], x[:5])
    assert run.attacked[5:].all()
    assert run.robust_accuracy == (run.correct & ~run.success).mean()


def test_skipped_samples_are_not_attacked() -> None:
    model = small_cnn()
    x, y = problem(model, 12)
    skip = torch.arange(12) % 3 == 0
    spec = Pgd(eps=0.3, steps=8)
    every, some = attack(model, spec, x, y), run_attack(model, spec, x, y, torch.arange(12), skip=skip)
    assert every.success[skip.numpy()].any()
    assert not some.attacked[skip.numpy()].any()
    assert not some.success[skip.numpy()].any()
    assert (some.success == every.success)[~skip.numpy()].all()
    assert some.correct.all()
    assert torch.equal(some.x_adv[skip], x[skip])


def test_nothing_correct_is_no_error() -> None:
    model = small_cnn()
    x, y = problem(model, 6)
    run = attack(model, Pgd(eps=0.1), x, (y + 1) % 4)
    assert run.robust_accuracy == 0
    assert run.forward_passes == 0


def test_fooled_rows_leave_the_run() -> None:
    model = small_cnn()
    x, y = problem(model, 32)
    run = attack(model, Pgd(eps=0.5, steps=50), x, y)
    assert run.success.all()
    assert run.forward_passes < 32 * 10
    by_step = run.extras["success_by_step"]
    assert sum(by_step) == 32
    assert len(by_step) == 51
    # a row fooled at step s has cost s + 1 passes
    assert run.forward_passes == sum((s + 1) * count for s, count in enumerate(by_step))


def test_model_is_left_as_it_was() -> None:
    model = nn.Sequential(nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.Flatten(), nn.Dropout(0.5), nn.Linear(108, 3))
    model.train()
    model[1].eval()
    model[0].weight.requires_grad_(False)
    before = {k: v.clone() for k, v in model.state_dict().items()}
    flags = [p.requires_grad for p in model.parameters()]
    modes = [m.training for m in model.modules()]
    x = torch.rand(16, 1, 8, 8)
    run = attack(model, Pgd(eps=0.1, steps=3), x, torch.zeros(16, dtype=torch.int64))
    assert not run.randomised  # dropout was off
    assert [m.training for m in model.modules()] == modes
    assert [p.requires_grad for p in model.parameters()] == flags
    assert all(torch.equal(v, before[k]) for k, v in model.state_dict().items())
    assert all(p.grad is None for p in model.parameters())


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
    tight, roomy = attack(model, SPECS[1], x, y), attack(model.net, SPECS[1], x, y)
    assert (tight.success == roomy.success).all()
    torch.testing.assert_close(tight.x_adv, roomy.x_adv, rtol=0, atol=1e-5)


def test_wrong_pixels_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        attack(small_cnn(), Fgsm(), torch.full((1, 1, 8, 8), 255.0), torch.zeros(1, dtype=torch.int64))


@pytest.mark.parametrize(
    "spec",
    [
        Pgd(eps=0.1, restarts=2), Apgd(eps=0.01, steps=10, restarts=2), ApgdT(eps=0.01, steps=10, restarts=2),
        FabT(eps=0.01, steps=10, restarts=2), Square(eps=0.01, queries=300, restarts=2), AutoAttack(eps=0.01),
        Cw(steps=50), Ead(steps=20), StrAttack(steps=20), Ddn(steps=20), Fmn(steps=20), Deepfool(),
        Spsa(eps=0.01, steps=5, directions=8), Nattack(eps=0.01, steps=5), OnePixel(population=20, generations=3),
    ],
    ids=lambda spec: spec.name,
)  # fmt: skip
def test_progress_never_goes_back_and_ends_at_all_samples(spec: Attack) -> None:
    model = small_cnn()
    x, y = problem(model, 5)
    seen: list[tuple[float, float]] = []
    run_attack(model, spec, x, y, torch.arange(5), progress=lambda d, t: seen.append((d, t)), batch_size=4)
    assert seen[-1] == (5, 5)
    assert [d for d, _ in seen] == sorted(d for d, _ in seen)
