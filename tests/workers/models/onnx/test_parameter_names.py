"""Names of parameters, and the generated table of operators."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from workers.models.onnx import table
from workers.models.onnx.registry import OPERATORS
from workers.models.onnx.weights import attribute_paths


@pytest.mark.parametrize(
    ("names", "paths"),
    [
        (["conv1.weight"], ["conv1.weight"]),
        (["onnx::Conv_193"], ["onnx__Conv_193"]),
        (["dense/kernel:0", "dense_kernel_0"], ["dense_kernel_0", "dense_kernel_0_2"]),
        (["a", "a.b"], ["a_", "a_b"]),
        (["0.weight", "training"], ["0.weight", "training_"]),
        ([""], ["constant"]),
        (["0", "0.0", "0:.0"], ["0__2", "0_0", "0_.0"]),
    ],
)
def test_paths(names: list[str], paths: list[str]) -> None:
    assert list(attribute_paths(names).values()) == paths


@given(st.lists(st.text(alphabet="ab._:/0", max_size=6), max_size=12, unique=True))
def test_any_names_make_a_module(names: list[str]) -> None:
    paths = attribute_paths(names)
    assert list(paths) == names
    assert len(set(paths.values())) == len(names)
    assert attribute_paths(names) == paths
    root = nn.Module()
    for path in paths.values():
        *parents, leaf = path.split(".")
        owner = root
        for part in parents:
            if part not in owner._modules:
                owner.add_module(part, nn.Module())
            owner = owner.get_submodule(part)
        owner.register_parameter(leaf, nn.Parameter())
    assert {name for name, _ in root.named_parameters(remove_duplicate=False)} == set(paths.values())


@pytest.mark.slow
def test_table_lists_every_operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["table", str(tmp_path / "t.md")])
    table.main()
    text = (tmp_path / "t.md").read_text()
    assert text.count("\n") >= len(OPERATORS) + 2
    assert "| Conv | 7–" in text
    assert "| Sign | 9–" in text
    assert "straight-through" in text
    assert "com.microsoft.FusedConv" in text
    assert text == (Path(table.__file__).parent / "OPERATORS.md").read_text(), "write it again, as its first lines say"
