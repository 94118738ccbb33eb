"""A hardening whose workers or service are killed while it trains, or while it tries examples on the hardened model,
ends with the bits and the numbers of one that nobody disturbed."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from service.embedded import EmbeddedService
from service.embedded.children import spawn
from tests.e2e.client import FINISHED, Client, Json, assert_same
from tests.e2e.conftest import IMPATIENT, forget_results
from tests.e2e.test_analyses import jobs

#: Held-out images; one slice of them is one step.
N = 12
#: So small an eps fools nobody, so that every step is taken. The scrutiny adds a step that tries examples of the
#: uploaded model on the hardened one, and nothing else.
BODY: Json = {
    "eps": 0.05, "steps": 2, "epochs": 4, "batch_size": 10, "pairs": 20, "averaging": 0.9,
    "attacks": [{"name": "pgd", "eps": 0.001, "steps": 400}],
    "scrutiny": {
        "max_samples": N, "autoattack": False, "more_steps": 1, "transfer": True, "straight_through": False,
        "neurons": False,
    },
    "execution": {"shards": 1},
}  # fmt: skip


def begun(client: Client) -> str:
    """A hardening's id."""
    ids = {"model_id": client.model(), "train_dataset_id": client.dataset(60), "eval_dataset_id": client.dataset(N)}
    answer = client.http.post("/hardenings", json={**ids, **BODY})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def outcome(client: Client, hardening: str) -> Json:
    """What must not depend on who was killed: the weights' sha256, the epochs, and every number of the comparison."""
    ended = client.wait(f"/hardenings/{hardening}", lambda body: body["status"] in FINISHED)
    assert ended["status"] == "succeeded", ended
    files = client.http.get(f"/hardenings/{hardening}/artifacts").json()["items"]
    weights = {file["name"]: file["sha256"] for file in files if file["kind"] == "checkpoint"}
    report = client.http.get(f"/hardenings/{hardening}/report").json()["hardening"]
    found = {name: report[name] for name in ("log", "before", "after", "gains", "scrutiny", "verdict")}
    return {"weights": weights, **without_times(found)}


def without_times(found: Json) -> Json:
    """The same with no seconds in it."""

    def stripped(value: object) -> object:
        if isinstance(value, dict):
            return {key: stripped(part) for key, part in value.items() if key != "seconds"}
        return [stripped(part) for part in value] if isinstance(value, list) else value

    return {key: stripped(value) for key, value in found.items()}


@pytest.fixture(scope="module")
def undisturbed(service: EmbeddedService, client: Client) -> Json:
    forget_results(service)
    return outcome(client, begun(client))


def trains(body: Json) -> bool:
    """It is in its third epoch of four: two moments were kept."""
    return body["phase"] == "training" and body["training"] is not None and body["training"]["epoch"] >= 3


def tries_examples(body: Json) -> bool:
    """The attacks on both models are done; of the phase one step is left."""
    return body["phase"] == "evaluation" and body["progress"] is not None and body["progress"]["done"] >= 2 * N


def stopped_in(
    living: Callable[[], list[psutil.Process]], client: Client, hardening: str, when: Callable[[Json], bool]
) -> psutil.Process:
    """A job of the hardening at such a moment, stopped, so that it cannot end. living: the jobs that there are."""
    while True:
        for job in living():
            with contextlib.suppress(psutil.NoSuchProcess):
                job.suspend()
                found = client.http.get(f"/hardenings/{hardening}").json()
                assert found["status"] in ("queued", "running"), "it has ended before one of its jobs was met"
                if when(found) and job.status() == psutil.STATUS_STOPPED:
                    return job
                job.resume()
        time.sleep(0.02)


@pytest.mark.parametrize("victim", ["job", "worker"])
@pytest.mark.parametrize("when", [trains, tries_examples])
def test_it_survives_its_worker(
    service: EmbeddedService, client: Client, undisturbed: Json, when: Callable[[Json], bool], victim: str
) -> None:
    forget_results(service)
    hardening = begun(client)
    job = stopped_in(lambda: jobs(service), client, hardening, when)
    _, _, worker = job.parents()[:3]
    killed = {"job": job, "worker": worker}[victim]
    os.kill(killed.pid, signal.SIGKILL)
    found = outcome(client, hardening)
    assert found["weights"] == undisturbed["weights"]
    assert_same(found, undisturbed)
    assert found["scrutiny"]["after"]["attacks"][0]["n"] == N


@pytest.mark.embedded
def test_a_killed_service_goes_on_in_the_middle_of_a_training(tmp_path: Path, undisturbed: Json) -> None:
    first = EmbeddedService(tmp_path / "data", env=IMPATIENT).start()
    with Client(first.url) as client:
        hardening = begun(client)
        job = stopped_in(lambda: jobs(first), client, hardening, trains)
    assert first.process is not None
    everything = [*psutil.Process(first.process.pid).children(recursive=True), job]
    first.kill()
    _, alive = psutil.wait_procs(everything, timeout=120)
    assert alive == []
    first.stop()
    with EmbeddedService(tmp_path / "data", env=IMPATIENT) as second, Client(second.url) as client:
        found = outcome(client, hardening)
    assert found["weights"] == undisturbed["weights"]
    assert_same(found, undisturbed)


def queue_of(service: EmbeddedService) -> str:
    """The address that its own processes are given."""
    assert service.process is not None
    children = psutil.Process(service.process.pid).children()
    (found, *_) = {
        env["TREMOR_REDIS_URL"] for env in (child.environ() for child in children) if "TREMOR_REDIS_URL" in env
    }
    return str(found)


class Machine:
    """`tremor worker` with a folder of its own, which shares the queue and the store of a service."""

    def __init__(self, service: EmbeddedService, folder: Path) -> None:
        folder.mkdir()
        env = {
            **os.environ,
            **IMPATIENT,
            "TREMOR_DATA_DIR": str(folder),
            "TREMOR_BLOB_URL": f"file://{service.data_dir / 'blobs'}",
            "TREMOR_REDIS_URL": queue_of(service),
        }
        self.folder = folder
        program = [sys.executable, "-P", "-m", "service.cli.main", "worker", "--name", folder.name]
        with (folder.parent / f"{folder.name}.log").open("wb") as log:
            self.process: subprocess.Popen[bytes] = spawn(program, env=env, output=log.fileno())

    def jobs(self) -> list[psutil.Process]:
        """Its jobs that live."""
        found = []
        for child in psutil.Process(self.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                if child.name() == "tremor-job" and child.status() != psutil.STATUS_ZOMBIE:
                    found.append(child)
        return found

    def vanish(self) -> None:
        """All its processes are killed, and its folder is gone."""
        everything = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]
        for process in everything:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()
        _, alive = psutil.wait_procs(everything, timeout=120)
        assert alive == []
        shutil.rmtree(self.folder)


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Callable[[EmbeddedService, str], Machine]]:
    """Starts machines by name; whatever of them lives at the end is killed."""
    made: list[Machine] = []

    def start(service: EmbeddedService, name: str) -> Machine:
        made.append(Machine(service, tmp_path / name))
        return made[-1]

    yield start
    for machine in made:
        if machine.process.poll() is None:
            machine.vanish()


@pytest.mark.embedded
def test_another_machine_goes_on(
    tmp_path: Path, undisturbed: Json, machines: Callable[[EmbeddedService, str], Machine]
) -> None:
    """The one that trains is killed in the third epoch, with all that lies on it; another takes its place."""
    with (
        EmbeddedService(tmp_path / "data", workers=0, env=IMPATIENT) as service,
        Client(service.url) as client,
    ):
        first = machines(service, "first")
        hardening = begun(client)
        stopped_in(first.jobs, client, hardening, trains)
        before = client.http.get(f"/hardenings/{hardening}").json()["training"]
        first.vanish()
        machines(service, "second")
        seen = [before]
        while (now := client.http.get(f"/hardenings/{hardening}").json())["status"] not in FINISHED:
            if now["training"] is not None:
                seen.append(now["training"])
            time.sleep(0.02)
        found = outcome(client, hardening)
        log = client.http.get(f"/hardenings/{hardening}/events").text
    assert [part.split('"')[0] for part in log.split('"reason": "')[1:]] == ["lost"]
    assert 1 not in {told["epoch"] for told in seen}, "it did not begin anew"
    assert all(told["best"] is not None for told in seen), "what was best is known on the new machine too"
    assert found["weights"] == undisturbed["weights"]
    assert_same(found, undisturbed)
