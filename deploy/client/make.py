"""Make the distribution `tremor-client` of `openapi/client`: ``python -m deploy.client.make FOLDER``."""

import sys
from importlib.metadata import version
from pathlib import Path
from shutil import copytree, ignore_patterns

HERE = Path(__file__).parent
CLIENT = HERE.parents[1] / "openapi" / "client"

_PROJECT = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "tremor-client"
version = "{version}"
description = "A typed client of Tremor's API"
readme = "README.md"
license = "Apache-2.0"
requires-python = ">=3.11"
dependencies = ["attrs>=22.2", "httpx>=0.23.1,<0.29"]

[tool.setuptools.packages.find]
include = ["tremor_client*"]

[tool.setuptools.package-data]
tremor_client = ["py.typed"]
"""


def make(folder: Path) -> None:
    """Write the project: the package `tremor_client` and what it takes to build it. A new folder is wanted."""
    folder.mkdir(parents=True)
    copytree(CLIENT, folder / "tremor_client", ignore=ignore_patterns("__pycache__"))
    (folder / "pyproject.toml").write_text(_PROJECT.format(version=version("tremor")))
    (folder / "README.md").write_text((HERE / "README.md").read_text())


if __name__ == "__main__":
    make(Path(sys.argv[1]))
