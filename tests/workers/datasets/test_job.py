"""The stage `inspect_dataset`: its files and findings, a full disk, and memory that stays flat."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from openapi.datasets import DatasetInspection
from openapi.stages.base import Stage
from tests.workers.datasets.conftest import shade, write_zip
from workers.jobs.context import JobContext
from workers.jobs.running import run_stage

pytestmark = pytest.mark.slow


def test_the_stage_leaves_arrays_a_picture_and_its_findings(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "set.zip", {f"{i % 2}/{i}.png": shade(i) for i in range(70)})
    seen = []
    ctx = JobContext(
        inputs={"file": path},
        params={"metadata": {"labels": ["even", "odd"]}, "filename": "set.zip"},
        scratch=tmp_path,
        report=lambda *progress: seen.append(progress),
    )
    found = DatasetInspection.model_validate(run_stage(Stage.INSPECT_DATASET, ctx))
    assert found.labels == ("even", "odd")
    x, y = np.load(ctx.files["x"].path, mmap_mode="r"), np.load(ctx.files["y"].path)
    assert (x[:, 0, 0, 0] % 2 == y).all()
    assert ctx.files["contact_sheet"].path.read_bytes().startswith(b"\x89PNG")
    assert seen[-1] == (140, 140, "samples", "decode")


def test_a_set_that_may_not_be_written_is_not_called_damaged(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "a.npz", x=np.zeros((2000, 1, 28, 28), np.uint8), y=np.arange(2000) % 10)
    program = f"""
import resource
from pathlib import Path
from openapi.datasets import DatasetMetadata
from openapi.problems import TremorError
from workers.datasets import convert_dataset
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
out = Path({str(tmp_path)!r})
try:
    convert_dataset(out / "a.npz", DatasetMetadata(), x_path=out / "x", y_path=out / "y", contact_sheet=out / "s")
except TremorError as error:
    print(error.slug, error)
"""
    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert said.startswith("dataset-rejected the decoded images take more bytes than may be written")


def test_memory_stays_flat(tmp_path: Path) -> None:
    """A set of 200 MB passes through a process that may not grow by a quarter of that."""
    n = 65_000
    np.savez(tmp_path / "big.npz", x=np.zeros((n, 3, 32, 32), np.uint8) + 7, y=np.arange(n) % 10)
    program = f"""
import resource, sys
from pathlib import Path
from openapi.datasets import DatasetMetadata
from workers.datasets import convert_dataset
import workers.datasets.npz
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
out = Path({str(tmp_path)!r})
convert_dataset(out / "big.npz", DatasetMetadata(), x_path=out / "x.npy", y_path=out / "y.npy", contact_sheet=out / "s")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    grown = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert int(grown) < 60_000  # kilobytes
