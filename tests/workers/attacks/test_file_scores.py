"""Where a file's own scores tie, its argmax decides otherwise than the logits: counted as the file itself runs."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from openapi.attacks import Pgd
from tests.workers.models.test_mixtures import MIXTURES, Mix, Two, loaded
from workers.attacks.engine.attack_run import AttackRun
from workers.attacks.engine.file_scores import by_a_hair, decision_check
from workers.attacks.engine.suite import run_attack
from workers.attacks.engine.victim import Logits

HEADS: dict[str, Mix] = {
    "sigmoid": lambda p, q: torch.sigmoid(p),
    "argmax": lambda p, q: torch.sigmoid(p).argmax(1),
    "tanh": lambda p, q: torch.tanh(p),
    "softmax": lambda p, q: p.softmax(1),
    "mean of sigmoids": lambda p, q: (torch.sigmoid(p) + torch.sigmoid(q)) / 2,
}
#: Counts that may differ where last digits come out otherwise: of a mean, and of onnxruntime's own sigmoid.
ROUNDED = {("mean of sigmoids", "trace"): 4, ("sigmoid", "onnx"): 4}


def run_of(folder: Path, name: str, how: str = "trace") -> tuple[AttackRun, dict[str, int]]:
    """An attack on the file, and what the file's own runtime counts on the images and on the examples."""
    net = Two(HEADS[name], scale=200)
    model, theirs = loaded(net, folder, how)
    x = torch.rand(96, 3, 4, 4, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        y = model(x).argmax(1)
        y[::6] = (y[::6] + 1) % 4
        run = run_attack(model, Pgd(eps=0.1, steps=8), x, y, torch.arange(len(x)))

        def named(images: torch.Tensor) -> torch.Tensor:
            scores = theirs(images)
            return scores if scores.ndim == 1 else torch.from_numpy(scores.numpy().argmax(1))  # the first of equals

        return run, {
            "file_differs": int((named(x) != torch.from_numpy(run.predicted)).sum()),
            "file_correct": int((named(x) == y).sum()),
            "file_fooled": int(run.success.sum()),
            "file_keeps": int(((named(run.x_adv) == y) & torch.from_numpy(run.success)).sum()),
            "file_yields": int(((named(run.x_adv) != y) & torch.from_numpy(run.correct & ~run.success)).sum()),
        }


@pytest.mark.parametrize(("name", "how"), [*((name, "trace") for name in sorted(HEADS)), ("sigmoid", "onnx")])
def test_counts_are_those_of_the_file_itself(tmp_path: Path, name: str, how: str) -> None:
    run, expected = run_of(tmp_path, name, how)
    slack = ROUNDED.get((name, how), 0)
    for key, count in expected.items():
        assert abs(run.extras[key] - count) <= slack, key
    check = decision_check({"pgd": run.extras}, run.n, int(run.correct.sum()))
    assert check.numbers["accuracy"] == float(run.correct.mean())
    if name == "softmax":  # one class alone is near 1
        assert (run.extras["file_level"], expected["file_differs"], check.status) == (0, 0, "pass")
        return
    assert expected["file_differs"] > 10
    assert check.status == "fail"
    if name != "argmax":
        assert run.extras["file_level"] >= expected["file_differs"]
        assert f"its argmax gets {run.extras['file_correct']} right" in check.detail
    assert set(expected) < set(run.extras)


@pytest.mark.parametrize("name", ["noisy or", "noisy or of sigmoids", "mean of sigmoids"])
def test_examples_of_mixtures_are_wrong_by_the_file_itself(tmp_path: Path, name: str) -> None:
    """By the logits alone some of the examples have scores of 1 for the right class as well, the first of equals."""
    model, theirs = loaded(Two(MIXTURES[name][1], scale=200), tmp_path, "trace")
    x = torch.rand(96, 3, 4, 4, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        y = model(x).argmax(1)

    def right_and_fooled(attacked: Logits) -> tuple[int, int]:
        run = run_attack(attacked, Pgd(eps=0.1, steps=8), x, y, torch.arange(len(x)))
        named = torch.from_numpy(theirs(run.x_adv).detach().numpy().argmax(1))
        return int(((named == y) & torch.from_numpy(run.success)).sum()), int(run.success.sum())

    kept, fooled = right_and_fooled(model)
    kept_by_logits, fooled_by_logits = right_and_fooled(lambda images: model(images))
    assert kept == 0
    assert kept_by_logits > 0
    assert fooled >= fooled_by_logits - kept_by_logits


@pytest.mark.parametrize(
    "mix", [lambda p, q: p, lambda p, q: (p - q)[:, :1], lambda p, q: torch.sigmoid(p)[:, :1]],
    ids=["logits", "one logit", "one probability"],
)  # fmt: skip
def test_files_that_cannot_tie_are_not_asked(tmp_path: Path, mix: Mix) -> None:
    model, _ = loaded(Two(mix, scale=1), tmp_path, "trace")
    x = torch.rand(4, 3, 4, 4)
    run = run_attack(model, Pgd(eps=0.01, steps=1), x, model(x).argmax(1), torch.arange(4))
    assert not any(key.startswith("file_") for key in run.extras)
    assert decision_check({"pgd": run.extras}, 4, 4).status == "skipped"


def figures(**changed: int) -> dict[str, Any]:
    counts = {"file_level": 0, "file_differs": 0, "file_correct": 90, "file_fooled": 200, "file_keeps": 0}
    return {**counts, "file_yields": 0, **changed}


def test_one_image_proves_nothing() -> None:
    """Of few images a single one is more than half a per cent."""
    for count in (1, 2):
        changed = {"file_differs": count, "file_keeps": count, "file_yields": count, "file_fooled": 30}
        check = decision_check({"a": figures(**changed)}, 40, 36)
        assert check.status == ("pass" if count == 1 else "fail")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"file_differs": 1}, None),
        ({"file_differs": 2, "file_level": 9}, "share its highest score on 9 of 200 images: its argmax gets 90 right"),
        ({"file_keeps": 1}, None),
        ({"file_keeps": 2}, "of 200 examples of b its argmax still gets 2 right"),
        ({"file_yields": 1}, None),
        ({"file_yields": 2}, "gives way on 2 images that count as robust to b"),
    ],
)
def test_half_a_per_cent_is_let_pass(changed: dict[str, int], words: str | None) -> None:
    clean = {k: v for k, v in changed.items() if k in ("file_differs", "file_level")}
    check = decision_check({"a": figures(**clean), "b": figures(**changed)}, 200, 190)
    assert check.status == ("pass" if words is None else "fail")
    assert words is None or words in check.detail


class Opposed(nn.Module):
    """Two sure networks of opposite opinions, p = 1 - e⁻⁹ of one class and 1 - e⁻¹⁰ of the other: the mean's lead is
    8e-5, below 2e-6 of logits that are hundreds apart, and above float32's digits in the file's own scores."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        shift = x.flatten(1)[:, :1] * 2 - 1  # -1: class 0 leads by a hair, 1: class 1 does
        first = torch.cat([9.5 - shift / 2, 0 * shift, 0 * shift - 600], 1)
        second = torch.cat([0 * shift, 9.5 + shift / 2, 0 * shift - 600], 1)
        return (first.softmax(1) + second.softmax(1)) / 2


def test_a_hair_counts_where_the_file_itself_gives_way(tmp_path: Path) -> None:
    model, theirs = loaded(Opposed(), tmp_path, "trace")
    x, y = torch.zeros(8, 3, 4, 4), torch.zeros(8, dtype=torch.int64)
    run = run_attack(model, Pgd(eps=1.0, steps=3), x, y, torch.arange(8))
    assert run.correct.all()
    assert bool((theirs(run.x_adv).argmax(1) == 1).all())
    assert run.success.all()
    assert (run.extras["file_keeps"], run.extras["file_yields"]) == (0, 0)


class Steep(nn.Module):
    """Two unsure networks that change their minds together where the first pixel is 0.5."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        shift = (x.flatten(1)[:, :1] - 0.5) * 1000
        scores = torch.cat([-shift, shift, 0 * shift - 600], 1)
        return (scores.softmax(1) + (2 * scores).softmax(1)) / 2


def test_a_hair_that_rounding_may_turn_is_no_success(tmp_path: Path) -> None:
    model, theirs = loaded(Steep(), tmp_path, "trace")
    y = torch.zeros(4, dtype=torch.int64)
    for pixel, hair in ((0.5 + 1e-6, False), (0.5 + 1e-5, True), (0.5, False), (0.4, False)):
        x = torch.full((4, 3, 4, 4), pixel)
        with torch.no_grad():
            assert bool((theirs(x).argmax(1) == int(pixel > 0.5)).all())
            assert by_a_hair(model, x, y, model(x)).tolist() == [hair] * 4
            assert by_a_hair(model, x[:0], y[:0], model(x)[:0]).tolist() == []
