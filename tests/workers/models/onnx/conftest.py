"""Networks exported once a session, by each of torch's ONNX exporters."""

import logging
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from tests.workers.models.onnx.files import compare
from tests.workers.models.onnx.nets import build
from workers.models.audited import AuditedModel

Export = Callable[[str, str], Path]
Translate = Callable[[str, str], AuditedModel]


def export_network(folder: Path, family: str, exporter: str) -> Path:
    """Export a small network of the family; see `exported`."""
    path = folder / f"{family}-{exporter}.onnx"
    if path.exists():
        return path
    net, x = build(family)
    kind, *options = exporter.split("-")
    fixed = options[-1:] == ["1"]
    x = x[:1] if fixed else x
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        try:
            if kind == "dynamo":
                shapes = None if fixed else ({0: torch.export.Dim("batch")},)
                torch.onnx.export(
                    net, (x,), path, dynamo=True, external_data=False, dynamic_shapes=shapes, verbose=False
                )
            else:
                axes = None if fixed else {"x": {0: "batch"}}
                opset = int(options[0])
                torch.onnx.export(
                    net, (x,), path, dynamo=False, opset_version=opset, input_names=["x"], dynamic_axes=axes
                )
        finally:
            logging.disable(logging.NOTSET)
    return path


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Export:
    """``exported(family, exporter)``: the file; exporter is dynamo, dynamo-1, legacy-OPSET or legacy-OPSET-1.

    A trailing ``-1`` exports with the batch fixed at 1.
    """
    folder = tmp_path_factory.mktemp("exported")
    return lambda family, exporter: export_network(folder, family, exporter)


@pytest.fixture(scope="session")
def translated(exported: Export) -> Translate:
    """``translated(family, exporter)``: the file's translation, compared with onnxruntime once."""
    known: dict[tuple[str, str], AuditedModel] = {}

    def translate(family: str, exporter: str) -> AuditedModel:
        if (family, exporter) not in known:
            known[family, exporter] = compare(exported(family, exporter))
        return known[family, exporter]

    return translate
