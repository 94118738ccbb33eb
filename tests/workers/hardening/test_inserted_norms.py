"""Norms that an exporter has folded stand again while a network trains, and are folded again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn.utils.fusion import fuse_conv_bn_weights

from openapi.problems import JobFailed
from tests.workers.hardening.nets import options, shipped
from workers.hardening.data import TrainingSet
from workers.hardening.run import harden
from workers.hardening.saved import Moment, copies
from workers.hardening.watchers import NOBODY, Watchers
from workers.models.audited import AuditedModel
from workers.models.inserted_norms import fold_norms, folded, insert_norms, is_inserted

pytestmark = pytest.mark.slow

Fresh = Callable[..., AuditedModel]
CONVOLUTIONS = ("conv1", "conv2", "conv3")


def images(n: int = 60) -> torch.Tensor:
    return torch.from_numpy(shipped("train", n)[0]).float() / 255


def test_inserted_and_folded_the_network_is_what_it_was(fresh: Fresh) -> None:
    model = fresh()
    before, x = copies(model.trainable_parameters()), images()
    with torch.no_grad():
        expected = model(x)
        assert insert_norms(model, x.split(25), [*CONVOLUTIONS, "head"]) == 3
        torch.testing.assert_close(model(x), expected, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(folded(model)(x), expected, rtol=1e-4, atol=1e-4)
        assert sum(is_inserted(name) for name in model.trainable_parameters()) == 6
        fold_norms(model)
    after = model.trainable_parameters()
    assert after.keys() == before.keys()
    for name, value in before.items():
        torch.testing.assert_close(after[name].detach(), value, rtol=1e-4, atol=1e-5)


def test_the_statistics_are_those_of_the_images(fresh: Fresh) -> None:
    model, x = fresh(), images()
    with torch.no_grad():
        z = model.tapped("conv", ["conv2"])(x)[1]["conv2"]
        insert_norms(model, x.split(7), ["conv2"])
    mean, variance = (getattr(model.graph, f"inserted_norm_0_{part}") for part in ("mean", "variance"))
    torch.testing.assert_close(mean, z.mean((0, 2, 3)), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(variance, z.var((0, 2, 3), correction=0), rtol=1e-4, atol=1e-5)


def test_folding_is_torchs_own(fresh: Fresh) -> None:
    model = fresh()
    insert_norms(model, [images()], ["conv2"])
    own = [getattr(model.graph, f"inserted_norm_0_{part}") for part in ("mean", "variance", "weight", "bias")]
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for tensor in own:
            tensor.copy_(torch.rand(tensor.shape, generator=generator) + 0.5)
    conv = copies(model.trainable_parameters())
    expected = fuse_conv_bn_weights(conv["conv2.weight"], conv["conv2.bias"], own[0], own[1], 1e-5, own[2], own[3])
    fold_norms(model)
    found = model.trainable_parameters()
    torch.testing.assert_close(found["conv2.weight"].detach(), expected[0].detach())
    torch.testing.assert_close(found["conv2.bias"].detach(), expected[1].detach())


def test_networks_with_norms_get_none(fresh: Fresh) -> None:
    assert insert_norms(fresh(norm=True), [images()], ["conv1", "conv2"]) == 0


def trained(model: AuditedModel, keep: Any = None, moment: Moment | None = None, **change: Any) -> Any:
    settings = options(**{"epochs": 2, "pairs": 20, "batch_size": 30, "batch_norm": "inserted", **change})
    watchers = NOBODY if keep is None else Watchers(keep=keep)
    return harden(model, TrainingSet(*shipped("train", 90)), settings, seed=2, watchers=watchers, moment=moment)


def test_training_leaves_the_files_names_and_what_is_frozen(fresh: Fresh) -> None:
    model = fresh()
    before = copies(model.trainable_parameters())
    result = trained(model, layers=("conv3",))
    after = model.trainable_parameters()
    assert after.keys() == before.keys()
    assert set(result.frozen) == {"conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias"}
    assert {name for name in before if torch.equal(before[name], after[name])} == set(result.frozen)


def test_interrupted_it_ends_with_the_same_bits(fresh: Fresh, tmp_path: Path) -> None:
    whole = fresh()
    trained(whole)

    def stop(moment: Moment) -> None:
        moment.write(tmp_path / "moment")
        raise JobFailed("stopped")

    with pytest.raises(JobFailed):
        trained(fresh(), keep=stop)
    again = fresh()
    trained(again, moment=Moment.read(tmp_path / "moment", "cpu"))
    found = again.trainable_parameters()
    assert all(torch.equal(value, found[name]) for name, value in whole.trainable_parameters().items())
