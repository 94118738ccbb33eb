"""A part of the table of `trained_families`, in the suite."""

from pathlib import Path

import pytest

from tests.tools.trained_families import EXPORTS, trained
from tests.tools.writing_back import AGREES
from tests.workers.models.onnx.nets import build

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("family", "column"), [("squeezenet", EXPORTS[0]), ("vgg_bn", EXPORTS[1])])
def test_an_epoch_lowers_the_loss_and_every_format_is_written(family: str, column: str, tmp_path: Path) -> None:
    before, after, worst, failed = trained(*build(family), column, tmp_path)
    assert after < before
    assert worst <= AGREES
    assert failed == {}
