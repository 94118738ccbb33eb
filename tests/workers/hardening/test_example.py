"""`load_example.py` classifies as the model does, with onnxruntime alone and with torch alone."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from openapi.models import InputSpec
from workers.hardening.example import example_of
from workers.models.audited import AuditedModel
from workers.models.export import write_onnx, write_torchscript
from workers.models.from_module import assemble
from workers.models.inputs import FileInput, complete_spec

pytestmark = pytest.mark.slow

#: Refuses to import what an environment for one runtime does not have, and our own code.
ALONE = """
import runpy, sys
class Without:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {missing!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Without())
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


class Flat(nn.Module):
    """Takes (n, h, w, c) or flat numbers of 0 to 255 in BGR order, as files of other frameworks do."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(6 * 6 * 3, 4)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.linear(x.flatten(1) / 100)
        return logits


def model(flat: bool) -> AuditedModel:
    torch.manual_seed(3)
    spec = InputSpec(
        shape=(3, 6, 6), channels="BGR", range=(0, 255), mean=(103.9, 116.8, 123.7), std=(1.0, 2.0, 3.0),
        layout="NCHW" if flat else "NHWC",
    )  # fmt: skip
    file = FileInput((108,) if flat else (6, 6, 3))
    return assemble(Flat().eval(), file, complete_spec(spec, file), format="torch")


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize(("kind", "missing"), [("onnx", {"torch"}), ("pt", {"onnxruntime", "onnx"})])
def test_classes_are_the_models(tmp_path: Path, flat: bool, kind: str, missing: set[str]) -> None:
    made = model(flat)
    (write_onnx if kind == "onnx" else write_torchscript)(made, tmp_path / f"hardened.{kind}")
    (tmp_path / "load_example.py").write_text(example_of(made))
    x = torch.rand(16, 3, 6, 6, generator=torch.Generator().manual_seed(0))
    np.save(tmp_path / "x.npy", x.numpy())
    ours = {"workers", "openapi", "service"}
    command = [sys.executable, "-W", "ignore", "-c", ALONE.format(missing=missing | ours), "load_example.py"]
    done = subprocess.run(
        [*command, f"hardened.{kind}", "x.npy"], cwd=tmp_path, env={"PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1"},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with torch.no_grad():
        expected = made(x).argmax(1).tolist()
    assert [int(word) for word in done.stdout.split()] == expected
    assert len(set(expected)) > 1


def test_without_arguments_it_says_how_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "load_example.py").write_text(example_of(model(flat=False)))
    done = subprocess.run(
        [sys.executable, "load_example.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "usage: python load_example.py hardened.onnx|hardened.pt IMAGES.npy\n"


@pytest.mark.parametrize(("channels", "said"), [(1, "in [0, 1]\n"), (3, "in [0, 1], channels RGB\n")])
def test_only_colours_have_an_order(channels: int, said: str) -> None:
    file = FileInput((channels, 6, 6))
    made = assemble(nn.Flatten(), file, complete_spec(InputSpec(shape=(channels, 6, 6)), file), format="torch")
    assert f"# (n, {channels}, height, width), pixels {said}" in example_of(made)
