"""Every analysis by confined workers: one or two of them, one that is killed in the middle, and work that is cancelled.

The net and the images are tiny, so that the steps are many and short.
"""

import contextlib
import io
import os
import signal
import time
import warnings
from collections.abc import Callable, Collection, Iterator

import numpy as np
import psutil
import pytest
import torch

from service.embedded import EmbeddedService
from tests.analyses.conftest import N, images, net
from tests.e2e.client import Client, Json, assert_same, numbers
from tests.e2e.conftest import IMPATIENT
from tests.e2e.test_killed_processes import processes, reasons
from tests.service.worker import until

FGSM = [{"name": "fgsm", "eps": 0.1}]
PGD = {"name": "pgd", "eps": 0.2, "steps": 4}
#: Within the first of two slices: one step where that is enough.
FEW = {"max_samples": 9}
BODY: Json = {
    "attacks": FGSM,
    "neurons": {
        "eps": 0.05,
        "steps": 2,
        "sweep": {"eps": [0.02, 0.05], **FEW},
        "importance": {"k": 4, "eps": 0.3},
        "similarity": {"fraction": 0.25},
        "suppression": {"betas": [0.5, 0.0], "repeats": 1, "attacks": FGSM, **FEW},
        "receptive_fields": {"neurons": 1, "images": 2, **FEW},
        "vulnerability": {"attack": PGD, "window": 4},
    },
    "explain": {
        "attack": PGD,
        "compare": [{"name": "ifgsm", "eps": 0.2}],
        "masking": {"counts": [0, 2], "attacks": FGSM, **FEW},
        "dissection": {"quantile": 0.05, **FEW},
    },
    "regions": {"segmentation": "grid", "segments": 4, "pixels": 2},
    "execution": {"shards": 2, "batch_size": 8},
}
PARTS = ("sweep", "importance", "similarity", "suppression", "receptive_fields", "vulnerability")
PHASES = (*(f"neurons.{name}" for name in PARTS), "explain", "regions")


@pytest.fixture(scope="module")
def files() -> tuple[bytes, bytes]:
    """The net and its images, labelled as it sees most of them, with two concepts that its channels can see."""
    x, classifier = images(), net()
    with torch.no_grad():
        y = classifier(x.float() / 255).argmax(1).numpy()
    y[::7] = (y[::7] + 1) % 3
    masks = np.concatenate([x.numpy() > 200, x.numpy() < 50], 1)
    program, arrays = io.BytesIO(), io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.save(torch.jit.trace(classifier, torch.rand(2, 1, 8, 8)), program)
    np.savez(arrays, x=x.numpy(), y=y, masks=masks, names=np.array(["bright", "dark"]))
    return program.getvalue(), arrays.getvalue()


def audited(client: Client, files: tuple[bytes, bytes]) -> Json:
    """The request for every analysis."""
    model = client.upload("models", "net.pt", files[0], {"input": {"shape": [1, 8, 8]}})
    return {**BODY, "model_id": model, "dataset_id": client.upload("datasets", "images.npz", files[1], {})}


@pytest.fixture(scope="module")
def reference(client: Client, forget: Callable[[], None], files: tuple[bytes, bytes]) -> Json:
    """The numbers that one worker finds."""
    forget()
    return numbers(client.report(client.start(audited(client, files))))


def test_the_reference_has_every_part(reference: Json) -> None:
    assert [name for name in PARTS if reference["neurons"][name] is None] == []
    assert reference["neurons"]["vulnerability"]["maps"]["n"] > 0
    assert sum(target["n"] for target in reference["neurons"]["importance"]["targets"]) > 0
    explain = reference["explain"]
    assert min(attack["n"] for attack in explain["attacks"]) > 0
    assert explain["masking"]["n"] == explain["dissection"]["n"] == 9
    assert reference["regions"]["n"] > N // 2
    assert reference["regions"]["few_pixels"]["success"][-1] > 0


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedService]:
    with EmbeddedService(tmp_path_factory.mktemp("two"), workers=2, env=IMPATIENT) as running:
        yield running


def jobs(service: EmbeddedService) -> list[psutil.Process]:
    """The confined children that live: forks of the warm servers."""
    found = []
    for server in processes(service, "workers.sandbox.forkserver"):
        with contextlib.suppress(psutil.NoSuchProcess):
            found += [job for job in server.children() if job.status() != psutil.STATUS_ZOMBIE]
    return found


def frozen_in_the_middle(
    service: EmbeddedService, client: Client, audit: str, phases: Collection[str]
) -> psutil.Process:
    """A job of an audit that is in one of some phases, stopped, so that it cannot end."""
    while True:
        for job in jobs(service):
            with contextlib.suppress(psutil.NoSuchProcess):
                job.suspend()
                found = client.http.get(f"/audits/{audit}").json()
                assert found["status"] in ("queued", "running"), "the audit has ended before one of its jobs was met"
                if found["phase"] in phases and job.status() == psutil.STATUS_STOPPED:
                    return job
                job.resume()
        time.sleep(0.01)


@pytest.mark.embedded
def test_two_workers_of_which_one_is_killed_find_the_same_numbers(
    two_workers: EmbeddedService, files: tuple[bytes, bytes], reference: Json
) -> None:
    with Client(two_workers.url) as client:
        client.wait("/../health/ready", lambda found: len(found["workers"]) == 2)
        audit = client.start(audited(client, files))
        job = frozen_in_the_middle(two_workers, client, audit, PHASES)
        _, _, worker = job.parents()[:3]
        assert "celery" in " ".join(worker.cmdline())
        os.kill(worker.pid, signal.SIGKILL)
        found = numbers(client.report(audit))
        assert "lost" in reasons(client, audit)
    for part in ("model", "dataset"):
        found[part] = {**found[part], "id": reference[part]["id"]}
    assert_same(found, reference)


#: Analyses whose single steps last for seconds with the shipped net: so small an eps fools nobody.
LONG = {"name": "pgd", "eps": 0.0001, "steps": 4000, "restarts": 5}
LASTING: dict[str, Json] = {
    "neurons.importance": {"neurons": {"eps": 0.02, "steps": 1, "importance": {"eps": 0.0001, "steps": 1000}}},
    "neurons.suppression": {"neurons": {"eps": 0.02, "steps": 1, "suppression": {"attacks": [LONG]}}},
    "explain": {"neurons": None, "explain": {"attack": LONG}},
    "regions": {"neurons": None, "regions": {"values": "de", "pixels": 5}},
}


@pytest.mark.parametrize("phase", LASTING)
def test_cancel_ends_an_analysis(service: EmbeddedService, client: Client, phase: str) -> None:
    """In the middle of a step: the audit is cancelled, and nothing runs on."""
    ids = {"model_id": client.model(), "dataset_id": client.dataset(40)}
    audit = client.start({**ids, "attacks": FGSM, "seed": 2, **LASTING[phase]})
    job = frozen_in_the_middle(service, client, audit, {phase})
    job.resume()
    answer = client.http.post(f"/audits/{audit}/cancel")
    assert answer.status_code in (200, 202), answer.text
    assert client.finish(audit)["status"] == "cancelled"
    _, alive = psutil.wait_procs([job], timeout=120)
    assert alive == []
    log = client.http.get(f"/audits/{audit}/events").text
    until(lambda: not jobs(service))
    assert client.http.get(f"/audits/{audit}/events").text == log
