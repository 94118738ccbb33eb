"""No version is lost or audited twice, though the service is killed again and again beside a real MLflow server."""

from pathlib import Path

import pytest

from service.embedded.broker import Broker
from tests.service.registries.mlflow_server import Server
from tests.tools.registries import every_version_once, register_while_killing


@pytest.mark.slow
def test_every_version_is_audited_once_though_the_service_is_killed(
    broker: Broker, mlflow: Server, tmp_path: Path
) -> None:
    """A part of ``python -m tests.tools.registries``, which registers a hundred versions."""
    found = register_while_killing(tmp_path, broker, mlflow, versions=5, kills=3, seed=7, db=2)
    assert found.audits == every_version_once(5)
    assert found.statuses == {"succeeded": 5}
    assert found.starts == 4
