"""`load_example.py` classifies as the model does, with onnxruntime alone and with torch alone."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from openapi.models import InputSpec
from tests.bare import bare_environment, run_bare
from workers.hardening.checkpoints import WRITERS
from workers.hardening.example import example_of
from workers.models.audited import AuditedModel
from workers.models.from_module import assemble
from workers.models.inputs import FileInput, complete_spec

pytestmark = pytest.mark.slow


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


#: What a runtime's environment has to have, and what it must not have if the environment is to be its own.
RUNTIMES = {"onnxruntime": ("torch", "onnx"), "torch": ("onnxruntime", "onnx")}


@pytest.fixture(scope="module")
def environments(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("bare")
    return {
        name: bare_environment(folder / name, *name.split("+"), "numpy") for name in (*RUNTIMES, "onnxruntime+pillow")
    }


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_the_environments_are_bare(environments: dict[str, Path], tmp_path: Path, runtime: str) -> None:
    names = (runtime, "numpy", *RUNTIMES[runtime], "workers", "openapi", "service", "tremor", "safetensors", "pip")
    look = "import importlib.util as u, sys; print(*[n for n in sys.argv[1:] if u.find_spec(n)])"
    assert run_bare(environments[runtime], "-c", look, *names, cwd=tmp_path).split() == [runtime, "numpy"]


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize(("kind", "runtime"), [("onnx", "onnxruntime"), ("torchscript", "torch"), ("pt2", "torch")])
def test_classes_are_the_models(
    environments: dict[str, Path], tmp_path: Path, flat: bool, kind: str, runtime: str
) -> None:
    made = model(flat)
    name, write = WRITERS[kind]
    write(made, tmp_path / name)
    (tmp_path / "load_example.py").write_text(example_of(made))
    x = torch.rand(16, 3, 6, 6, generator=torch.Generator().manual_seed(0))
    np.save(tmp_path / "x.npy", x.numpy())
    said = run_bare(environments[runtime], "-W", "ignore", "load_example.py", name, "x.npy", cwd=tmp_path)
    with torch.no_grad():
        expected = made(x).argmax(1).tolist()
    assert [int(word) for word in said.split()] == expected
    assert len(set(expected)) > 1


@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_and_whole_numbers_are_taken_as_they_come(
    environments: dict[str, Path], tmp_path: Path, channels: int
) -> None:
    torch.manual_seed(5)
    file = FileInput((channels, 5, 7))
    net = nn.Sequential(nn.Flatten(), nn.Linear(channels * 35, 6)).eval()
    made = assemble(
        net, file, complete_spec(InputSpec(shape=(channels, 5, 7), mean=(0.4,), std=(0.2,)), file), format="torch"
    )
    name, write = WRITERS["onnx"]
    write(made, tmp_path / name)
    (tmp_path / "load_example.py").write_text(example_of(made))
    levels = torch.randint(0, 256, (12, channels, 5, 7), generator=torch.Generator().manual_seed(1)).byte().numpy()
    rows = levels.transpose(0, 2, 3, 1)  # (n, h, w, c)
    with torch.no_grad():
        expected = made(torch.from_numpy(levels).float() / 255).argmax(1).tolist()
    assert len(set(expected)) > 2

    def said(of: str, environment: str = "onnxruntime") -> list[int]:
        told = run_bare(environments[environment], "-W", "ignore", "load_example.py", name, of, cwd=tmp_path)
        return [int(word) for word in told.split()]

    for form in (levels, levels.astype(np.int64), rows, rows[..., 0] if channels == 1 else rows / 255):
        np.save(tmp_path / "x.npy", form)
        assert said("x.npy") == expected
    np.save(tmp_path / "x.npy", rows[3])
    assert said("x.npy") == expected[3:4], "one image alone"
    Image.fromarray(rows[7, ..., 0] if channels == 1 else rows[7]).save(tmp_path / "x.png")
    assert said("x.png", "onnxruntime+pillow") == expected[7:8]


def test_without_arguments_it_says_how_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "load_example.py").write_text(example_of(model(flat=False)))
    done = subprocess.run(
        [sys.executable, "load_example.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    said = "usage: python load_example.py hardened.onnx|.pt|.pt2 IMAGE.png|IMAGES.npy\n"
    assert done.stderr == said


@pytest.mark.parametrize("channels", [1, 3])
def test_only_colours_have_an_order(channels: int) -> None:
    file = FileInput((channels, 6, 6))
    made = assemble(nn.Flatten(), file, complete_spec(InputSpec(shape=(channels, 6, 6)), file), format="torch")
    said = f"(n, {channels}, 6, 6) or (n, 6, 6, {channels})" + (", channels RGB" if channels == 3 else "")
    assert f"# IMAGES.npy: {said}; pixels in [0, 1], or whole numbers from 0 to 255\n" in example_of(made)
