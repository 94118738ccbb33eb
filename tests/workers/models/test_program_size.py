"""How many operators a TorchScript program runs, counted in its sources before anything is loaded."""

import ast
from pathlib import Path

import pytest
import torch
from torch import nn

from openapi.models import InputSpec
from openapi.problems import ModelUnsafe
from tests.corpus.torchscript import deep_torchscript
from tests.workers.models.nets import ConvNet, save_script, save_trace, settled
from workers.models.load import load_model
from workers.models.torchscript.archive import open_archive
from workers.models.torchscript.frontend import admit
from workers.models.torchscript.size import MAX_CALLS, MAX_OPERATORS, Count, check_size, count_forward


def parsed(**sources: str) -> dict[str, ast.Module]:
    return {f"code/__torch__{name}.py": ast.parse(source) for name, source in sources.items()}


def count(path: Path) -> Count:
    sources = open_archive(path).sources
    return count_forward({entry: ast.parse(content.decode()) for entry, content in sources.items()})


def test_a_trace_has_one_operator_a_layer(tmp_path: Path) -> None:
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Sequential(nn.Flatten(), nn.ReLU(), nn.Linear(72, 3)))
    path = save_trace(net, tmp_path / "a.pt", torch.rand(1, 1, 8, 8))
    assert count(path).operators == 5


def test_a_script_counts_its_longer_branches(tmp_path: Path) -> None:
    path = save_script(settled(ConvNet()), tmp_path / "a.pt")
    found = count(path)
    assert 13 <= found.operators <= 40
    assert found.calls > found.operators


def test_modules_of_one_class_count_as_often_as_they_are_called(tmp_path: Path) -> None:
    once = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
    few, many = (save_script(nn.Sequential(*[once] * n), tmp_path / f"{n}.pt") for n in (1, 50))
    assert count(many).operators == 50 * count(few).operators


def test_functions_that_double_are_seen_for_what_they_are() -> None:
    """Forty functions that each call the one before twice: 2^40 operators in 3 kB, found in no time."""
    lines = ["def f0(x: Tensor) -> Tensor:\n  return torch.relu(x)\n"]
    for i in range(1, 40):
        call = f"__torch__.f{i - 1}"
        lines.append(f"def f{i}(x: Tensor) -> Tensor:\n  g = {call}\n  return {call}(g(x, ), )\n")
    lines.append("class A(Module):\n  def forward(self, x: Tensor) -> Tensor:\n    return __torch__.f39(x, )\n")
    with pytest.raises(ModelUnsafe, match=rf"__torch__\.f14 grows to 16,384 tensor operators.*{MAX_OPERATORS:,} are"):
        check_size(parsed(**{"": "".join(lines)}))


def test_submodules_that_double() -> None:
    lines = ["class M0(Module):\n  def forward(self, x: Tensor) -> Tensor:\n    return torch.relu(x)\n"]
    for i in range(1, 30):
        a, b = ("(self.a).forward(x, )", '(getattr(self, "1")).forward(y, )')
        lines.append(
            f'class M{i}(Module):\n  __annotations__ = []\n  a : __torch__.M{i - 1}\n  __annotations__["1"] = '
            f"__torch__.M{i - 1}\n  def forward(self, x: Tensor) -> Tensor:\n    y = {a}\n    return {b}\n"
        )
    with pytest.raises(ModelUnsafe, match=r"M14\.forward grows to 16,384"):
        check_size(parsed(**{"": "".join(lines)}))


def test_calls_about_python_values_count_too() -> None:
    lines = ["def f0(x: int) -> int:\n  return torch.__not__(x)\n"]
    lines += [f"def f{i}(x: int) -> int:\n  return __torch__.f{i - 1}(__torch__.f{i - 1}(x))\n" for i in range(1, 40)]
    lines.append("class A(Module):\n  def forward(self, x: Tensor) -> Tensor:\n    return __torch__.f39(1)\n")
    with pytest.raises(ModelUnsafe, match=rf"calls once its modules.*; {MAX_CALLS:,} are allowed"):
        check_size(parsed(**{"": "".join(lines)}))


@pytest.mark.parametrize(
    "body", ["__torch__.A.forward(x, )", "(self).forward(x, )", "(self.b).forward(x, )"], ids=["name", "self", "member"]
)
def test_what_calls_itself(body: str) -> None:
    source = f"class A(Module):\n  b : __torch__.A\n  def forward(self, x: Tensor) -> Tensor:\n    return {body}\n"
    with pytest.raises(ModelUnsafe, match="calls itself"):
        check_size(parsed(**{"": source}))


def test_a_long_chain_of_functions_is_refused_not_followed_for_ever() -> None:
    lines = ["def f0(x: Tensor) -> Tensor:\n  return torch.relu(x)\n"]
    lines += [f"def f{i}(x: Tensor) -> Tensor:\n  return __torch__.f{i - 1}(x, )\n" for i in range(1, 5000)]
    lines.append("class A(Module):\n  def forward(self, x: Tensor) -> Tensor:\n    return __torch__.f4999(x, )\n")
    with pytest.raises(ModelUnsafe, match="too deeply"):
        check_size(parsed(**{"": "".join(lines)}))


@pytest.mark.slow
def test_ten_thousand_layers_are_refused_before_loading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "deep.pt"
    path.write_bytes(deep_torchscript(10_000))
    monkeypatch.setattr(torch.jit, "load", lambda *_, **__: pytest.fail("loaded"))
    with pytest.raises(ModelUnsafe, match=r"10,001 tensor operators .* 9,000 are allowed"):
        load_model(path, None, InputSpec(shape=(1, 2, 2)))
    admit(save_script(settled(ConvNet()), tmp_path / "good.pt"))


def test_fewer_layers_are_a_model(tmp_path: Path) -> None:
    path = tmp_path / "deep.pt"
    path.write_bytes(deep_torchscript(40))
    model = load_model(path, None, InputSpec(shape=(1, 2, 2)))
    x = torch.rand(3, 1, 2, 2)
    assert torch.equal(model(x), x.flatten(1))
