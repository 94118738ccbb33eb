"""Make the distribution `tremor-client` of `openapi.json`: ``python -m deploy.client.make FOLDER``.

The generator is openapi-python-client. What it does not read is put otherwise first: it names classes by titles, which
what is sent and what is answered share; it knows no defaults that are objects; texts are no objects to it.
"""

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[1] / "openapi" / "openapi.json"

_FILES = ("image/png", "application/zip", "application/offset+octet-stream", "application/vnd.apache.arrow.stream")
_TEXTS = ("application/xml", "text/csv", "text/markdown", "text/event-stream")
_JSON = ("application/sarif+json", "application/vnd.dev.sigstore.bundle.v0.3+json")

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


def readable(document: dict[str, Any]) -> dict[str, Any]:
    """The document in the generator's words."""
    for schema in document["components"]["schemas"].values():
        schema.pop("title", None)
    _walk(document)
    return document


def _walk(value: Any) -> None:
    if isinstance(value, list):
        for inner in value:
            _walk(inner)
    if not isinstance(value, dict):
        return
    if "default" in value and (_refers(value) or isinstance(value["default"], dict | list)):
        del value["default"]
    for kind in _TEXTS:
        if isinstance(value.get(kind), dict):
            value[kind]["schema"] = {"type": "string"}
    for inner in value.values():
        _walk(inner)


def _refers(schema: Any) -> bool:
    if not isinstance(schema, dict):
        return False
    return "$ref" in schema or any(_refers(inner) for name in ("anyOf", "oneOf") for inner in schema.get(name, ()))


def make(folder: Path) -> None:
    """Write the project: the package `tremor_client` and what it takes to build it. A new folder is wanted."""
    folder.mkdir(parents=True)
    given, config = folder / "openapi.json", folder / "config.json"
    given.write_text(json.dumps(readable(json.loads(DOCUMENT.read_text()))))
    kinds = dict.fromkeys(_FILES, "application/octet-stream") | dict.fromkeys(_TEXTS, "text/plain")
    options = {
        "project_name_override": "tremor-client",
        "package_name_override": "tremor_client",
        "content_type_overrides": kinds | dict.fromkeys(_JSON, "application/json"),
        "post_hooks": [],
    }
    config.write_text(json.dumps(options))
    command = [sys.executable, "-c", "from openapi_python_client.cli import app; app()", "generate"]
    more = ["--path", str(given), "--config", str(config), "--meta", "none", "--fail-on-warning"]
    subprocess.run([*command, *more, "--output-path", str(folder / "tremor_client")], check=True)
    (folder / "tremor_client" / "py.typed").touch()
    (folder / "pyproject.toml").write_text(_PROJECT.format(version=version("tremor")))
    (folder / "README.md").write_text((HERE / "README.md").read_text())
    given.unlink()
    config.unlink()


if __name__ == "__main__":
    make(Path(sys.argv[1]))
