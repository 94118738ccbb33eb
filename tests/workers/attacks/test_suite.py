"""What every attack owes: validity, sameness, a model left as it was, and progress; see `test_awkward_models` too."""

import numpy as np
import pytest
import torch
from torch import nn

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
from tests.workers.attacks.nets import attack, problem, small_cnn
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
