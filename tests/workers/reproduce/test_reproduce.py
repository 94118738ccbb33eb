"""The paper's tables made anew, on a network and data that are as small as they can be."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import workers.reproduce.command as command
from openapi.attacks import Fgsm, Pgd
from openapi.layer_names import named_layers, paper_names
from openapi.models import InputSpec
from openapi.problems import DatasetRejected
from service.cli.reproduce import _NAMES
from workers.hardening.layers import frozen_parameters
from workers.models.from_module import audit_module
from workers.reproduce.data import Images, read_images
from workers.reproduce.lab import Lab, TimeIsUp
from workers.reproduce.nets import NETS, ResNet18, Vgg16
from workers.reproduce.outcomes import DRAWN, Cell, Outcome, Table, beside_the_paper, paired, published, share
from workers.reproduce.paper_tables import attacks_of, options_of, table3
from workers.reproduce.scales import SCALES
from workers.reproduce.shown import text_of, write

TINY = replace(SCALES["small"], width=2, train=48, test=12, few=2, epochs=2, robust_epochs=1, batch_size=16, slice=8)


def images(n: int = 48) -> Images:
    draw = np.random.default_rng(0)
    y = np.arange(n) % 3
    x = (draw.integers(0, 60, (n, 1, 28, 28)) + 60 * y[:, None, None, None]).astype(np.uint8)
    return Images("made-up", x, y, x[:12], y[:12])


def lab(folder: Path, **more: Any) -> Lab:
    return Lab(folder, "vgg16", images(), TINY, **more)


@pytest.mark.slow
def test_the_networks_have_the_papers_layers() -> None:
    spec = InputSpec(shape=(1, 28, 28))
    vgg = list(paper_names(audit_module(Vgg16(1, 10, 2), spec).layers).values())
    assert vgg == [*(f"conv{i}" for i in range(1, 14)), "fc1"]
    resnet = list(paper_names(audit_module(ResNet18(1, 10, 2), spec).layers).values())
    assert resnet[0] == "conv1"
    assert {f"l{stage}b{b}c{c}" for stage in (1, 2, 3, 4) for b in (1, 2) for c in (1, 2)} <= set(resnet)
    widths = [m.out_channels for m in Vgg16(3, 10).modules() if isinstance(m, torch.nn.Conv2d)]
    assert widths == [64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512]


@pytest.mark.slow
def test_inception_has_the_layers_of_figure_11() -> None:
    net = NETS["inception_v3"](1, 10, 8)
    here = audit_module(net, InputSpec(shape=(1, 28, 28))).layers
    found = {alias: named_layers(here, alias) for alias in ("conv2", "conv5", "l2b1", "l4b1")}
    assert {alias: len(names) for alias, names in found.items()} == {"conv2": 1, "conv5": 1, "l2b1": 4, "l4b1": 6}
    assert sum(layer.neurons for layer in here if layer.name.endswith("Mixed_5b.branch1x1.conv")) == 8
    with pytest.raises(ValueError, match="multiple of 8"):
        NETS["inception_v3"](1, 10, 4)


def test_published_numbers_fit_their_columns() -> None:
    for name in ("sns-table1", "sns-table2", "sns-table3", "sns-table4"):
        told = published(name)
        assert {len(row) for row in told["rows"].values()} == {len(told["columns"])}
    assert published("sns-table3")["rows"]["sns sensitive"][3] == 39.6


def test_the_command_knows_every_experiment() -> None:
    assert list(_NAMES) == list(command.EXPERIMENTS)


@pytest.mark.slow
def test_sns_freezes_what_lies_below_its_layers_and_baselines_nothing(tmp_path: Path) -> None:
    here = lab(tmp_path)
    model = here.fresh()
    options = options_of(here, "sns sensitive")
    assert options.layers == tuple(here.names[f"conv{i}"] for i in range(8, 14))
    frozen = frozen_parameters(model, options.layers[0])
    assert here.names["conv7"] + ".weight" in frozen
    assert here.names["conv8"] + ".weight" not in frozen
    assert options_of(here, "pat").layers == "all"


def pieces(here: Lab) -> list[Any]:
    """A training, one that begins with it, an attack in two slices, and sensitivities."""
    here.model("vanilla")
    here.model("pat", options_of(here, "pat"))
    robust = here.robust("pat", Pgd(eps=8 / 255, steps=2), 12)
    return [robust.tolist(), here.sums("pat", 8 / 255, 12).layer(here.names["conv13"]).difference.tolist()]


@pytest.mark.slow
def test_a_stopped_run_goes_on_to_the_same_numbers(tmp_path: Path) -> None:
    whole = pieces(lab(tmp_path / "whole"))
    began: list[str] = []

    def stop_at(count: int) -> Any:
        def say(line: str) -> None:
            began.append(line)
            if len(began) == count:
                raise TimeIsUp(line)

        return say

    for count in (2, 5):  # before the second epoch, and between the slices of the attack
        with pytest.raises(TimeIsUp):
            pieces(lab(tmp_path / "parts", say=stop_at(count)))
    assert pieces(lab(tmp_path / "parts", say=began.append)) == whole
    done = len(began)
    assert pieces(lab(tmp_path / "parts", say=began.append)) == whole
    assert len(began) == done, "nothing is made twice"


@pytest.mark.slow
def test_table_three_has_every_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = {column: (Fgsm(eps=e / 255), 12) for e, column in enumerate(published("sns-table3")["columns"][1:], 1)}
    quick["pgd linf"] = (Fgsm(eps=9 / 255), 12)
    monkeypatch.setattr("workers.reproduce.paper_tables.attacks_of", lambda here: quick)
    whole = replace(TINY, slice=12)
    found = table3(Lab(tmp_path, "vgg16", images(), whole, say=lambda line: None))
    (table,) = found.tables
    assert set(table.rows) == set(published("sns-table3")["rows"])
    assert {len(cells) for cells in table.rows.values()} == {7}
    assert len(found.findings) == 7, "six comparisons, and the mean of the random draws"


def test_the_attacks_are_the_papers(tmp_path: Path) -> None:
    attacks = attacks_of(Lab(tmp_path, "vgg16", images(), SCALES["full"]))
    assert list(attacks) == published("sns-table3")["columns"][1:]
    assert [spec.name for spec, _ in attacks.values()] == ["cw", "pgd", "pgd", "fgsm", "spsa", "nattack"]
    spsa, nattack = (attacks[name][0].model_dump() for name in ("spsa", "nattack"))
    assert (spsa["directions"], spsa["steps"], nattack["samples"], nattack["steps"]) == (512, 100, 300, 100)


def test_no_piece_begins_when_the_time_is_over(tmp_path: Path) -> None:
    with pytest.raises(TimeIsUp):
        lab(tmp_path, deadline=0.0).model("vanilla")


def test_cifars_binary_files_are_read(tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    records = draw.integers(0, 256, (20, 3073)).astype(np.uint8)
    records[:, 0] %= 10
    for i in range(1, 6):
        records[4 * (i - 1) : 4 * i].tofile(tmp_path / f"data_batch_{i}.bin")
    records[:3].tofile(tmp_path / "test_batch.bin")
    found = read_images(tmp_path)
    assert (found.x.shape, found.x_test.shape) == ((20, 3, 32, 32), (3, 3, 32, 32))
    np.testing.assert_array_equal(found.x.reshape(20, -1), records[:, 1:])
    np.testing.assert_array_equal(found.y, records[:, 0])
    (tmp_path / "test_batch.bin").write_bytes(b"12")
    with pytest.raises(DatasetRejected, match="test_batch"):
        read_images(tmp_path)
    with pytest.raises(DatasetRejected, match="data_batch_1"):
        read_images(tmp_path / "..")


def test_the_shipped_images_are_read() -> None:
    found = read_images(None).first(100, 20)
    assert (found.x.shape, found.y_test.shape) == ((100, 1, 28, 28), (20,))


def test_what_is_told_and_written(tmp_path: Path) -> None:
    robust = np.arange(10) < 4
    cell = share(robust, 39.6)
    assert (cell.value, cell.n) == (40.0, 10)
    assert cell.difference == pytest.approx(0.4)
    found = Outcome([Table("T", ["a", "b"], {"row": [cell, Cell(None, 1.0)]}, "%")], findings=["one"])
    assert "40.0 [16.8, 68.7] | 39.6, +0.4" in text_of(found)
    files = write(found, "x", tmp_path)
    assert json.loads(files[0].read_text())["tables"][0]["rows"]["row"][0]["published"] == 39.6
    assert "40.0 [16.8, 68.7]" in files[1].read_text()
    assert "p = 1" in paired("w", robust, robust, ("a", "b"))
    assert "b holds more" in paired("w", np.zeros(20, bool), np.ones(20, bool), ("a", "b"))


def test_where_the_paper_prints_no_number_that_is_said() -> None:
    alone, beside = (Table("t", ("a",), {"row": (Cell(1.0, theirs),)}) for theirs in (None, 2.0))
    assert DRAWN in text_of(beside_the_paper(Outcome((alone,), findings=("found",))))
    assert beside_the_paper(Outcome((alone, beside))).findings == ()
