"""One thread: these nets are so small that waking a second thread costs more than it brings."""

from collections.abc import Iterator

import pytest
import torch

from tests.workers.attacks.recorders import DEVICES, Rerunning
from workers.attacks.engine.replay import RECORDERS
from workers.exact_float32 import exact_float32


@pytest.fixture(autouse=True, scope="package")
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(params=DEVICES)
def device(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[torch.device]:
    """A device on which passes are replayed: a CPU by `Rerunning`."""
    monkeypatch.setitem(RECORDERS, "cpu", Rerunning)
    with exact_float32():
        yield torch.device(request.param)
