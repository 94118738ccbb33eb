"""Attacks on one chosen class: reached and merely misled are told apart, and the class's own samples are left alone."""

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from torch import Tensor, nn

from openapi.attack_ids import attack_ids
from openapi.attacks import ATTACK_ADAPTER, ApgdT, FabT, Fgsm, Ifgsm, Pgd
from openapi.attacks.base import Attack
from openapi.survivors import predecessors
from openapi.threat_models import families
from tests.workers.attacks.nets import attack, problem, small_cnn
from tests.workers.attacks.trained import pictures, trained_cnn

SPECS: list[Attack] = [
    Fgsm(eps=0.15, targeted=True, target=2),
    Ifgsm(eps=0.15, targeted=True, target=2),
    Pgd(eps=0.15, steps=10, targeted=True, target=2),
    Pgd(eps=0.15, steps=10, targeted=True, target=2, loss="margin", restarts=2),
    Pgd(eps=1.5, steps=10, targeted=True, target=2, norm="l2"),
    ApgdT(eps=0.15, steps=10, target=2),
    FabT(eps=0.15, steps=10, target=2),
]
IDS = ["fgsm", "ifgsm", "pgd", "pgd-margin", "pgd-l2", "apgd_t", "fab_t"]


@pytest.mark.slow
@pytest.mark.parametrize("spec", SPECS, ids=IDS)
def test_what_is_reached_and_what_is_misled(spec: Attack) -> None:
    model = trained_cnn().eval()
    x, y = pictures(90, seed=9)
    run = attack(model, spec, x, y)
    with torch.no_grad():
        clean, after = model(x).argmax(1).numpy(), model(run.x_adv).argmax(1).numpy()
    label = y.numpy()
    assert (run.attacked == ((clean == label) & (label != 2))).all()
    assert (label == 2).any(), "some samples are of the chosen class"
    assert not run.success[label == 2].any()
    assert not run.reached[label == 2].any()
    assert (run.reached == (run.attacked & (after == 2))).all(), "a fresh pass says the same"
    assert (run.success == (run.attacked & (after != label))).all()
    assert run.reached.sum() > 0
    assert (run.x_adv[~torch.from_numpy(run.attacked)] == x[~torch.from_numpy(run.attacked)]).all()


@pytest.mark.slow
@pytest.mark.parametrize("spec", SPECS, ids=IDS)
def test_batches_and_shards_change_nothing(spec: Attack) -> None:
    model = trained_cnn().eval()
    x, y = pictures(50, seed=4)
    whole = attack(model, spec, x, y, seed=5)
    for size in (1, 7):
        run = attack(model, spec, x, y, seed=5, batch_size=size)
        assert (run.reached == whole.reached).all()
        assert (run.success == whole.success).all()


class OnePixel(nn.Module):
    """Three classes on one pixel: above 0.6 class 1, above 0.9 class 2, else class 0 (the logits are lines)."""

    def forward(self, x: Tensor) -> Tensor:
        t = x[:, 0, 0, 0]
        return torch.stack([torch.zeros_like(t), 10 * (t - 0.6), 20 * (t - 0.75)], 1)


def test_another_class_on_the_way_is_kept_apart() -> None:
    """From 0.5 an eps of 0.2 leads into class 1 and not as far as class 2, an eps of 0.45 to class 2."""
    x, y = torch.full((3, 1, 1, 1), 0.5), torch.zeros(3, dtype=torch.int64)
    for spec in (Pgd(eps=0.2, steps=6, target=2), ApgdT(eps=0.2, steps=6, target=2)):
        near = attack(OnePixel(), spec, x, y)
        assert (bool(near.success.all()), bool(near.reached.any())) == (True, False)
        assert set(near.adv_predicted) == {1}
        assert "success_by_step" not in near.extras
    far = attack(OnePixel(), Pgd(eps=0.45, steps=6, target=2), x, y)
    assert far.reached.all()
    assert set(far.adv_predicted) == {2}
    # One run that stops at the first wrong class would have ended in class 1.
    assert set(attack(OnePixel(), Pgd(eps=0.45, steps=6), x, y).adv_predicted) == {1}


def test_an_untargeted_attack_reaches_nothing() -> None:
    x, y = problem(small_cnn(), 20)
    run = attack(small_cnn(), Pgd(eps=0.1), x, y)
    assert run.success.any()
    assert not run.reached.any()


def test_words_of_the_request() -> None:
    spec = ATTACK_ADAPTER.validate_python({"name": "pgd", "eps": 0.1, "target": "cat"})
    assert isinstance(spec, Pgd)
    assert (spec.targeted, spec.chosen) == (True, "cat")
    assert str(spec.threat_model) == "linf eps=0.1 target=cat"
    assert attack_ids([spec]) == ("pgd-linf-0.1-10-to-cat",)
    assert Pgd(target="next").chosen is None
    assert (Fgsm().chosen, ApgdT(target=0).chosen, Fgsm(target=0).targeted) == (None, 0, True)
    for wrong in ({"target": 3, "targeted": False}, {"target": -1}, {"target": True}, {"target": ""}):
        with pytest.raises(ValidationError) as caught:
            ATTACK_ADAPTER.validate_python({"name": "fgsm", **wrong})
        assert "target" in caught.value.errors()[0]["loc"]


def test_a_chosen_class_counts_in_its_ball_and_alone_stands_for_itself() -> None:
    aimed, plain, other = Pgd(eps=0.1, target=2), Pgd(eps=0.1), Pgd(eps=0.2, target=2)
    found = {str(threat): at for threat, at in families([aimed, plain, other]).items()}
    assert found == {"linf eps=0.1": [0, 1], "linf eps=0.2 target=2": [2]}
    assert predecessors([Fgsm(eps=0.1), plain, aimed]) == ((), (0,), ()), "it meets every sample"
    assert np.all([str(spec.threat_model.untargeted) == "linf eps=0.1" for spec in (aimed, plain)])
