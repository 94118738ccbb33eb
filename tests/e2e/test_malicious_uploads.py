"""Malicious and mutated files, uploaded to a running service: refused or contained, while it serves everybody else."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from service.embedded import EmbeddedService
from tests.corpus.malice import Malice
from tests.corpus.malicious import CORPUS
from tests.corpus.outside import Outside
from tests.e2e.client import Client, Json
from tests.tools.fuzz.uploads import SETTINGS, fuzz
from tests.tools.fuzz.watch import Person, household

WORKERS = 2
#: Seconds to wait for an upload behind all others.
PATIENCE = 900.0
#: The longest that a file may keep a worker busy: short, for some of them use all of it.
LIMITS = {"TREMOR_INSPECT_WALL_SECONDS": "45", "TREMOR_SANDBOX": "required"}


@dataclass
class Place:
    """A service that may touch nothing but its data folder: its home, its working and its temporary folder are ours."""

    service: EmbeddedService
    outside: Outside
    home: Path
    people: list[Person]
    model: str = ""
    neighbour: list[str] = field(default_factory=list)
    sent: dict[str, bytes] = field(default_factory=dict)
    fates: dict[str, Json] = field(default_factory=dict)

    def found(self) -> dict[str, list[str]]:
        """The files of the three folders."""
        folders = ("home", "work", "temporary")
        return {name: sorted(str(p) for p in (self.home / name).rglob("*")) for name in folders}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    home = tmp_path_factory.mktemp("place")
    for name in ("home", "work", "temporary"):
        (home / name).mkdir()
    env = {**SETTINGS, **LIMITS, "HOME": str(home / "home"), "TMPDIR": str(home / "temporary")}
    patch = pytest.MonkeyPatch()
    patch.chdir(home / "work")
    try:
        with EmbeddedService(home / "data", workers=WORKERS, env=env) as service:
            patch.undo()
            people = household(service, WORKERS)
            yield Place(service, Outside(home / "outside"), home, people)
    finally:
        patch.undo()


@pytest.fixture(scope="module")
def attacked(place: Place) -> Place:
    """The place after every file of the corpus was uploaded, with a neighbour at work all the while."""
    with Client(place.service.url, PATIENCE) as client:
        place.model = client.model("small_vgg.pt")
    # Those that use all of their time come first, so that the others need not wait behind them at the end.
    order = sorted(CORPUS, key=lambda malice: "time-limit" not in malice.slug)
    files = [(malice, malice.make(place.outside.folder)) for malice in order]
    place.sent = {malice.name: content for malice, content in files}
    before = place.found()
    over = threading.Event()
    neighbour = threading.Thread(target=live_next_door, args=(place, over))
    neighbour.start()
    try:
        with ThreadPoolExecutor(8) as pool:
            for malice, fate in zip(order, pool.map(lambda file: upload(place, *file), files), strict=True):
                place.fates[malice.name] = fate
    finally:
        over.set()
        neighbour.join(2 * PATIENCE)
    assert not neighbour.is_alive()
    assert place.found() == before
    return place


def upload(place: Place, malice: Malice, content: bytes, status: int = 201) -> Json:
    """Upload a file and wait for its end."""
    with Client(place.service.url, PATIENCE) as client:
        answer = client.http.post(
            f"/{malice.kind}",
            files={"file": (malice.name, content)},
            data={"metadata": json.dumps(malice.metadata)},
        )
        assert answer.status_code == status, answer.text
        return client.wait(f"/{malice.kind}/{answer.json()['id']}", lambda body: body["status"] != "inspecting")


def live_next_door(place: Place, over: threading.Event) -> None:
    """Ask for a model again and again, and upload a data set and audit it; what goes wrong is written down."""
    try:
        with Client(place.service.url, PATIENCE) as client:
            audit = client.start(
                {"model_id": place.model, "dataset_id": client.dataset(6), "attacks": [{"name": "fgsm", "eps": 0.1}]}
            )
            while not over.wait(0.2):
                for path in (f"/models/{place.model}", "/models", "/presets"):
                    answer = client.http.get(path)
                    if answer.status_code != 200:
                        place.neighbour.append(f"{path}: {answer.status_code} {answer.text}")
                live = httpx.get(place.service.url + "/health/live", timeout=120)
                if live.status_code != 200:
                    place.neighbour.append(f"live: {live.status_code}")
            if client.report(audit)["clean"]["n"] != 6:
                place.neighbour.append("the audit is not whole")
    except Exception as error:
        place.neighbour.append(repr(error))


@pytest.mark.parametrize("malice", CORPUS, ids=lambda malice: malice.name)
def test_each_is_refused_with_the_reason(attacked: Place, malice: Malice) -> None:
    fate = attacked.fates[malice.name]
    assert fate["status"] == "rejected", fate
    problem = fate["problem"]
    assert problem["type"].rpartition("/")[2] in malice.slug.split("|"), problem
    assert any(words in problem["detail"] for words in malice.says.split("|")), problem
    assert "signal" not in problem, "a refusal is no crash"
    assert str(attacked.home / "data") not in problem["detail"]


def test_what_a_limit_ended_is_inspected_again_when_it_is_sent_again(attacked: Place) -> None:
    malice = next(m for m in CORPUS if m.slug == "memory-limit|time-limit")
    first = attacked.fates[malice.name]
    second = upload(attacked, malice, attacked.sent[malice.name], status=200)
    assert (second["id"], second["status"]) == (first["id"], "rejected")
    assert second["problem"]["type"].rpartition("/")[2] in malice.slug.split("|")


def test_the_neighbour_noticed_nothing(attacked: Place) -> None:
    assert attacked.neighbour == []


def test_nothing_outside_was_read_or_written(attacked: Place) -> None:
    read = attacked.outside.was_read() and attacked.outside.notices_reading()
    assert not read
    attacked.outside.check()


def test_no_long_lived_process_died(attacked: Place) -> None:
    assert household(attacked.service, WORKERS) == attacked.people


def test_mutated_uploads(attacked: Place, tmp_path: Path) -> None:
    """A small part of ``python -m tests.tools.fuzz.uploads``, always the same one."""
    found = fuzz(attacked.service, range(150), 0, tmp_path, workers=WORKERS, in_flight=6)
    assert found.failures == []
    assert found.total == 150
    assert {"ready", "model-malformed", "dataset-malformed"} <= {what for _, what in found.outcomes}
    assert household(attacked.service, WORKERS) == attacked.people
