"""`tremor-client`: made of the document without a warning, built, and used with nothing but httpx and attrs."""

import os
import re
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

from deploy.client.make import HERE, make
from tests.service.conftest import World, broker, world

__all__ = ["broker", "world"]

#: What pip would bring with it.
NEEDED = ("attrs", "httpx", "httpcore", "h11", "anyio", "certifi", "idna", "typing_extensions")


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the built client and what it needs, and nothing else."""
    folder = tmp_path_factory.mktemp("client")
    make(folder / "project")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    alone = ["--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*pip, "wheel", *alone, "-w", str(folder), str(folder / "project")], check=True, capture_output=True)
    (wheel,) = folder.glob("tremor_client-*.whl")
    place = folder / "place"
    subprocess.run([*pip, "install", *alone, "--target", str(place), str(wheel)], check=True, capture_output=True)
    for name in NEEDED:
        for file in distribution(name).files or ():
            top = place / file.parts[0]
            if file.parts[0] != ".." and not top.exists():
                top.symlink_to(Path(str(distribution(name).locate_file(file.parts[0]))))
    return place


def run(bare: Path, program: str) -> str:
    # -S: without the site-packages of this environment.
    command = [sys.executable, "-S", "-W", "error", "-c", program]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(bare)}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_imported_alone(bare: Path) -> None:
    program = "import sys, tremor_client.models; print(*sorted({'torch', 'pydantic', 'service'} & set(sys.modules)))"
    assert run(bare, program).strip() == ""
    assert (bare / "tremor_client" / "py.typed").exists()


def test_the_example_runs_against_a_service(bare: Path, world: World) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", (HERE / "README.md").read_text(), re.DOTALL)
    told = run(bare, example.replace("http://127.0.0.1:8000", str(world.api.base_url)).replace("…", "none"))
    assert world.model in told.split()
