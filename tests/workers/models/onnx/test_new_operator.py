"""An operator that nobody knew is one function: its weights, settings, idle attributes and host twin stand beside."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from openapi.models import InputSpec
from openapi.problems import UnsupportedOperator
from tests.workers.models.onnx.files import RGB, conv_head, model, node, rand, save
from workers.models.onnx import table
from workers.models.onnx.call import Call
from workers.models.onnx.load import load_onnx
from workers.models.onnx.registry import OPERATORS, Host, operator

pytestmark = pytest.mark.slow

DOMAIN = "made.up"


def _twice(call: Call, x: Host, gain: Host | None = None, size: Host | None = None) -> Any:
    return x * 2


@pytest.fixture
def tremble() -> Iterator[None]:
    """The operator ``made.up.Tremble``: x · gain · power, or 2 x without a gain."""

    @operator("Tremble", domain=DOMAIN, note="made up", host=_twice, weights=(1,), settings=(2,), idle=("comment",))
    def compute(call: Call, x: Tensor, gain: Tensor | None = None, size: Tensor | None = None) -> Tensor:
        found: Tensor = (x * 2 if gain is None else x * gain) * call.attr("power", 1.0)
        return found

    yield
    del OPERATORS[DOMAIN, "Tremble"]


def _file(tmp_path: Path, **attributes: Any) -> Path:
    nodes, constants = conv_head("t")
    first = [
        node("Tremble", ["x", "gain", "size"], "s", domain=DOMAIN, **attributes),
        node("Tremble", ["rows"], "wide", domain=DOMAIN),  # a shape: numbers, never a tensor
        node("Reshape", ["s", "wide"], "t"),
    ]
    constants |= {"gain": np.abs(rand(3, 1, 1)) + 1, "size": rand(3, 1, 1), "rows": np.array([0, 0, 4, 4], np.int64)}
    last = [node("Identity", ["logits"], "y")]
    return save(model([*first, *nodes, *last], RGB, constants, domains={DOMAIN: 1}), tmp_path)


@pytest.mark.usefixtures("tremble")
def test_a_made_up_operator_is_read_trained_and_listed(tmp_path: Path) -> None:
    path = _file(tmp_path, power=0.5, comment="nothing")
    audited = load_onnx(path, InputSpec())
    plain = load_onnx(path, InputSpec())
    x = torch.rand(2, 3, 8, 8)
    assert "gain" in audited.trainable_parameters()
    assert "size" not in audited.trainable_parameters()
    with torch.no_grad():
        audited.trainable_parameters()["gain"].mul_(2)
        assert not torch.allclose(audited(x), plain(x))
        torch.testing.assert_close(audited(x / 2), plain(x))
    assert ("made.up.Tremble", "1", "yes", "made up") in table.rows()


@pytest.mark.usefixtures("tremble")
def test_an_attribute_that_is_neither_read_nor_idle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedOperator, match="its attribute shift = 1"):
        load_onnx(_file(tmp_path, shift=1), InputSpec())


def test_without_it_the_same_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedOperator, match="Tremble"):
        load_onnx(_file(tmp_path), InputSpec())
    assert (DOMAIN, "Tremble") not in OPERATORS
