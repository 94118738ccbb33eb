"""A small net and a small data set to audit."""

import numpy as np
import pytest

from tests.analyses.in_process import InProcess
from tests.workers.neurons.nets import SmallNet

N = 21


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> InProcess:
    """`SmallNet` on noise, labelled at random."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (N, 1, 8, 8), dtype=np.uint8)
    return InProcess(tmp_path_factory.mktemp("audit"), SmallNet(), x, rng.integers(0, 3, N))
