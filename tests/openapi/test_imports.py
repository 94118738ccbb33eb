"""The contract stands alone: whoever writes a client needs pydantic, and nothing of how our processes talk."""

import subprocess
import sys

_PROGRAM = """
import importlib, pkgutil, sys
import openapi

for module in pkgutil.walk_packages(openapi.__path__, "openapi."):
    if not module.name.startswith("openapi.wire"):
        importlib.import_module(module.name)
ours = ("service", "workers")
theirs = ("celery", "kombu", "redis", "obstore", "litestar", "sqlalchemy", "numpy", "torch", "pydantic_settings")
print(*sorted(m for m in sys.modules if m.startswith("openapi.wire.") or m in (*ours, *theirs)))
"""


def test_every_module_of_the_contract_needs_pydantic_alone() -> None:
    found = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []
