"""Archives of older torch versions: today's are rewritten to the spellings and version numbers of their time.

torch itself is the judge: what it computes from the rewritten file (with its own upgraders) is what we must compute.
"""

import warnings
import zipfile
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from openapi.models import InputSpec
from openapi.problems import ModelRejected, UnsupportedOperator
from tests.workers.models.nets import ConvNet, agrees, original, relative, save_script, save_trace, settled
from workers.models.load import load_model

#: What torch 1.4 did not write into an archive.
MODERN = (".data/", "byteorder", ".format_version", ".storage_alignment", ".debug_pkl")


def aged(source: Path, target: Path, version: int, *replacements: tuple[str, str]) -> int:
    """Copy an archive as an old torch would have written it; returns how many replacements were made."""
    made = 0
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if any(mark in name for mark in MODERN):
                continue
            if name.endswith("/version"):
                continue
            if name.endswith(".py"):
                text = content.decode().replace("  _is_full_backward_hook : Optional[bool]\n", "")
                for before, after in replacements:
                    made += text.count(before)
                    text = text.replace(before, after)
                content = (("op_version_set = 1\n" if version < 3 else "") + text).encode()
            new.writestr("archive/" + name.split("/", 1)[1], content)
        new.writestr("archive/version", f"{version}\n")
    return made


#: torch 1.4 had no allow_tf32, and wrote a linear layer as addmm with keywords.
OF_1_4 = [
    (", False, False, True, True)", ", False, False, True)"),
    ("torch.linear(input, weight, bias)", "torch.addmm(bias, input, torch.t(weight), beta=1, alpha=1)"),
]


@pytest.mark.parametrize("version", [2, 3])
def test_traced_by_torch_1_4(version: int, tmp_path: Path) -> None:
    net = settled(ConvNet())
    path = save_trace(net, tmp_path / "new.pt", torch.rand(2, 3, 14, 14))
    assert aged(path, tmp_path / "old.pt", version, *OF_1_4) >= 3
    model = agrees(tmp_path / "old.pt", (3, 14, 14), tolerance=1e-5)
    assert set(model.trainable_parameters()) == set(dict(net.named_parameters()))
    assert [layer.name for layer in model.layers] == ["conv1", "conv2", "conv3", "fc1", "fc2"]
    x = torch.rand(2, 3, 14, 14)
    assert relative(model(x), net(x)) < 1e-5


@pytest.mark.parametrize("version", [2, 3, 4, 7, 9])
def test_scripted_by_older_torch(version: int, tmp_path: Path) -> None:
    path = save_script(settled(ConvNet()), tmp_path / "new.pt")
    aged(path, tmp_path / "old.pt", version)
    agrees(tmp_path / "old.pt", (3, 14, 14), tolerance=1e-5)


class Halves(nn.Module):
    """Integer division, which rounded down until torch 1.6, and numbers filled in, which were floats then."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(12, 4)

    def forward(self, x: Tensor) -> Tensor:
        places = torch.div(torch.arange(12), 2, rounding_mode="trunc")
        scale = torch.full([12], 3.0)
        z = self.fc(x.flatten(1)[:, places] * scale)
        return torch.div(z, 2.0)


def test_division_of_integers(tmp_path: Path) -> None:
    net = settled(Halves())
    path = save_script(net, tmp_path / "new.pt")
    assert aged(path, tmp_path / "old.pt", 3, (', rounding_mode="trunc"', ""), ("([12], 3.)", "([12], 3)")) == 2
    model = agrees(tmp_path / "old.pt", (3, 2, 2), tolerance=1e-5)
    x = torch.rand(2, 3, 2, 2)
    assert relative(model(x), net(x)) < 1e-5


class Upsampled(nn.Module):
    """Operators that gained arguments: upsampling, gelu, softmax; and the batch size as old traces wrote it."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.fc = nn.Linear(4 * 12 * 12, 5)

    def forward(self, x: Tensor) -> Tensor:
        y = F.gelu(F.interpolate(self.conv(x), scale_factor=2.0, mode="nearest"))
        y = F.interpolate(y, size=[12, 12], mode="bilinear", align_corners=False)
        y = y.view(x.size(0), -1)
        return F.log_softmax(self.fc(y), 1)


@pytest.mark.parametrize("version", [3, 9])
def test_operators_that_gained_arguments(version: int, tmp_path: Path) -> None:
    path = save_trace(settled(Upsampled()), tmp_path / "new.pt", torch.rand(2, 3, 6, 6))
    made = aged(
        path,
        tmp_path / "old.pt",
        version,
        (", False, False, True, True)", ", False, False, True)"),
        (", None, [2., 2.])", ", [8, 8], 2., 2.)"),
        (", [12, 12], False, None)", ", [12, 12], False, None, None)"),
    )
    assert made >= 2
    model = load_model(tmp_path / "old.pt", None, InputSpec(shape=(3, 6, 6)))
    theirs = original(tmp_path / "old.pt")
    x = torch.rand(3, 3, 6, 6)
    scores = model.file_output(model(x))
    assert scores is not None
    assert relative(scores, theirs(x)) < 1e-5
    assert model.before_softmax


def test_older_than_1_4_says_what_to_do(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.pt", "w") as archive:
        archive.writestr("archive/model.json", "{}")
        archive.writestr("archive/tensors/0", b"\0" * 16)
    with pytest.raises(ModelRejected, match="newer torch"):
        load_model(tmp_path / "a.pt", None, InputSpec())


def test_saved_for_the_lite_interpreter(tmp_path: Path) -> None:
    net = settled(ConvNet())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.script(net)._save_for_lite_interpreter(str(tmp_path / "a.ptl"))
    model = agrees(tmp_path / "a.ptl", (3, 14, 14), tolerance=1e-5)
    assert set(model.trainable_parameters()) == set(dict(net.named_parameters()))


def test_optimised_for_mobile_says_what_to_do(tmp_path: Path) -> None:
    path = save_trace(settled(ConvNet()), tmp_path / "new.pt", torch.rand(1, 3, 14, 14))
    packed = "__torch__.torch.classes.xnnpack.Conv2dOpContext"
    aged(
        path,
        tmp_path / "mobile.pt",
        9,
        ("  conv1 :", f'  __annotations__["prepack_folding._jit_pass_packed_weight_0"] = {packed}\n  conv1 :'),
        ("input0 = torch.flatten(x0, 1)", "input0 = torch.flatten(ops.prepacked.conv2d_clamp_run(x0, drop), 1)"),
    )
    with pytest.raises(UnsupportedOperator, match="before optimize_for_mobile"):
        load_model(tmp_path / "mobile.pt", None, InputSpec(shape=(3, 14, 14)))
