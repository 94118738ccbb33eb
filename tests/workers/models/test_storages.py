"""Tensors that are declared larger than the bytes that they have: torch itself reads on behind them."""

import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from openapi.models import InputSpec
from openapi.problems import ModelMalformed, ModelUnsafe
from tests.corpus.torchscript import rewritten, scripted
from workers.models.load import load_model
from workers.models.torchscript.pickles import check_pickle
from workers.models.torchscript.storages import check_tensors

SIZES = {"data/0": 48, "data.pkl": 300}


def body(value: Any) -> bytes:
    return pickle.dumps(value, protocol=2)[2:-1]


def tensor(size: Any = (3, 4), stride: Any = (4, 1), offset: Any = 0, elements: Any = 12, key: Any = "0") -> bytes:
    """The pickle of one float tensor, as torch writes it."""
    storage = b"(" + body("storage") + b"ctorch\nFloatStorage\n" + body(key) + body("cpu") + body(elements) + b"tQ"
    rest = body(offset) + body(size) + body(stride) + b"\x89ccollections\nOrderedDict\n)R"
    return b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n(" + storage + rest + b"tR."


@pytest.mark.parametrize(
    "content",
    [
        tensor(),
        tensor((3, 4), (1, 3)),
        tensor((4,), (1,), offset=8),
        tensor((), ()),
        tensor((0, 5), (5, 1), offset=12),
        tensor((1000,), (0,)),
        tensor(elements=12, key=0),
    ],
)
def test_inside(content: bytes) -> None:
    check_pickle(content, "data.pkl")
    check_tensors(content, "data.pkl", SIZES)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (tensor(elements=13), "13 × 4 bytes in the entry 'data/0', which has 48"),
        (tensor(elements=-1), "which has 48"),
        (tensor(key="7"), "'data/7', which is not there"),
        (tensor((4, 4)), "no room"),
        (tensor(stride=(5, 1)), "no room"),
        (tensor(offset=1), "no room"),
        (tensor(offset=-1), "no room"),
        (tensor(stride=(4, -1)), "no room"),
        (tensor((-3, 4)), "no room"),
        (tensor((2**40,), (0,)), "no room"),
        (tensor(stride=(1,)), "no readable pickle"),
        (tensor(size=7, stride=(1,)), "no readable pickle"),
        (tensor(elements="many"), "no readable pickle"),
        (b"\x80\x02Q.", "no readable pickle"),
        (b"\x80\x02t.", "no readable pickle"),
        (b"\x80\x02h\x05.", "no readable pickle"),
    ],
)
def test_outside(content: bytes, words: str) -> None:
    with pytest.raises(ModelMalformed, match=words):
        check_tensors(content, "data.pkl", SIZES)


def test_numbers_are_not_called() -> None:
    """torch keeps the names that a pickle calls under numbers; a number in their place would be another name."""
    content = tensor().replace(b"ctorch._utils\n_rebuild_tensor_v2\n", b"K\x00")
    with pytest.raises(ModelUnsafe, match="no name"):
        check_tensors(content, "data.pkl", SIZES)


@pytest.mark.parametrize("frozen", [False, True])
def test_a_weight_without_its_bytes_is_refused_before_loading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, frozen: bool
) -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(4, 3)).eval()
    good = scripted(torch.jit.freeze(torch.jit.script(net)) if frozen else net)
    path = tmp_path / "bad.pt"

    def shorten(name: str, content: bytes) -> bytes:
        return content[:4] if name.endswith(("/data/0", "/constants/0")) else content

    path.write_bytes(rewritten(good, shorten))
    monkeypatch.setattr(torch.jit, "load", lambda *_, **__: pytest.fail("loaded"))
    with pytest.raises(ModelMalformed, match="which has 4"):
        load_model(path, None, InputSpec(shape=(1, 2, 2)))
