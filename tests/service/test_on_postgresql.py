"""The service on a real PostgreSQL."""

from pathlib import Path

from service.embedded.broker import Broker
from tests.service.conftest import audit, empty_postgres, ended, find, flush, make_settings, ready, running
from tests.service.worker import ProtocolWorker


def test_the_main_job_on_postgresql(postgres: str, broker: Broker, tmp_path: Path) -> None:
    settings = make_settings(broker, tmp_path, database_url=empty_postgres(postgres), lease_seconds=2.0)
    flush(settings)
    worker = ProtocolWorker(settings)
    with running(settings) as api:
        model, dataset = ready(api, worker)
        identity = audit(api, model, dataset, max_samples=8, labels={"team": "vision"})
        assert find(api, label="team:vision") == [identity]
        assert find(api, label="team:speech") == []
        lost = worker.take()
        worker.tell(lost, "started")
        worker.do(worker.take())
        again = worker.take()
        assert (again.shard_id, again.attempt) == (lost.shard_id, 2)
        worker.do(again)
        worker.do(worker.take())
        assert ended(api, f"audits/{identity}")["status"] == "succeeded"
        assert api.delete(f"/v1/audits/{identity}").status_code == 204
        assert api.delete(f"/v1/models/{model}").status_code == 204
        # PostgreSQL cannot hold NUL in a text; SQLite can.
        assert api.get("/v1/models/%00").status_code == 422
        odd = api.post("/v1/audits", json={"model_id": "\0", "dataset_id": dataset})
        assert (odd.status_code, odd.headers["content-type"]) == (422, "application/problem+json")
    worker.close()


def test_two_processes_share_the_work_on_postgresql(postgres: str, broker: Broker, tmp_path: Path) -> None:
    """Two APIs over one database and one broker: whoever hears of a shard goes on, and each stage begins once."""
    settings = make_settings(broker, tmp_path, database_url=empty_postgres(postgres))
    flush(settings)
    worker = ProtocolWorker(settings)
    with running(settings) as one, running(settings) as two:
        model, dataset = ready(one, worker)
        identities = [audit(api, model, dataset, max_samples=8, seed=i) for i, api in enumerate((one, two))]
        for _ in range(4):
            worker.do(worker.take())
        for _ in range(2):
            report = worker.take()
            assert report.stage == "report"
            worker.do(report)
        assert worker.is_empty()
        for identity in identities:
            for api in (one, two):
                assert ended(api, f"audits/{identity}")["status"] == "succeeded"
    worker.close()
