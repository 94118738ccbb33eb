"""A worker that is killed while it tries one model's examples on another: the close look ends with the same numbers."""

import os
import shutil
import signal
import sqlite3
import time
from typing import Any

from service.embedded import EmbeddedService
from tests.e2e.client import FINISHED, Client, Json, assert_same
from tests.e2e.test_killed_processes import job_process


def test_a_killed_transfer_is_done_again(service: EmbeddedService, client: Client) -> None:
    dataset = client.dataset(16)
    body = {
        "model_id": client.model(),
        "train_dataset_id": dataset,
        "eval_dataset_id": dataset,
        "method": "meansparse",
        "sparsity": 0.1,
        "batch_size": 16,
        "steps": 2,
        "pairs": 2,
        "attacks": [{"name": "pgd", "eps": 0.002, "steps": 1500}],
        "scrutiny": {"autoattack": False, "more_steps": 1, "neurons": False},
        "execution": {"batch_size": 16},
    }
    undisturbed = close_look(client, started(client, body))
    assert {a["id"].split("-linf")[0] for a in undisturbed["after"]["attacks"]} == {"transfer", "straight-through"}
    shutil.rmtree(service.data_dir / "blobs" / "results", ignore_errors=True)
    hardening = started(client, body)
    stop_in_the_middle(service, client, hardening)
    assert_same(close_look(client, hardening), undisturbed)
    lost = rows(service, "SELECT stage FROM shards WHERE job_id = ? AND attempt > 1", hardening)
    assert lost == [("transfer",)]


def started(client: Client, body: Json) -> str:
    answer = client.http.post("/hardenings", json=body)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def close_look(client: Client, hardening: str) -> Json:
    """The scrutiny of an ended hardening, without times."""
    ended = client.wait(f"/hardenings/{hardening}", lambda found: found["status"] in FINISHED)
    assert ended["status"] == "succeeded", ended
    found: Json = ended["metrics"]["scrutiny"]
    for attack in (*found["before"]["attacks"], *found["after"]["attacks"]):
        attack.pop("seconds")
    return found


def rows(service: EmbeddedService, query: str, *values: Any) -> list[Any]:
    with sqlite3.connect(f"file:{service.data_dir}/tremor.db?mode=ro", uri=True) as database:
        return database.execute(query, values).fetchall()


def stop_in_the_middle(service: EmbeddedService, client: Client, hardening: str) -> None:
    """Kill the process that does a transfer: it is held first, so that it cannot end while it is looked at."""
    running = "SELECT id FROM shards WHERE job_id = ? AND stage = 'transfer' AND status = 'running'"
    while True:
        while not rows(service, running, hardening):
            assert client.http.get(f"/hardenings/{hardening}").json()["status"] not in FINISHED, "it was too quick"
            time.sleep(0.05)
        process = job_process(service)
        process.send_signal(signal.SIGSTOP)
        if rows(service, running, hardening):
            os.kill(process.pid, signal.SIGKILL)
            return
        process.send_signal(signal.SIGCONT)
