"""Workers and services that are killed or stopped, and audits that end with the same numbers all the same."""

import contextlib
import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from service.embedded import EmbeddedService
from tests.e2e.client import Client, Json, assert_same, numbers
from tests.e2e.conftest import IMPATIENT, forget_results

N = 40


@pytest.fixture(scope="module")
def body(client: Client) -> Json:
    """A tiny eps fools nobody, so that every step is taken and the audit lasts some seconds."""
    return {
        "model_id": client.model(),
        "dataset_id": client.dataset(N),
        "attacks": [{"name": "pgd", "eps": 0.002, "steps": 600}],
        "neurons": {"eps": 0.02, "steps": 2},
        "execution": {"shards": 2, "batch_size": 16},
    }


@pytest.fixture(scope="module")
def undisturbed(client: Client, body: Json) -> Json:
    return numbers(client.report(client.start(body)))


def processes(service: EmbeddedService, part: str) -> list[psutil.Process]:
    """The service's living processes that have `part` in their command line."""
    assert service.process is not None
    found = []
    for process in psutil.Process(service.process.pid).children(recursive=True):
        try:
            if part in " ".join(process.cmdline()) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


def job_process(service: EmbeddedService) -> psutil.Process:
    """Wait for the confined child: the warm server's fork."""
    for _ in range(4800):
        for server in processes(service, "workers.sandbox.forkserver"):
            try:
                if children := server.children():
                    return children[0]
            except psutil.NoSuchProcess:
                continue
        time.sleep(0.05)
    raise AssertionError("no job was started")


def in_the_middle(service: EmbeddedService, client: Client, audit: str) -> psutil.Process:
    """Wait until an attack of the audit runs; returns its process."""
    client.wait(f"/audits/{audit}", lambda b: b["status"] == "running" and b["progress"] and b["progress"]["done"] > 0)
    return job_process(service)


def lineage_in_the_middle(service: EmbeddedService, client: Client, audit: str) -> dict[str, psutil.Process]:
    """An attack's `job`, and what runs it: the warm `server`, the `pool`, the `worker`."""
    while True:
        job = in_the_middle(service, client, audit)
        with contextlib.suppress(psutil.NoSuchProcess):  # a job may end while its parents are asked: the next one then
            above = job.parents()[:3]
            return {"job": job, **dict(zip(("server", "pool", "worker"), above, strict=True))}


def reasons(client: Client, audit: str) -> list[str]:
    """Why shards of an ended audit went out again."""
    log = client.http.get(f"/audits/{audit}/events").text
    return [part.split('"')[0] for part in log.split('"reason": "')[1:]]


@pytest.mark.parametrize("victim", ["worker", "pool", "job", "broker"])
def test_a_killed_worker_costs_nothing_but_time(
    service: EmbeddedService, client: Client, body: Json, undisturbed: Json, victim: str
) -> None:
    forget_results(service)
    audit = client.start(body)
    lineage = lineage_in_the_middle(service, client, audit)
    assert "celery" in " ".join(lineage["worker"].cmdline())
    if victim == "broker":
        lineage[victim] = processes(service, "valkey")[0]
    os.kill(lineage[victim].pid, signal.SIGKILL)
    assert_same(numbers(client.report(audit)), undisturbed)
    with contextlib.suppress(psutil.NoSuchProcess):  # it may vanish while it is asked
        assert lineage["job"].status() == psutil.STATUS_ZOMBIE


def test_a_stopped_worker_gives_its_shard_back(
    service: EmbeddedService, client: Client, body: Json, undisturbed: Json
) -> None:
    """SIGTERM to every process of a worker at once, as some process managers send it."""
    forget_results(service)
    audit = client.start(body)
    family = list(lineage_in_the_middle(service, client, audit).values())
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGTERM)
    _, alive = psutil.wait_procs(family, timeout=120)
    assert alive == []
    assert_same(numbers(client.report(audit)), undisturbed)
    assert reasons(client, audit) == ["stopped"]


def test_cancel_ends_the_work(service: EmbeddedService, client: Client, body: Json) -> None:
    forget_results(service)
    audit = client.start({**body, "seed": 1})
    job = in_the_middle(service, client, audit)
    answer = client.http.post(f"/audits/{audit}/cancel")
    assert answer.status_code in (200, 202), answer.text
    assert client.finish(audit)["status"] == "cancelled"
    _, alive = psutil.wait_procs([job], timeout=120)
    assert alive == []
    assert client.report(client.start({**body, "seed": 1}))["clean"]["n"] == N


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.mark.embedded
def test_a_killed_service_resumes(folder: Path, body: Json, undisturbed: Json) -> None:
    """kill -9 of the whole service in the middle of an audit; the same folder goes on."""
    first = EmbeddedService(folder, env=IMPATIENT).start()
    with Client(first.url) as client:
        mine = {**body, "model_id": client.model(), "dataset_id": client.dataset(N)}
        audit = client.start(mine)
        job = in_the_middle(first, client, audit)
    assert first.process is not None
    everything = [*psutil.Process(first.process.pid).children(recursive=True), job]
    first.kill()
    _, alive = psutil.wait_procs(everything, timeout=120)
    assert alive == []
    first.stop()
    with EmbeddedService(folder, env=IMPATIENT) as second, Client(second.url) as client:
        report = numbers(client.report(audit))
    for part in ("model", "dataset"):
        report[part] = {**report[part], "id": undisturbed[part]["id"]}
    assert_same(report, undisturbed)


@pytest.mark.embedded
def test_restarts_lose_nothing(folder: Path, body: Json, undisturbed: Json) -> None:
    """One loss would end the audit. Stopped by SIGTERM; then by two signals, with a worker that cannot answer."""
    patient = {"TREMOR_LEASE_SECONDS": "60", "TREMOR_MAX_ATTEMPTS": "1", "TREMOR_THREADS": "1"}
    service = EmbeddedService(folder, env=patient).start()
    with Client(service.url) as client:
        audit = client.start({**body, "model_id": client.model(), "dataset_id": client.dataset(N)})
        in_the_middle(service, client, audit)
    assert service.process is not None
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(120) == 0
    service.stop()

    service.start()
    with Client(service.url) as client:
        lineage = lineage_in_the_middle(service, client, audit)
    everything = psutil.Process(service.process.pid).children(recursive=True)
    for process in (lineage["pool"], lineage["worker"]):
        process.send_signal(signal.SIGSTOP)
    while service.process.poll() is None:  # until the very end: a third changes nothing, nor does one while Python ends
        service.process.send_signal(signal.SIGINT)
        time.sleep(0.02)
    assert service.process.returncode == 0
    _, alive = psutil.wait_procs(everything, timeout=120)
    assert alive == []
    service.stop()

    with service, Client(service.url) as client:
        report = numbers(client.report(audit))
        assert set(reasons(client, audit)) == {"stopped"}
    for part in ("model", "dataset"):
        report[part] = {**report[part], "id": undisturbed[part]["id"]}
    assert_same(report, undisturbed)


@pytest.fixture(scope="module")
def searching(body: Json) -> Json:
    """Every pixel of sixteen images, in two shards of some seconds each."""
    regions = {"segmentation": "slic", "segments": 6, "max_samples": 16, "pixels": 2}
    return {**body, "attacks": [{"name": "fgsm", "eps": 0.1}], "neurons": None, "regions": regions, "max_samples": 16}


@pytest.fixture(scope="module")
def searched(client: Client, searching: Json) -> Json:
    return numbers(client.report(client.start(searching)))


@pytest.mark.parametrize("victim", ["worker", "job"])
def test_a_region_search_survives_its_worker(
    service: EmbeddedService, client: Client, searching: Json, searched: Json, victim: str
) -> None:
    forget_results(service)
    audit = client.start(searching)
    client.wait(f"/audits/{audit}", lambda b: b["phase"] == "regions" and b["progress"] and b["progress"]["done"] > 0)
    os.kill(lineage_in_the_middle(service, client, audit)[victim].pid, signal.SIGKILL)
    found = numbers(client.report(audit))
    assert_same(found, searched)
    assert found["regions"]["n"] > 8
    assert found["regions"]["few_pixels"]["success"][-1] > 0
