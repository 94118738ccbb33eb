"""Casts to integers, floor division and shifts: the file's value, and the gradient of the formula without steps."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from openapi.models import InputSpec
from tests.workers.models.nets import save_trace, settled
from tests.workers.models.stepped import SHAPE, WAYS, SteppedNet, check_steps
from workers.models.inspection import inspect_audited
from workers.models.load import load_model


class Whole(SteppedNet):
    def forward(self, x: Tensor) -> Tensor:
        return self.tail((x * 255).long().float() / 255)


class Promoted(SteppedNet):
    def forward(self, x: Tensor) -> Tensor:
        return self.tail((x * 255 + 0.5).to(torch.int32) / 255.0)


class Fewer(SteppedNet):
    """Sixteen levels by division and multiplication of integers."""

    def forward(self, x: Tensor) -> Tensor:
        return self.tail(((x * 255).long() // 16 * 16).to(x.dtype) / 255)


class Floors(SteppedNet):
    def forward(self, x: Tensor) -> Tensor:
        return self.tail(torch.floor_divide(x, 0.05) * 0.05 + torch.div(x, 0.1, rounding_mode="trunc") * 0.1)

    def smooth(self, x: Tensor) -> Tensor:
        return self.tail(2 * x)


class Bits(SteppedNet):
    """The upper four bits, once masked and once shifted down."""

    def forward(self, x: Tensor) -> Tensor:
        levels = (x * 255).to(torch.uint8)
        return self.tail((levels & 0xF0).float() / 255 + (levels >> 4).float() / 16)

    def smooth(self, x: Tensor) -> Tensor:
        return self.tail(x + x * 255 / 256)


class Shifted(SteppedNet):
    """The upper four bits by a shift alone, which both kinds of ONNX files can say."""

    def forward(self, x: Tensor) -> Tensor:
        return self.tail(((x * 255).to(torch.uint8) >> 4).float() / 16)


class Rests(SteppedNet):
    """Fewer levels by taking away what a division leaves."""

    def forward(self, x: Tensor) -> Tensor:
        levels = (x * 255).long()
        return self.tail(x - torch.remainder(x, 0.05) + x - torch.fmod(x, 0.1) + (levels - levels % 16).float() / 255)

    def smooth(self, x: Tensor) -> Tensor:
        return self.tail(3 * x)


class Signs(SteppedNet):
    def forward(self, x: Tensor) -> Tensor:
        return self.tail(0.02 * (torch.sgn(x - 0.5) + torch.heaviside(x - 0.5, torch.tensor(0.5))))

    def smooth(self, x: Tensor) -> Tensor:
        return self.tail(0.03 * (x - 0.5))


KINDS = (Whole, Promoted, Fewer, Floors, Bits, Shifted, Rests, Signs)
#: torch's legacy exporter knows neither masks of bits nor sgn and heaviside.
UNWRITTEN = {(Bits, "onnx"), (Signs, "onnx")}
CASES = [(kind, how) for kind in KINDS for how in WAYS if (kind, how) not in UNWRITTEN]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("kind", "how"), CASES, ids=lambda part: part if isinstance(part, str) else part.__name__)
def test_the_value_is_the_files_and_the_gradient_passes(kind: type[SteppedNet], how: str, tmp_path: Path) -> None:
    check_steps(kind(), how, tmp_path, alike=0.9, says="straight-through estimates")


class Chosen(SteppedNet):
    """Whole numbers that choose a row of a table: no gradient leads there, and none is made up."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(256, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.tail(self.table((x[:, 0] * 255).long()).permute(0, 3, 1, 2))


def test_what_whole_numbers_choose_has_no_gradient(tmp_path: Path) -> None:
    net = settled(Chosen())
    x = torch.rand(2, *SHAPE)
    model = load_model(save_trace(net, tmp_path / "model", x), None, InputSpec(shape=SHAPE))
    torch.testing.assert_close(model(x), net(x))
    found = inspect_audited(model)
    assert not found.differentiable
    assert any("only black-box attacks" in said for said in found.warnings)
