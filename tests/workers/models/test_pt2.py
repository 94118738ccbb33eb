"""Programs of `torch.export`: read as data, of every version of their archive."""

import copy
import io
import json
import pickle
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from openapi.models import InputSpec
from openapi.problems import ModelMalformed, ModelRejected, ModelUnsafe, UnsupportedOperator
from tests.corpus.torchscript import rewritten
from tests.workers.models.nets import ConvNet, gradient, relative, settled
from tests.workers.models.onnx.nets import build
from workers.models.inspection import inspect_audited
from workers.models.load import detect_format, load_model

pytestmark = pytest.mark.slow

Change = Callable[[bytes], bytes]
#: A program as torch's own (private) record of an archive, and as it was exported.
Parts = tuple[Any, torch.export.ExportedProgram]


def save(net: nn.Module, path: Path, x: Tensor, free: bool = True) -> Path:
    shapes = ({0: torch.export.Dim("batch")},) if free else None
    torch.export.save(torch.export.export(net, (x,), dynamic_shapes=shapes), path)
    return path


@pytest.fixture(scope="module")
def net() -> ConvNet:
    return settled(ConvNet())


@pytest.fixture(scope="module")
def good(net: ConvNet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(net, tmp_path_factory.mktemp("pt2") / "good.pt2", torch.rand(2, 3, 14, 14))


def rewrite(source: Path, target: Path, **changes: Change) -> Path:
    """Copy an archive; each change maps the end of an entry's name to a function of its bytes."""

    def change(name: str, content: bytes) -> bytes:
        for end, changed in changes.items():
            if name.endswith(end):
                content = changed(content)
        return content

    target.write_bytes(rewritten(source.read_bytes(), change))
    return target


def edited(change: Callable[[dict[str, Any]], object]) -> Change:
    def run(content: bytes) -> bytes:
        document = json.loads(content)
        change(document)
        return json.dumps(document).encode()

    return run


def test_a_program_is_translated(net: ConvNet, good: Path) -> None:
    assert detect_format(good) == "pt2"
    model = load_model(good, None, InputSpec())
    assert (model.format, model.input.shape) == ("pt2", (3, 14, 14))
    for batch in (1, 3):
        x = torch.rand(batch, 3, 14, 14)
        assert relative(model(x), net(x)) < 1e-5
        assert relative(gradient(model, x), gradient(net, x)) < 1e-3
    assert set(model.trainable_parameters()) == set(dict(net.named_parameters()))
    assert [layer.name for layer in model.layers] == ["conv1", "conv2", "conv3", "fc1", "fc2"]
    assert "unpickles" in inspect_audited(model, good).agreement["reason"]


@pytest.mark.parametrize("images", [1, 2])
@pytest.mark.parametrize("family", ["vit", "swin"])
def test_a_fixed_batch_is_freed(family: str, images: int, tmp_path: Path) -> None:
    net, x = build(family)
    path = save(net, tmp_path / "a.pt2", x[:images], free=False)
    model = load_model(path, None, InputSpec())
    y = torch.rand(3, *x.shape[1:])
    assert relative(model(y), net(y)) < 1e-4
    assert any(f"batch size at {images}" in text for text in model.warnings)


class Payload:
    def __reduce__(self) -> tuple[Any, ...]:
        return (print, ("owned",))


def test_pickles_are_never_opened(good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def pickled(document: dict[str, Any]) -> None:
        document["config"]["conv1.weight"]["use_pickle"] = True

    bad = rewrite(good, tmp_path / "a.pt2", **{"model_weights_config.json": edited(pickled)})
    with pytest.raises(ModelUnsafe, match="pickled"):
        load_model(bad, None, InputSpec())
    buffer = io.BytesIO()
    torch.save(Payload(), buffer)
    samples = rewrite(
        good, tmp_path / "b.pt2", **{"sample_inputs/model.pt": lambda _: buffer.getvalue(), "weight_0": lambda c: c}
    )
    assert load_model(samples, None, InputSpec()).num_classes == 5, "sample inputs are left alone"
    spoilt = rewrite(good, tmp_path / "c.pt2", weight_0=lambda _: pickle.dumps(Payload()))
    with pytest.raises(ModelRejected):
        load_model(spoilt, None, InputSpec())
    assert "owned" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("torch.ops.aten.from_file.default", ModelUnsafe),
        ("torch.ops.aten.lgamma.default", UnsupportedOperator),
        ("torch.ops.c10d.barrier.default", ModelUnsafe),
        ("os.system", UnsupportedOperator),
        ("_operator.setitem", UnsupportedOperator),
    ],
)
def test_operators_pass_the_allow_list(good: Path, tmp_path: Path, target: str, kind: type[Any]) -> None:
    def change(document: dict[str, Any]) -> None:
        document["graph_module"]["graph"]["nodes"][0]["target"] = target

    bad = rewrite(good, tmp_path / "a.pt2", **{"models/model.json": edited(change)})
    with pytest.raises(kind) as caught:
        load_model(bad, None, InputSpec())
    assert caught.value.extra["operator"]


def _sizes(document: dict[str, Any]) -> None:
    document["config"]["fc1.weight"]["tensor_meta"]["sizes"][0]["as_int"] = 10**12


def _negative(document: dict[str, Any]) -> None:
    document["config"]["fc1.weight"]["tensor_meta"]["storage_offset"]["as_int"] = -4


@pytest.mark.parametrize("change", [_sizes, _negative, lambda d: d["config"].pop("fc1.weight"), dict.clear])
def test_damaged_archives(good: Path, tmp_path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    bad = rewrite(good, tmp_path / "a.pt2", **{"model_weights_config.json": edited(change)})
    with pytest.raises(ModelMalformed):
        load_model(bad, None, InputSpec())


def test_ten_thousand_layers_are_refused(good: Path, tmp_path: Path) -> None:
    def repeat(document: dict[str, Any]) -> None:
        graph = document["graph_module"]["graph"]
        graph["nodes"] = graph["nodes"][:1] * 10_000

    bad = rewrite(good, tmp_path / "a.pt2", **{"models/model.json": edited(repeat)})
    with pytest.raises(ModelUnsafe, match="10,000 operators; 9,000 are allowed"):
        load_model(bad, None, InputSpec())


def test_a_flipped_byte_is_noticed(good: Path, tmp_path: Path) -> None:
    content = bytearray(good.read_bytes())
    content[content.index(b"graph_module") + 200] ^= 4
    (tmp_path / "a.pt2").write_bytes(content)
    with pytest.raises(ModelMalformed, match="CRC"):
        load_model(tmp_path / "a.pt2", None, InputSpec())


def _instead(content: bytes, _: bytes) -> bytes:
    return content


def test_json_of_another_shape(good: Path, tmp_path: Path) -> None:
    for content in (b"[]", b"{", b"{}", json.dumps({"graph_module": {"graph": copy.deepcopy({})}}).encode()):
        bad = rewrite(good, tmp_path / "a.pt2", **{"models/model.json": partial(_instead, content)})
        with pytest.raises(ModelMalformed):
            load_model(bad, None, InputSpec())


def saved(state: object) -> bytes:
    buffer = io.BytesIO()
    torch.save(state, buffer)
    return buffer.getvalue()


@pytest.fixture
def parts(net: ConvNet) -> Parts:
    """What torch 2.8 and older put into an archive: the program as JSON, weights and constants by torch.save."""
    from torch._export.serde.serialize import serialize

    program = torch.export.export(net, (torch.rand(2, 3, 14, 14),), dynamic_shapes=({0: torch.export.Dim("batch")},))
    return serialize(program), program


def until_2_7(parts: Parts, path: Path, **changes: bytes) -> Path:
    artifact, _ = parts
    content = {
        "serialized_exported_program.json": artifact.exported_program,
        "serialized_state_dict.pt": artifact.state_dict,
        "serialized_constants.pt": artifact.constants,
        "serialized_example_inputs.pt": artifact.example_inputs,
        "version": b"8.3",
    } | changes
    with zipfile.ZipFile(path, "w") as archive:
        for name, value in content.items():
            archive.writestr(name, value)
    return path


def test_archives_of_torch_2_7_and_older(net: ConvNet, parts: Parts, tmp_path: Path) -> None:
    path = until_2_7(parts, tmp_path / "old.pt2")
    assert detect_format(path) == "pt2"
    model = load_model(path, None, InputSpec())
    x = torch.rand(3, 3, 14, 14)
    assert relative(model(x), net(x)) < 1e-5
    assert set(model.trainable_parameters()) == set(dict(net.named_parameters()))
    assert not [text for text in model.warnings if "batch" in text]


def test_archives_of_torch_2_8(net: ConvNet, parts: Parts, good: Path, tmp_path: Path) -> None:
    artifact, _ = parts
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(tmp_path / "a.pt2", "w") as new:
        for name in old.namelist():
            if "/data/weights/" not in name and "/data/constants/" not in name:
                new.writestr(name, old.read(name))
        root = old.namelist()[0].split("/")[0]
        new.writestr(f"{root}/data/weights/model.pt", artifact.state_dict)
        new.writestr(f"{root}/data/constants/model.pt", artifact.constants)
    model = load_model(tmp_path / "a.pt2", None, InputSpec())
    x = torch.rand(3, 3, 14, 14)
    assert relative(model(x), net(x)) < 1e-5


def test_pickles_of_older_archives_are_checked(
    parts: Parts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, program = parts
    owned = until_2_7(parts, tmp_path / "a.pt2", **{"serialized_state_dict.pt": saved({"conv1.weight": Payload()})})
    with pytest.raises(ModelUnsafe, match="print"):
        load_model(owned, None, InputSpec())
    for state in (saved([1, 2]), saved({"conv1.weight": 3}), b"no zip", saved(dict(program.state_dict))[:-100]):
        path = until_2_7(parts, tmp_path / "b.pt2", **{"serialized_state_dict.pt": state})
        with pytest.raises(ModelMalformed):
            load_model(path, None, InputSpec())
    less = {k: v for k, v in program.state_dict.items() if k != "fc1.weight"}
    path = until_2_7(parts, tmp_path / "c.pt2", **{"serialized_state_dict.pt": saved(less)})
    with pytest.raises(ModelMalformed, match=r"fc1\.weight"):
        load_model(path, None, InputSpec())
    assert "owned" not in capsys.readouterr().out
