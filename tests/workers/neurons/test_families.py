"""The head of every torchvision family, as a module, as TorchScript and as ONNX files of both exporters.

``python -m tests.workers.neurons.test_families`` writes the table FAMILIES.md beside this file.
"""

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from openapi.models import InputSpec
from tests.workers.models.onnx.conftest import export_network
from tests.workers.models.onnx.nets import NETS, build
from tests.workers.neurons.test_last_layer import agree
from workers.models.audited import AuditedModel
from workers.models.from_module import audit_module
from workers.models.load import load_model
from workers.neurons.heads.last_layer import LastLayer, Penultimate, find_last_layer

pytestmark = pytest.mark.slow

TABLE = Path(__file__).with_name("FAMILIES.md")
_HEADER = """# The penultimate neurons of torchvision's families

Small networks of each family's own blocks (`tests/workers/models/onnx/nets.py`); made by `test_families.py`, which also
holds W a + b against the logits.

| family | last layer | penultimate layer | neurons | reads |
|---|---|---|---|---|
"""


def checked(model: AuditedModel) -> LastLayer:
    last = find_last_layer(model)
    assert model.input.shape is not None
    agree(last, Penultimate(model, last), model.input.shape)
    return last


def row(family: str) -> str:
    net, x = build(family)
    last = checked(audit_module(net, InputSpec(shape=tuple(x.shape[1:]))))
    return f"| {family} | `{last.name}` | `{last.penultimate}` | {last.neurons} | {last.reading} |"


def table_rows() -> Iterator[str]:
    return (
        line for line in TABLE.read_text().splitlines() if line.startswith("| ") and not line.startswith("| family")
    )


@pytest.mark.parametrize("family", NETS)
def test_the_table_says_what_is_found(family: str) -> None:
    assert row(family) in list(table_rows())


def test_the_table_has_every_family_once() -> None:
    assert [line.split(" | ")[0].removeprefix("| ") for line in table_rows()] == list(NETS)


@pytest.mark.parametrize(
    ("family", "exporter", "neurons"),
    [
        ("vgg", "legacy-13", 16),
        ("squeezenet", "legacy-17", 16),
        ("vit", "dynamo", 32),
        ("convnext", "dynamo", 16),
        ("densenet", "legacy-11", 16),
        ("swin", "dynamo", 16),
        ("resnet", "legacy-17-1", 512),
    ],
)
def test_onnx_files(tmp_path: Path, family: str, exporter: str, neurons: int) -> None:
    side = NETS[family][1]
    path = export_network(tmp_path, family, exporter)
    assert checked(load_model(path, "onnx", InputSpec(shape=(3, side, side)))).neurons == neurons


@pytest.mark.parametrize(("family", "neurons"), [("mobilenet_v3", 16), ("vit", 32), ("squeezenet", 16)])
def test_torchscript_files(tmp_path: Path, family: str, neurons: int) -> None:
    net, x = build(family)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Not traced twice to be checked: attention's modules get other names the second time.
        torch.jit.trace(net, x, check_trace=False).save(str(tmp_path / "net.pt"))
    last = checked(load_model(tmp_path / "net.pt", "torchscript", InputSpec(shape=tuple(x.shape[1:]))))
    assert last.neurons == neurons


if __name__ == "__main__":
    TABLE.write_text(_HEADER + "\n".join(row(family) for family in NETS) + "\n")
