"""Malicious and strange programs in TorchScript archives, made here, each refused before anything of it is loaded."""

import io
import pickle
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from openapi.models import InputSpec
from openapi.problems import ModelMalformed, ModelRejected, ModelUnsafe, UnsupportedOperator
from tests.corpus.outside import Outside
from tests.corpus.torchscript import (
    Endless,
    Forks,
    ReadsInForward,
    ReadsWhileLoading,
    Saves,
    Strides,
    WritesShared,
    scripted,
)
from tests.workers.models.admitted import SPEC, refused, rewrite
from tests.workers.models.nets import ConvNet, save_script, save_trace, settled
from workers.models.load import load_model
from workers.models.torchscript.frontend import admit
from workers.models.torchscript.sources import check_sources

pytestmark = pytest.mark.slow


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    return Outside(tmp_path / "outside")


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return save_script(settled(ConvNet()), tmp_path / "good.pt")


@pytest.mark.parametrize(
    ("module", "operator"),
    [
        (ReadsInForward, "aten::from_file"),
        (ReadsWhileLoading, "aten::from_file"),
        (WritesShared, "aten::from_file"),
        (Saves, "aten::save"),
        (lambda outside: Forks(), "fork"),
        (lambda outside: Strides(), "aten::as_strided"),
    ],
)
def test_code_that_reaches_outside(
    module: Callable[[Path], nn.Module], operator: str, outside: Outside, tmp_path: Path
) -> None:
    path = tmp_path / "bad.pt"
    path.write_bytes(scripted(module(outside.folder)))
    error = refused(path, ModelRejected, operator)
    assert error.extra["operator"].endswith(operator)
    assert error.extra["entry"].startswith("code/")
    assert isinstance(error, (ModelUnsafe, UnsupportedOperator))
    outside.check()


def test_nothing_is_loaded_before_the_check(outside: Outside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bad.pt"
    path.write_bytes(scripted(ReadsWhileLoading(outside.folder)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert torch.jit.load(path).stolen.tolist() == outside.numbers, "the attack works on torch itself"

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("loaded")

    monkeypatch.setattr(torch.jit, "load", never)
    refused(path, ModelUnsafe, "from_file")


@pytest.mark.parametrize(
    "line",
    [
        'torch.save(x, "f")',
        'ops.aten.save(x, "f")',
        '(x).save("f")',
        "a = torch.from_file",
        "a = torch",
        "a = ops.aten",
        'a = (x).save; a("f")',
        'a = [torch.relu]; (a[0])("f")',
        "a = b; a(x)",
        'ops.dist_c10d.barrier("x")',
        "a = __torch__.torch.classes.dist_c10d.ProcessGroup",
        "import os",
        "from os import system",
        "a = lambda y: y",
        "torch.nn.functional.from_file(x)",
        "try:\n      pass\n    except:\n      pass",
        'getattr(torch, "save")(x)',
        "x = x\x0ctorch.save(x)",
    ],
)
def test_ways_to_name_an_operator(line: str) -> None:
    source = f"class A(Module):\n  def forward(self, x: Tensor) -> Tensor:\n    {line}\n    return x\n"
    with pytest.raises((ModelUnsafe, UnsupportedOperator)):
        check_sources({"code/a.py": source.encode()})


def test_a_method_of_the_archive_does_not_shield_an_operator() -> None:
    source = (
        "class A(Module):\n"
        "  def save(self, f: str) -> NoneType:\n    return None\n"
        '  def forward(self, x: Tensor) -> Tensor:\n    _0 = (x).save("f", )\n    return x\n'
    )
    with pytest.raises(ModelUnsafe, match="aten::save"):
        check_sources({"code/a.py": source.encode()})


def test_an_unknown_operator_is_named(tmp_path: Path) -> None:
    class Rare(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return torch.lgamma(x).flatten(1)

    error = refused(save_script(Rare(), tmp_path / "rare.pt"), UnsupportedOperator, "lgamma")
    assert error.extra["operator"] == "aten::lgamma"


def test_checkpoints_and_pickles_are_explained(tmp_path: Path) -> None:
    net = settled(ConvNet())
    torch.save(net.state_dict(), tmp_path / "weights.pt")
    refused(tmp_path / "weights.pt", ModelMalformed, "torch.save checkpoint")
    (tmp_path / "old.pt").write_bytes(pickle.dumps({"a": 1}, protocol=2))
    refused(tmp_path / "old.pt", ModelMalformed, "pickle")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a/readme.txt", "hello")
    (tmp_path / "other.zip").write_bytes(buffer.getvalue())
    refused(tmp_path / "other.zip", ModelMalformed, "not a TorchScript")


def test_an_endless_loop_ends(tmp_path: Path) -> None:
    path = tmp_path / "endless.pt"
    path.write_bytes(scripted(Endless()))
    with pytest.raises(ModelRejected, match="loop does not end"):
        load_model(path, None, InputSpec(shape=(3, 2, 2)))


def test_deep_nesting(good: Path, tmp_path: Path) -> None:
    deep = "class A(Module):\n  def forward(self, x):\n    return " + "-" * 5000 + "x\n"
    path = rewrite(good, tmp_path / "deep.pt", lambda n, c: deep.encode() if n.endswith(".py") else c)
    with pytest.raises((ModelUnsafe, ModelMalformed)):
        load_model(path, None, SPEC)


def test_an_unforeseen_failure_is_a_refusal(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError("strange")

    monkeypatch.setattr("workers.models.torchscript.frontend.Program", fail)
    refused(good, ModelRejected, "ZeroDivisionError: strange")


def test_a_class_of_the_main_program_passes(tmp_path: Path) -> None:
    """`__torch__.Net`, without a module between: what is scripted in a training script."""
    code = (
        "import sys, torch\n"
        "class Net(torch.nn.Module):\n"
        "    def __init__(self):\n        super().__init__()\n        self.fc = torch.nn.Linear(4, 3)\n"
        "    def forward(self, x: torch.Tensor) -> torch.Tensor:\n        return self.fc(x.flatten(1))\n"
        "torch.jit.save(torch.jit.script(Net().eval()), sys.argv[1])\n"
    )
    (tmp_path / "train.py").write_text(code)
    subprocess.run([sys.executable, "-W", "ignore", tmp_path / "train.py", tmp_path / "net.pt"], check=True)
    assert load_model(tmp_path / "net.pt", None, InputSpec(shape=(1, 2, 2))).num_classes == 3


def test_good_archives_pass(good: Path, tmp_path: Path) -> None:
    assert "data.pkl" in admit(good).sizes
    traced = save_trace(settled(ConvNet()), tmp_path / "traced.pt", torch.rand(2, 3, 14, 14))
    assert load_model(traced, "torchscript", InputSpec()).input.shape == (3, 14, 14)
    with pytest.raises(ModelMalformed, match="declared as onnx"):
        load_model(traced, "onnx", InputSpec())
