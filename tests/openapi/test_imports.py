"""The contract stands alone: whoever writes a client needs pydantic, and nothing of how our processes talk."""

import subprocess
import sys

_PROGRAM = """
import importlib, pkgutil, sys
import openapi

def load(package):
    for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        if module.name not in apart:
            found = importlib.import_module(module.name)
            if module.ispkg:
                load(found)

apart = ("openapi.wire", "openapi.client")
load(openapi)
ours = ("service", "workers", *apart)
theirs = ("celery", "kombu", "redis", "obstore", "litestar", "sqlalchemy", "numpy", "torch", "pydantic_settings")
theirs = ("attr", "httpx", *theirs)
print(*sorted(m for m in sys.modules if m in (*ours, *theirs)))
"""


def test_every_module_of_the_contract_needs_pydantic_alone() -> None:
    found = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []
