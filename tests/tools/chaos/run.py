"""``make chaos ARGS="--seed 7 --kills 50"``: troubles at random moments, and what became of the audits.

Every audit is run once without any trouble, deleted with all that was computed for it, and then run again and again
while processes are killed, PostgreSQL crashes, Valkey loses its data, the blob store is full, slow or silent, clocks
jump and poisonous models are uploaded. Each must end with the same numbers, and nothing may be left: no process, no
file on its way, no blob that nothing refers to.
"""

import argparse
import io
import json
import random
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from tests.e2e.client import DEMO, FINISHED, INPUT, Json, assert_same, numbers
from tests.tools.chaos.place import Place
from tests.tools.chaos.troubles import KILLS, OTHERS, Trouble

SAMPLES = 24
#: A tiny eps fools nobody, so that every step is taken.
REQUESTS: tuple[Json, ...] = (
    {"attacks": [{"name": "pgd", "eps": 0.002, "steps": 200}], "neurons": None, "execution": {"shards": 3}},
    {"attacks": [{"name": "fgsm", "eps": 0.05}], "neurons": {"eps": 0.02, "steps": 2}, "execution": {"shards": 2}},
    {
        "attacks": [{"name": "apgd", "eps": 0.002, "steps": 60}, {"name": "square", "eps": 0.02, "queries": 100}],
        "neurons": None,
        "seed": 3,
    },
)


@dataclass
class Chaos:
    """One run: the place, what is asked of it, and what happened."""

    place: Place
    dice: random.Random
    requests: Sequence[Json] = REQUESTS
    kills: int = 0
    audits: int = 0
    happened: Counter[str] = field(default_factory=Counter)
    ids: Json = field(default_factory=dict)
    undisturbed: list[Json] = field(default_factory=list)

    def prepare(self) -> None:
        """Upload, and run everything without trouble."""
        with np.load(DEMO / "holdout.npz") as data:
            images = io.BytesIO()
            np.savez(images, x=data["x"][:SAMPLES], y=data["y"][:SAMPLES])
        model = (DEMO / "small_vgg.onnx").read_bytes()
        self.ids = {
            "model_id": self._upload("models", "small_vgg.onnx", model, {"input": INPUT}),
            "dataset_id": self._upload("datasets", "images.npz", images.getvalue(), {}),
        }
        wave = self._begin()
        self.undisturbed = [self._report(identity) for identity in wave]
        for audit, request in zip(self.undisturbed, self.requests, strict=True):
            assert audit["clean"]["n"] == SAMPLES
            assert [attack["n"] for attack in audit["attacks"]] == [SAMPLES] * len(request["attacks"])
        self._delete(wave)

    def _upload(self, kind: str, name: str, data: bytes, metadata: Json) -> str:
        files, fields = {"file": (name, data)}, {"metadata": json.dumps(metadata)}
        answer = self.place.ask("POST", f"/v1/{kind}", files=files, data=fields)
        path = f"/v1/{kind}/{answer.json()['id']}"
        self.place.until(lambda: self.place.ask("GET", path).json()["status"] == "ready", f"{path} is ready")
        return str(answer.json()["id"])

    def _begin(self) -> list[str]:
        """Start every audit; a request whose answer is lost is sent again and starts no second one."""
        self.audits += len(self.requests)
        found = []
        for request in self.requests:
            once = {"Idempotency-Key": f"chaos-{self.dice.getrandbits(64)}"}
            answer = self.place.ask("POST", "/v1/audits", json={**request, **self.ids}, headers=once)
            assert answer.status_code == 202, answer.text
            found.append(answer.json()["id"])
        return found

    def _status(self, identity: str) -> str:
        return str(self.place.ask("GET", f"/v1/audits/{identity}").json()["status"])

    def _report(self, identity: str) -> Json:
        self.place.until(lambda: self._status(identity) in FINISHED, f"{identity} ends")
        ended = self.place.ask("GET", f"/v1/audits/{identity}").json()
        assert ended["status"] == "succeeded", ended
        report: Json = self.place.ask("GET", f"/v1/audits/{identity}/report").json()
        return numbers(report)

    def _delete(self, audits: Sequence[str]) -> None:
        for identity in audits:
            self.place.ask("DELETE", f"/v1/audits/{identity}")  # asked again after a lost answer it is 404

    def waves(self, troubles: Iterator[Trouble]) -> None:
        """Run everything again and again until no trouble is left, and once more to its end."""
        going = True
        while going:
            wave = self._begin()
            while going and any(self._status(identity) not in FINISHED for identity in wave):
                self.place.rest(self.dice.uniform(0.3, 2.5))
                going = self._trouble(troubles)
            for identity, undisturbed in zip(wave, self.undisturbed, strict=True):
                assert_same(self._report(identity), undisturbed)
            if going:
                self._delete(wave)

    def _trouble(self, troubles: Iterator[Trouble]) -> bool:
        """Make the next trouble, at something that is there; false when there is none left."""
        for trouble in troubles:
            done = trouble(self.place, self.dice)
            while done is None and trouble in KILLS:  # nothing of the kind is running at this moment
                self.place.rest(0.1)
                done = self.dice.choice((trouble, trouble, trouble, *KILLS))(self.place, self.dice)
            if done is not None:
                self.kills += trouble in KILLS
                self.happened[re.sub(r"-\d| for .*| is [-+].*", "", done)] += 1
                print(f"{time.strftime('%H:%M:%S')}  {done}", flush=True)
                return True
        return False

    def settle(self) -> str:
        """After the last trouble: refuse the poison, stop everything, and look for what is left. Returns what was."""
        for identity in self.place.poisoned:
            path = f"/v1/models/{identity}"
            self.place.until(
                lambda path=path: self.place.ask("GET", path).json()["status"] != "inspecting",  # type: ignore[misc]
                f"{path} is refused",
            )
            found = self.place.ask("GET", path).json()
            assert found["status"] == "rejected", found
        self.place.stop()
        self.place.until(lambda: not list(_processes(self.place.folder)), "no process is left")
        left = [path for path in self.place.folder.rglob("*") if path.is_file() and _is_on_its_way(path)]
        assert left == [], left
        examined = self._doctor("--repair")
        assert {finding["kind"] for finding in examined} <= {"orphan"}, examined
        assert self._doctor("--deep") == []
        return f"{sum(len(finding['concerns']) for finding in examined)} objects of killed processes were removed"

    def _doctor(self, *options: str) -> list[Json]:
        said = self.place.command("doctor", "--json", "--older-than", "0", *options)
        assert said.returncode in (0, 3), said.stderr
        found: list[Json] = json.loads(said.stdout)["findings"]
        return found


def _processes(folder: Path) -> Iterator[psutil.Process]:
    """Living processes that were started for this place."""
    for process in psutil.process_iter():
        try:
            if process.environ().get("TREMOR_DATA_DIR", "").startswith(f"{folder}/"):
                yield process
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue


def _is_on_its_way(path: Path) -> bool:
    """A half-received upload, a half-made copy, or what belongs to a job that has ended."""
    return path.name.startswith("upload-") or any(part.startswith("job-") for part in path.parts)


def drawn(dice: random.Random, kills: int) -> Iterator[Trouble]:
    """Troubles until there were so many kills; the others come after every third of them, and each at least once."""
    left: list[Trouble] = []
    drawn_all = False
    for number in range(kills):
        yield dice.choice(KILLS)
        if number % 3 == 2:
            left = left or dice.sample(OTHERS, len(OTHERS))
            yield left.pop()
            drawn_all = drawn_all or not left
    if not drawn_all:
        yield from left or dice.sample(OTHERS, len(OTHERS))


def _count(text: str) -> int:
    """How many there are of something; 0 is none. Raises `argparse.ArgumentTypeError`."""
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is no count: 0, 1, 2, …")
    return int(text)


def main() -> int:
    """Run, and say what happened; 0 when every audit ended with its numbers and nothing was left."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument(
        "--kills", type=_count, metavar="COUNT", default=50, help="how many processes are killed (default 50)"
    )
    options: Any = parser.parse_args()
    seed = random.randrange(2**32) if options.seed is None else options.seed
    print(f"seed {seed}, {options.kills} kills", flush=True)
    dice = random.Random(seed)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as Ctrl-C does, it takes down all that was started
    with tempfile.TemporaryDirectory(prefix="tremor-chaos-") as folder, Place(Path(folder)) as place:
        chaos = Chaos(place, dice)
        chaos.prepare()
        chaos.waves(drawn(dice, options.kills))
        removed = chaos.settle()
    for what, count in sorted(chaos.happened.items()):
        print(f"{count:4}  {what}")
    print(f"{chaos.kills} kills; {chaos.audits} audits, all with the numbers of the undisturbed ones; {removed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
