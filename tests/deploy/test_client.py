"""`tremor-client`: what is committed is what the generator makes; built, it is used with httpx and attrs alone."""

import hashlib
import os
import re
import subprocess
import sys
from filecmp import cmpfiles
from importlib.metadata import distribution, version
from pathlib import Path

import httpx
import pytest

from deploy.client.make import CLIENT, HERE, make
from service.cli.main import main
from tests.cli.conftest import settings as settings
from tests.cli.conftest import url as url
from tests.service.conftest import broker as broker

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
    assert wheel.name.split("-")[1] == version("tremor")
    place = folder / "place"
    subprocess.run([*pip, "install", *alone, "--target", str(place), str(wheel)], check=True, capture_output=True)
    for name in NEEDED:
        for file in distribution(name).files or ():
            top = place / file.parts[0]
            if file.parts[0] != ".." and not top.exists():
                top.symlink_to(Path(str(distribution(name).locate_file(file.parts[0]))))
    return place


def run(bare: Path, program: str, folder: Path | None = None) -> str:
    # -S: without the site-packages of this environment.
    command = [sys.executable, "-S", "-W", "error", "-c", program]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(bare)}, capture_output=True, text=True, cwd=folder
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def example() -> str:
    (found,) = re.findall(r"```python\n(.*?)```", (HERE / "README.md").read_text(), re.DOTALL)
    return str(found)


def files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.slow
def test_the_committed_client_is_what_the_document_makes(tmp_path: Path) -> None:
    main(["openapi", "--out", str(tmp_path)], standalone_mode=False)
    made = tmp_path / "client"
    assert files(made) == files(CLIENT), "run `make openapi`"
    _, differing, unreadable = cmpfiles(made, CLIENT, files(made), shallow=False)
    assert (differing, unreadable) == ([], []), "run `make openapi`"


def test_nothing_else_is_imported(bare: Path) -> None:
    program = "import sys, tremor_client.models; print(*sorted({'torch', 'pydantic', 'service'} & set(sys.modules)))"
    assert run(bare, program).strip() == ""
    assert (bare / "tremor_client" / "py.typed").exists()


def test_a_class_is_imported_when_it_is_asked_for(bare: Path) -> None:
    program = (
        "import sys; from tremor_client import models; few = len(sys.modules); models.Problem; "
        "print(len(sys.modules) - few < 5, set(models.__all__) == {name for name in models.__all__ if "
        "getattr(models, name).__name__ == name})\n"
        "try: models.Nothing\nexcept AttributeError as error: print(error)"
    )
    assert run(bare, program).split("\n")[:2] == [
        "True True",
        "module 'tremor_client.models' has no attribute 'Nothing'",
    ]


def test_the_first_audit_of_its_readme_runs(bare: Path, url: str, tmp_path: Path) -> None:
    for name in ("model.onnx", "data.npz"):
        # A line that would end a form with a fixed boundary.
        (tmp_path / name).write_bytes(b"\r\n--+++--\r\n" + name.encode())
    told = run(bare, example().replace("http://127.0.0.1:8000", url), tmp_path)
    assert told == "m: clean accuracy 0.500\nworst case of linf eps=0.1: 0.500\n", "the report of the tests' worker"
    kept = {kind: httpx.get(f"{url}/v1/{kind}").json()["items"][0] for kind in ("models", "datasets")}
    for kind, name in (("models", "model.onnx"), ("datasets", "data.npz")):
        assert kept[kind]["sha256"] == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()


def test_the_example_fulfils_its_types(tmp_path: Path) -> None:
    (tmp_path / "tremor_client").symlink_to(CLIENT)
    (tmp_path / "first_audit.py").write_text(example())
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull, "--cache-dir", os.devnull]
    done = subprocess.run([*command, "first_audit.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
