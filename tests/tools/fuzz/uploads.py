"""Fuzzes the upload path of a real service: ``python -m tests.tools.fuzz.uploads --count 20000 --seed 1``.

Valid files of every kind are mutated (bytes, truncation, splices, entries of zip and tar, headers, pickles and sources
inside TorchScript and ``.pt2``, the graph of ONNX, footers of Parquet) and sent over HTTP to ``tremor serve`` with real
workers. What must hold, or the run fails and keeps the file:

- no answer of 500 or above; every upload ends as ``ready`` or ``rejected`` within its limit, a rejection with a problem
  that blames the file (not ``internal``, ``worker-lost`` or ``job-failed``), and without a crash of the confined child;
- API, broker, workers and warm servers are the same processes at the end as at the beginning;
- their memory stays within `GROWTH` of what it was after the first tenth;
- valid uploads still pass at the end.

Mutant ``i`` of seed ``s`` is always the same file: ``--only i`` sends it alone.

Seen on 2026-11-21 (two cores, shared with other work): 20,000 mutants of seed 20261124 in one piece, 45 minutes, no
finding. 3,309 were ready, the others refused with a problem that blames the file; the slowest took 5.1 s; API 142 MiB
after 1,000 and 155 at the end, pools 71 and 75, warm servers 419 throughout. Runs before it (7,750, 660 and 8,000
mutants of seeds 20261121 to 20261123) showed six faults, all mended: headers of ``.npy`` that do not end; TorchScript
tensors larger than their bytes (a crash); problems with names that are no Unicode; programs of a ``__main__`` refused;
queued work handed out again and again; a file that a limit had ended hanging when it was sent again.
"""

import argparse
import asyncio
import json
import math
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx

from service.embedded import EmbeddedService
from tests.tools.fuzz.mutations import Mutant, mutate
from tests.tools.fuzz.seeds import fresh_seeds
from tests.tools.fuzz.watch import Person, household, memory

#: Resident bytes that a long-lived process may gain between the first tenth of a run and its end.
GROWTH = 96 * 2**20
#: Settings of the service under test: an inspection of a file of a few kilobytes needs neither long nor much.
SETTINGS = {
    "TREMOR_THREADS": "1",
    "TREMOR_INSPECT_WALL_SECONDS": "30",
    "TREMOR_MEMORY_BYTES": str(3 * 2**29),
    "TREMOR_DECODED_BYTES": str(2**28),
    "TREMOR_CACHE_BYTES": str(2**25),
    "TREMOR_LOG_LEVEL": "warning",
}
#: Seconds from upload to end: its place in the line, at the longest inspection each, on a busy machine.
PATIENCE = 600.0
_OURS = frozenset({"internal", "worker-lost", "job-failed", "unavailable"})


@dataclass
class Findings:
    """What became of the uploads."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")
    failures: list[str] = field(default_factory=list)
    memory: dict[str, int] = field(default_factory=dict)
    baseline: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Uploads that have ended."""
        return sum(self.outcomes.values())

    def table(self) -> str:
        """Outcomes by kind, one line each."""
        kinds = sorted({kind for kind, _ in self.outcomes})
        return "\n".join(
            f"{kind}: " + ", ".join(f"{n} {what}" for (k, what), n in sorted(self.outcomes.items()) if k == kind)
            for kind in kinds
        )


class Fuzzer:
    """Sends mutants to one service, `in_flight` at a time."""

    def __init__(self, service: EmbeddedService, people: list[Person], seed: int, in_flight: int, keep: Path) -> None:
        self._service, self._people, self._seed, self._keep = service, people, seed, keep
        self._gate = asyncio.Semaphore(in_flight)
        self._seeds = fresh_seeds()
        self.findings = Findings()

    def mutant(self, number: int) -> Mutant:
        """Mutant `number` of this run's seed."""
        rng = Random(f"{self._seed}:{number}")
        return mutate(rng.choice(self._seeds), self._seeds, rng)

    async def run(self, numbers: range, until: float = math.inf) -> Findings:
        """Send the mutants, as many as begin before the time `until`, then the valid files; returns what was found."""
        tenth = max(1, len(numbers) // 10)
        step = min(tenth, 250)
        async with httpx.AsyncClient(base_url=self._service.url + "/v1", timeout=120) as http:
            for begin in range(0, len(numbers), step):
                if time.monotonic() > until:
                    break
                part = numbers[begin : begin + step]
                started = time.monotonic()
                await asyncio.gather(*(self._one(http, number) for number in part))
                self._look(len(part) / (time.monotonic() - started))
                if not self.findings.baseline and self.findings.total >= tenth:
                    self.findings.baseline = self.findings.memory
            for good in self._seeds:
                ended = await self._upload(http, Mutant(good, "valid", good.data))
                if ended.get("status") != "ready":
                    self._fail(f"the valid file {good.name} was refused afterwards: {ended}")
        return self.findings

    def _look(self, rate: float) -> None:
        """Are all alive, and how large are they?"""
        found = self.findings
        now = household(self._service, sum(person.role == "worker" for person in self._people))
        if gone := [person for person in self._people if person not in now]:
            self._fail(f"long-lived processes ended: {gone}")
            self._people = now
        found.memory = memory(now)
        for role, size in found.memory.items():
            if found.baseline and size > found.baseline[role] + GROWTH:
                self._fail(f"{role} grew from {found.baseline[role]:,} to {size:,} bytes")
        sizes = ", ".join(f"{role} {size / 2**20:.0f}" for role, size in sorted(found.memory.items()))
        print(f"{found.total} uploads, {rate:.1f}/s; MiB: {sizes}; {len(found.failures)} findings", flush=True)

    async def _one(self, http: httpx.AsyncClient, number: int) -> None:
        async with self._gate:
            mutant = await asyncio.to_thread(self.mutant, number)
            begin = time.monotonic()
            try:
                ended = await self._upload(http, mutant)
            except (httpx.HTTPError, TimeoutError, ValueError) as error:
                ended = {"status": "no answer", "problem": {"detail": f"{type(error).__name__}: {error}"}}
            self._count(number, mutant, ended, time.monotonic() - begin)

    async def _upload(self, http: httpx.AsyncClient, mutant: Mutant) -> dict[str, Any]:
        """Upload and wait for the end; returns the last body, with `http` the status of the upload."""
        seed = mutant.seed
        sent = await http.post(
            f"/{seed.kind}",
            files={"file": (seed.name, mutant.data)},
            data={"metadata": json.dumps(seed.metadata)},
        )
        body: dict[str, Any] = sent.json()
        if sent.status_code not in (200, 201):
            return {"status": f"HTTP {sent.status_code}", "problem": body}
        deadline = time.monotonic() + PATIENCE
        while body["status"] == "inspecting":
            if time.monotonic() > deadline:
                return {**body, "status": "hangs"}
            answer = await http.get(f"/{seed.kind}/{body['id']}", params={"wait": "30"})
            if answer.status_code != 200:
                return {"status": f"HTTP {answer.status_code}", "problem": answer.json()}
            body = answer.json()
        return body

    def _count(self, number: int, mutant: Mutant, ended: dict[str, Any], seconds: float) -> None:
        found, status = self.findings, str(ended["status"])
        problem = ended.get("problem") or {}
        slug = str(problem.get("type", "")).rpartition("/")[2]
        found.outcomes[mutant.seed.name, slug if status == "rejected" else status] += 1
        found.slowest = max(found.slowest, (seconds, f"{number} ({mutant.seed.name}, {mutant.how})"))
        refused = status == "rejected" and slug not in _OURS and bool(problem.get("detail"))
        fine = status == "ready" or (refused and "signal" not in problem)
        if not fine:
            self._keep.mkdir(parents=True, exist_ok=True)
            path = self._keep / f"{self._seed}-{number}-{mutant.seed.name}"
            path.write_bytes(mutant.data)
            self._fail(f"{number} ({mutant.seed.name}, {mutant.how}): {status} {slug} {problem.get('detail')}")

    def _fail(self, text: str) -> None:
        self.findings.failures.append(text)
        print("FINDING", text, flush=True)


def fuzz(
    service: EmbeddedService,
    numbers: range,
    seed: int,
    keep: Path,
    *,
    workers: int,
    in_flight: int,
    minutes: float = math.inf,
) -> Findings:
    """Fuzz a running service with the mutants `numbers` of `seed`, for so many minutes at most."""
    people = household(service, workers)
    until = time.monotonic() + 60 * minutes
    return asyncio.run(Fuzzer(service, people, seed, in_flight, keep).run(numbers, until))


def main(arguments: list[str] | None = None) -> int:
    """Start a service, fuzz it, print what was found; 1 when there are findings."""
    parser = argparse.ArgumentParser(prog="python -m tests.tools.fuzz.uploads", description=__doc__.split("\n\n")[0])
    parser.add_argument("--count", type=int, default=1000, help="mutants to send")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first mutant")
    parser.add_argument("--only", type=int, help="send this mutant alone")
    parser.add_argument("--minutes", type=float, default=math.inf, help="begin nothing new after so long")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--in-flight", type=int, default=6, help="uploads at a time")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-findings"), help="folder for the files of findings")
    given = parser.parse_args(arguments)
    numbers = range(given.first, given.first + given.count)
    if given.only is not None:
        numbers = range(given.only, given.only + 1)
    begin = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="tremor-fuzz-") as folder,
        EmbeddedService(folder, workers=given.workers, env=SETTINGS) as service,
    ):
        found = fuzz(
            service,
            numbers,
            given.seed,
            given.keep,
            workers=given.workers,
            in_flight=given.in_flight,
            minutes=given.minutes,
        )
    print(found.table())
    print(f"{found.total} uploads in {time.monotonic() - begin:.0f} s, seed {given.seed}, mutants {numbers}")
    print(f"slowest: {found.slowest[0]:.1f} s, {found.slowest[1]}")
    print(f"{len(found.failures)} findings", *found.failures, sep="\n")
    return 1 if found.failures else 0


if __name__ == "__main__":
    sys.exit(main())
