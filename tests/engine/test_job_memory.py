"""A job keeps the memory that it has freed, by the settings of its process (`workers.sandbox.variables`)."""

from pathlib import Path

import pytest

from workers.sandbox.messages import Request
from workers.sandbox.warm import WarmServer

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("mib", [1, 4, 16])
def test_memory_that_was_freed_is_not_made_anew(server: WarmServer, tmp_path: Path, mib: int) -> None:
    """64 MiB are 16,384 pages of 4 KiB: the heap keeps them, or they come in pages of 2 MiB where there are such."""
    outcome = server.run(
        Request(
            stage="x", module="tests.engine.stages", params={"do": "take_memory_again", "mib": mib},
            folder=tmp_path.resolve(), layers=(), device="cpu",
        )
    )  # fmt: skip
    assert outcome.problem is None
    assert outcome.value is not None
    pages = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    kept = mib < 8 or (pages.exists() and "[never]" not in pages.read_text())
    assert float(str(outcome.value["faults"])) < 16_384 / (4 if kept else 0.5)
