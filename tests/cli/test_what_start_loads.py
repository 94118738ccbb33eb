"""A process loads what it uses: what a start imports is paid for by every start, and by every process of a service."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("module", "spared"),
    [
        ("workers.tasks", ("openapi.audits", "openapi.analyses", "openapi.attacks", "openapi.report", "torch")),
        ("service.app", ("httpx", "rich", "service.integrations.mlflow", "openapi.client", "workers", "torch")),
        ("service.cli.serve", ("openapi.audits", "openapi.models", "httpx", "rich", "litestar", "sqlalchemy")),
        ("service.cli.sandbox, service.embedded.supervisor", ("sqlalchemy", "service.evidence", "litestar", "celery")),
        ("service.cli.display", ("openapi.audits", "openapi.analyses", "openapi.report")),
    ],
)
def test_a_start_loads_nothing_that_only_others_need(module: str, spared: tuple[str, ...]) -> None:
    code = f"import sys, {module}; print(*(m for m in {spared!r} if m in sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() == []
