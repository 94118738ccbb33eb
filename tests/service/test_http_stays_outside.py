"""HTTP stays in controllers, their arguments and `service/http`: services and orchestrator know no requests."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import service

_ROOT = Path(service.__file__).parent
#: What puts the application together, and what starts it.
_STARTERS = {"app.py", "cli/api.py", "cli/openapi_cmd.py"}


def _imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_http(module: str) -> bool:
    return any(module == room or module.startswith(f"{room}.") for room in ("litestar", "service.http"))


def _is_outside(name: str) -> bool:
    return name.startswith("http/") or name.endswith(("controller.py", "/arguments.py")) or name in _STARTERS


def test_only_controllers_and_http_know_requests_and_answers() -> None:
    modules = {path.relative_to(_ROOT).as_posix(): path for path in _ROOT.rglob("*.py")}
    assert {"jobs/service.py", "uploads/service.py", "http/bodies.py", *_STARTERS} <= set(modules)
    knowing = {name: found for name, path in modules.items() if (found := {*filter(_is_http, _imported(path))})}
    assert {name for name in knowing if not _is_outside(name)} == set()
    assert any(name.endswith("controller.py") for name in knowing)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from litestar import Request", True),
        ("def f():\n    from service import http", True),
        ("import service.http.bodies as b", True),
        ("import http.client", False),
    ],
)
def test_an_import_is_seen_wherever_it_stands(tmp_path: Path, text: str, found: bool) -> None:
    path = tmp_path / "module.py"
    path.write_text(text)
    assert any(map(_is_http, _imported(path))) == found
