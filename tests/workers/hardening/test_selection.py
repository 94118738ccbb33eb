"""Ω and the ablations."""

import numpy as np
import torch

from tests.workers.neurons.nets import HAND_X, HAND_X_ADV, HandNet
from workers.hardening.selection import at_random, every, sensitive
from workers.neurons.measure import measure_all


def test_sensitive_takes_the_top_of_each_layer() -> None:
    sums = measure_all(HandNet(), [(HAND_X, HAND_X_ADV, torch.arange(2))])
    omega = sensitive(sums, ["conv", "head"], 0.7, "cpu")
    assert {name: neurons.tolist() for name, neurons in omega.items()} == {"conv": [1], "head": [0, 1]}


def test_every_takes_all() -> None:
    assert {k: v.tolist() for k, v in every({"a": 3, "b": 1}, "cpu").items()} == {"a": [0, 1, 2], "b": [0]}


def test_random_takes_as_many_as_omega_and_follows_the_seed() -> None:
    neurons = {"a": 100, "b": 5}
    first, again, other = (at_random(neurons, 0.1, seed, "cpu") for seed in (0, 0, 1))
    assert [len(first["a"]), len(first["b"])] == [10, 1]
    assert len(np.unique(first["a"])) == 10
    assert torch.equal(first["a"], again["a"])
    assert not torch.equal(first["a"], other["a"])
