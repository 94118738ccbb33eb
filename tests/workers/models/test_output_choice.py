"""Files with several outputs: the caller says which one holds the logits, by name or position."""

import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from openapi.models import InputSpec, ModelMetadata
from openapi.problems import ModelRejected, NotAClassifier
from openapi.stages.base import Stage
from openapi.stages.model_contract import ModelContract
from tests.workers.models.nets import relative, settled
from workers.jobs.context import JobContext
from workers.jobs.running import run_stage
from workers.models.inspection import inspect_audited
from workers.models.load import load_contract, load_model

pytestmark = pytest.mark.slow

SPEC = InputSpec(shape=(3, 8, 8))
NAMES = ("embedding", "age", "emotion")


class Heads(nn.Module):
    """An embedding, nine ages, seven emotions."""

    def __init__(self, named: bool) -> None:
        super().__init__()
        self.named = named
        self.body = nn.Conv2d(3, 8, 3)
        self.heads = nn.ModuleList(nn.Linear(8, k) for k in (16, 9, 7))

    def forward(self, x: torch.Tensor) -> Any:
        f = self.body(x).relu().mean((2, 3))
        found = [head(f) for head in self.heads]
        return dict(zip(NAMES, found, strict=True)) if self.named else (found[0], (found[1], found[2]))


@pytest.fixture(scope="module")
def net() -> Heads:
    return settled(Heads(named=False))


@pytest.fixture(scope="module")
def files(net: Heads, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("heads")
    x, found = torch.rand(2, 3, 8, 8), {key: folder / key for key in ("tuple", "dict", "onnx", "pt2")}
    named = Heads(named=True).eval()
    named.load_state_dict(net.state_dict())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.trace(net, x, check_trace=False).save(found["tuple"])
        torch.jit.trace(named, x, strict=False, check_trace=False).save(found["dict"])
        axes: dict[str, Any] = {"input_names": ["x"], "output_names": list(NAMES), "dynamic_axes": {"x": {0: "n"}}}
        torch.onnx.export(net, (x,), found["onnx"], dynamo=False, opset_version=17, **axes)
        program = torch.export.export(named, (x,), dynamic_shapes=({0: torch.export.Dim("n")},))
        torch.export.save(program, found["pt2"].open("wb"))
    return found


CHOICES = [
    ("tuple", "1.0", 1), ("tuple", 1, 1), ("tuple", "2", 2), ("dict", "age", 1), ("dict", "emotion", 2), ("dict", 2, 2),
    ("onnx", "emotion", 2), ("onnx", 1, 1), ("onnx", "embedding", 0), ("pt2", "age", 1), ("pt2", 2, 2),
]  # fmt: skip


@pytest.mark.parametrize(("file", "output", "head"), CHOICES)
def test_an_output_is_chosen(file: str, output: str | int, head: int, net: Heads, files: dict[str, Path]) -> None:
    model = load_model(files[file], None, SPEC, output)
    x = torch.rand(3, 3, 8, 8)
    wanted = net(x)[0] if head == 0 else net(x)[1][head - 1]
    assert relative(model(x), wanted) < 1e-5
    assert [layer.name for layer in model.layers if layer.kind == "linear"] == [f"heads.{head}"]
    compared = inspect_audited(model, files[file]).agreement
    assert file == "pt2" or compared["relative"] < 1e-5
    again = load_contract(files[file], ModelContract(format=model.format, input=model.input, output=output))
    assert torch.equal(again(x), model(x))


@pytest.mark.parametrize("output", ["gender", 3, "-1", ""])
@pytest.mark.parametrize("file", ["tuple", "onnx"])
def test_an_output_that_is_not_there(file: str, output: str | int, files: dict[str, Path]) -> None:
    with pytest.raises(ModelRejected, match=r"it has 3: (0, 1\.0, 1\.1|embedding, age, emotion)") as caught:
        load_model(files[file], None, SPEC, output)
    assert [e.pointer for e in caught.value.errors or ()] == ["/output"]


def test_without_a_choice_the_others_are_told(files: dict[str, Path]) -> None:
    (warning,) = [line for line in load_model(files["dict"], None, SPEC).warnings if "structure" in line]
    assert "`output` in the metadata chooses another" in warning
    assert "emotion (7 classes)" in warning


def test_an_output_without_a_name_is_known_by_its_layer(tmp_path: Path) -> None:
    """A tuple of an embedding and the scores beside it, as metric learning returns them."""

    class Beside(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = nn.Conv2d(3, 8, 3)
            self.emb = nn.Linear(8, 16)
            self.emotion = nn.Linear(8, 7)

        def forward(self, x: torch.Tensor) -> Any:
            f = self.body(x).relu().mean((2, 3))
            return nn.functional.normalize(self.emb(f)), self.emotion(f)

    net = settled(Beside())
    x = torch.rand(2, 3, 8, 8)
    torch.jit.trace(net, x, check_trace=False).save(tmp_path / "m.pt")
    model = load_model(tmp_path / "m.pt", None, SPEC)
    assert relative(model(x), net(x)[1]) < 1e-5
    assert any("0 (16 classes), 1 (7 classes)" in said for said in model.warnings)
    assert load_model(tmp_path / "m.pt", None, SPEC, 0).num_classes == 16


def test_an_output_that_holds_no_scores(tmp_path: Path) -> None:
    class Maps(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(3, 4, 3)

        def forward(self, x: torch.Tensor) -> Any:
            maps = self.conv(x)
            return maps, maps.mean((2, 3))

    torch.jit.script(Maps().eval()).save(tmp_path / "m.pt")
    with pytest.raises(NotAClassifier, match="'n', '4', '6', '6'"):
        load_model(tmp_path / "m.pt", None, SPEC, 0)


@pytest.mark.parametrize("output", [-1, 1.5, "", [1]])
def test_metadata_names_an_output_or_counts_it(output: Any) -> None:
    with pytest.raises(ValueError, match="output"):
        ModelMetadata.model_validate({"output": output})


def test_names_that_fit_another_head_are_told_how_to_choose_it(files: dict[str, Path], tmp_path: Path) -> None:
    metadata = {"filename": "a", "input": SPEC.model_dump(), "labels": [f"e{i}" for i in range(7)]}
    ctx = JobContext({"file": files["dict"]}, metadata, tmp_path)
    with pytest.raises(ModelRejected, match=r"7 names, but the model has \d+ logits.*`output`.*emotion \(7 classes\)"):
        run_stage(Stage.INSPECT_MODEL, ctx)
    ctx = JobContext({"file": files["dict"]}, {**metadata, "output": "emotion"}, tmp_path)
    assert run_stage(Stage.INSPECT_MODEL, ctx)["num_classes"] == 7
