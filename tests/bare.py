"""Environments of a few packages alone, as a user has them who never heard of Tremor."""

import os
import subprocess
import venv
from collections.abc import Iterable
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement


def bare_environment(folder: Path, *packages: str) -> Path:
    """A virtual environment with these packages and what they require; its Python. Nothing is fetched.

    The packages are the installed ones, linked by name: of all others, and of pip, the environment has none.
    """
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    site = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True, text=True, timeout=60, check=True,
    ).stdout.strip()  # fmt: skip
    for package in _required(packages):
        for entry in _top_level(package):
            link = Path(site) / entry
            if not link.exists():
                link.symlink_to(Path(str(package.locate_file(entry))).resolve())
    return python


def run_bare(python: Path, *arguments: str, cwd: Path) -> str:
    """What a program prints that has nothing of our environment; AssertionError with its errors where it fails."""
    done = subprocess.run(
        [python, *arguments], cwd=cwd, env={"PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1"},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def _required(packages: Iterable[str]) -> list[Distribution]:
    """These packages and all that they require on this machine."""
    found: dict[str, Distribution] = {}
    waiting = list(packages)
    while waiting:
        package = distribution(waiting.pop())
        name = package.metadata["Name"]
        if name not in found:
            found[name] = package
            wanted = map(Requirement, package.requires or ())
            waiting += [each.name for each in wanted if each.marker is None or each.marker.evaluate({"extra": ""})]
    return list(found.values())


def _top_level(package: Distribution) -> set[str]:
    """The names that a package has in site-packages, its metadata among them."""
    parts = {file.parts[0] for file in package.files or () if not file.is_absolute()}
    return {part for part in parts if part not in ("..", "__pycache__", "bin")}
