"""The main job through HTTP, with the workers' answers written by hand: what follows what."""

import httpx

from tests.service.conftest import ready
from tests.service.worker import ProtocolWorker, until


def test_an_audit_from_upload_to_report(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(api, worker)
    answer = api.post("/v1/audits", json={"model_id": model, "dataset_id": dataset, "preset": "smoke"})
    assert answer.status_code == 202, answer.text
    audit = answer.json()
    assert answer.headers["location"] == f"/v1/audits/{audit['id']}"
    assert audit["status"] == "queued"
    shards = [worker.take() for _ in range(9)]  # 10 samples in slices of 4: 3 slices × (2 attacks + neurons)
    assert sorted((s.stage, s.params["start"], s.params["stop"]) for s in shards) == sorted(
        [(stage, a, b) for a, b in ((0, 4), (4, 8), (8, 10)) for stage in ("attack", "attack", "neurons")]
    )
    worker.tell(shards[0], "started")
    worker.tell(shards[0], "progress", done=2, total=4, unit="samples")
    found = until(lambda: (a := api.get(f"/v1/audits/{audit['id']}").json())["progress"]["done"] == 2.0 and a)
    assert found["status"] == "running"
    assert found["progress"] == {"done": 2.0, "total": 30.0, "unit": "samples"}
    for shard in shards:
        worker.do(shard)
    report = worker.take()
    assert report.stage == "report"
    assert sorted(report.inputs) == sorted(
        [f"samples.{i}.{j}" for i in range(2) for j in range(3)] + [f"sums.{j}" for j in range(3)]
    )
    assert report.params["slices"] == [[0, 4], [4, 8], [8, 10]]
    worker.do(report)
    done = api.get(f"/v1/audits/{audit['id']}", params={"wait": 20}).json()
    assert (done["status"], done["verdict"]) == ("succeeded", "pass")
    assert api.get(f"/v1/audits/{audit['id']}/report").json()["id"] == audit["id"]
    page = api.get(f"/v1/audits/{audit['id']}/report", headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
