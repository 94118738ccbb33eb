"""An MLflow server for all of these tests, and a service whose registry it is."""

from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from service.app import create_app
from service.embedded.broker import Broker
from tests.service.conftest import Served, flush, make_settings, upload_ready
from tests.service.registries.mlflow_server import PATIENCE, Server, mlflow_server
from tests.service.registries.team import LOOPBACK, QUICK, SECRET, Team, entered
from tests.service.worker import ProtocolWorker


@pytest.fixture(scope="session")
def mlflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with mlflow_server(tmp_path_factory.mktemp("mlflow")) as found:
        yield found


@pytest.fixture(scope="module")
def team(broker: Broker, mlflow: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """It looks at the registry when it starts and not again: what comes later it is told by webhooks."""
    folder = tmp_path_factory.mktemp("team")
    settings = make_settings(broker, folder, db=9, public_url="https://tremor.example", **LOOPBACK)
    flush(settings)
    with (
        closing(ProtocolWorker(settings)) as worker,
        Served(create_app(settings), settings=settings) as url,
        httpx.Client(base_url=url, timeout=PATIENCE) as api,
    ):
        dataset = upload_ready(api, worker, "datasets", b"a data set")
        train = upload_ready(api, worker, "datasets", b"training data")
        common = {"tracking_uri": mlflow.url, "dataset_id": dataset, "secret": SECRET, "poll_seconds": 86_400}
        hard, prefix = f"{folder.name}-hard-*", f"{folder.name}-*"
        training = {"train_dataset_id": train, "epochs": 1}
        made = {
            "plain": entered(
                api, "mlflow", **common, audit=QUICK, registered_models=[prefix], excluded_models=[hard], alias="robust"
            ),
            "hard": entered(api, "mlflow", **common, audit=QUICK, registered_models=[hard], harden=training),
        }
        for one in made.values():
            assert one["events_url"] == f"https://tremor.example/v1/integrations/{one['id']}/events"
            mlflow.hook(f"{url}/v1/integrations/{one['id']}/events", SECRET)
        yield Team(mlflow, settings, api, worker, folder.name, {kind: one["id"] for kind, one in made.items()})
