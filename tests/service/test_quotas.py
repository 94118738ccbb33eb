"""Quotas and rate limits of tenants, over several processes; turns of tenants, and priorities inside one."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from openapi.wire.jobs import Shard
from openapi.wire.queue import QueueClient
from openapi.wire.settings import Settings
from service.app import create_app
from service.cli.tenants import tenants
from service.embedded.broker import Broker
from service.tenants.rates import Rates
from tests.service.conftest import Served, audit, flush, make_settings, ready, upload, upload_ready
from tests.service.problems import is_problem
from tests.service.test_tenants import key
from tests.service.worker import ProtocolWorker, until


@pytest.fixture(scope="module")
def settings(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    found = make_settings(broker, tmp_path_factory.mktemp("quotas"), db=7, auth="keys")
    flush(found)
    return found


@pytest.fixture(scope="module")
def url(settings: Settings) -> Iterator[str]:
    with Served(create_app(settings)) as address:
        yield address


@pytest.fixture(scope="module")
def worker(settings: Settings) -> Iterator[ProtocolWorker]:
    with closing(ProtocolWorker(settings)) as found:
        yield found


def member(settings: Settings, url: str, name: str, *quotas: str) -> httpx.Client:
    """A client of a tenant of its own."""
    run(settings, "create", name, *quotas)
    secret = key(settings, name, "--tenant", name)[1]
    return httpx.Client(base_url=url, timeout=90, headers={"Authorization": f"Bearer {secret}"})


def run(settings: Settings, *words: str) -> str:
    done = CliRunner().invoke(tenants, ["--data", str(settings.data_dir), *words])
    assert done.exit_code == 0, done.output
    return done.output


def test_a_tenant_keeps_no_more_bytes_than_it_may(settings: Settings, url: str, worker: ProtocolWorker) -> None:
    with member(settings, url, "small", "--max-bytes", "100") as small, member(settings, url, "large") as large:
        first = upload(small, "models", b"x" * 60)
        worker.do(worker.take())
        refused = small.post("/v1/models", files={"file": ("m", b"y" * 60)})
        body = is_problem(refused, 403, "quota-exceeded")
        assert (body["used"], body["quota"]) == (60, 100)
        assert small.post("/v1/models", files={"file": ("m", b"x" * 60)}).json()["id"] == first, "it is there already"
        assert large.post("/v1/models", files={"file": ("m", b"y" * 60)}).status_code == 201
        worker.do(worker.take())
        # The same bytes with other metadata are another model, and no more bytes.
        assert upload(small, "models", b"x" * 60, {"name": "twin"}) != first
        worker.do(worker.take())
        # A file that could never fit is refused before it is read.
        is_problem(small.post("/v1/datasets", files={"file": ("d", b"z" * 1_000_000)}), 403, "quota-exceeded")
        for item in small.get("/v1/models").json()["items"]:
            assert small.delete(f"/v1/models/{item['id']}").status_code == 204
        run(settings, "set", "small", "--max-bytes", "60")
        upload_ready(small, worker, "models", b"y" * 60)
        blobs = {path.name for path in (settings.data_dir / "blobs" / "blobs").rglob("*") if path.is_file()}
        assert len([name for name in blobs if re.fullmatch("[0-9a-f]{64}", name)]) == 1, "nothing refused is kept"
        assert re.search(r"^small  .*60 of 60 bytes, 0 unfinished  small$", run(settings, "list"), re.M)
        run(settings, "set", "small", "--max-bytes", "default")
        assert re.search(r"^small  .* 60 bytes", run(settings, "list"), re.M)


def test_a_quota_is_a_number(settings: Settings) -> None:
    for wrong in (
        *(("--max-bytes", text) for text in ("1 gram", "-1", "0x10", "1e3", "1_000", "900000TiB", "GB")),
        ("--max-queued", "-1"),
        ("--max-queued", "1k"),
        ("--max-running", "0"),
        (),  # nothing that is to change
    ):
        done = CliRunner().invoke(tenants, ["--data", str(settings.data_dir), "set", "default", *wrong])
        assert done.exit_code == 2, done.output
    assert "say what is to change: " in done.output
    nobody = ["--data", str(settings.data_dir), "set", "nobody", "--max-queued", "3"]
    assert CliRunner().invoke(tenants, nobody).exit_code == 1


@pytest.mark.parametrize(
    ("text", "size"),
    [("0", 0), ("1024", 1024), ("5kB", 5000), ("1GiB", 2**30), ("1.5 TiB", 3 * 2**39), ("2M", 2_000_000), ("7b", 7)],
)
def test_bytes_have_units(settings: Settings, text: str, size: int) -> None:
    run(settings, "set", "default", "--max-bytes", text)
    assert re.search(rf"^default  .* of {size} bytes", run(settings, "list"), re.M)
    run(settings, "set", "default", "--max-bytes", "default")


def test_a_tenant_with_a_queue_of_nothing_only_looks(settings: Settings, url: str, worker: ProtocolWorker) -> None:
    with member(settings, url, "looks", "--max-queued", "0") as looks:
        model, dataset = ready(looks, worker)
        body = {"model_id": model, "dataset_id": dataset, "preset": "smoke"}
        found = is_problem(looks.post("/v1/audits", json=body), 403, "quota-exceeded")
        assert (found["quota"], "may start no jobs" in found["detail"]) == (0, True)
        assert looks.get("/v1/audits").json()["items"] == []


def test_a_rate_that_counts_nothing_says_so(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["--data", str(settings.data_dir), "set", "default", "--requests-per-minute", "90000"]
    for auth, noted in (("none", True), ("keys", False)):
        monkeypatch.setenv("TREMOR_AUTH", auth)
        done = CliRunner().invoke(tenants, words)
        assert (done.exit_code, "TREMOR_AUTH=keys alone" in done.output) == (0, noted), done.output


def test_no_two_tenants_have_one_name(settings: Settings, url: str) -> None:
    run(settings, "create", "vision-1", "--name", "Vision")
    done = CliRunner().invoke(tenants, ["--data", str(settings.data_dir), "create", "vision-2", "--name", "Vision"])
    assert done.exit_code == 1
    assert "'vision-1' has the name 'Vision' already" in done.output
    assert "vision-2" not in run(settings, "list")


def test_a_refusal_does_not_count_bytes_that_nobody_knows(settings: Settings, url: str, worker: ProtocolWorker) -> None:
    with member(settings, url, "full") as full:
        upload(full, "models", b"full" * 20)
        worker.do(worker.take())
        run(settings, "set", "full", "--max-bytes", "10")
        body = is_problem(full.post("/v1/models", files={"file": ("m", b"w" * 60)}), 403, "quota-exceeded")
        assert "keeps 80 bytes and may keep 10; there is no room for more." in body["detail"]


def test_a_tenant_has_no_more_jobs_than_it_may(settings: Settings, url: str, worker: ProtocolWorker) -> None:
    with member(settings, url, "few", "--max-queued", "1") as few, member(settings, url, "many") as many:
        mine, theirs = ready(few, worker), ready(many, worker)
        first = audit(few, *mine)
        others = [audit(many, *theirs, seed=seed) for seed in (0, 1)]
        answer = few.post("/v1/audits", json={"model_id": mine[0], "dataset_id": mine[1]})
        is_problem(answer, 429, "rate-limited")
        assert int(answer.headers["retry-after"]) > 0
        finish(worker, few, first)
        second = audit(few, *mine, seed=1)
        finish(worker, few, second)
        finish(worker, many, *others)


def finish(worker: ProtocolWorker, client: httpx.Client, *audits: str) -> None:
    """Do what comes until these have ended."""
    while not all(client.get(f"/v1/audits/{one}").json()["finished_at"] for one in audits):
        for shard in worker.waiting(0.2):
            worker.do(shard)


def test_a_rate_holds_over_processes_and_is_told(settings: Settings, url: str) -> None:
    with (
        Served(create_app(settings)) as second,
        member(settings, url, "hasty", "--requests-per-minute", "4") as hasty,
        member(settings, url, "calm") as calm,
    ):
        answers = [hasty.get(f"{address}/v1/presets") for address in (url, second, url, second, second, url)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429, 429]
        for answer, left in zip(answers, (3, 2, 1, 0, 0, 0), strict=True):
            assert answer.headers["ratelimit-policy"] == '"requests";q=4;w=60'
            told = re.fullmatch(r'"requests";r=(\d+);t=(\d+)', answer.headers["ratelimit"])
            assert told is not None
            assert int(told[1]) == left
            assert 0 < int(told[2]) <= 60
        is_problem(answers[-1], 429, "rate-limited")
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 15
        free = calm.get("/v1/presets")
        assert (free.status_code, "ratelimit" in free.headers) == (200, False)


async def test_the_bucket_of_the_broker_fills_again(settings: Settings) -> None:
    """By the broker's clock: what is left never exceeds the quota, and comes back evenly."""
    queue, rates = QueueClient(settings), Rates()
    spent = [await rates.take(queue.server, "bucket", 600) for _ in range(600)]
    assert not any(budget.is_spent for budget in spent)
    assert 599 - 1e-6 <= spent[0].left <= 600
    gone = await rates.take(queue.server, "empty", 1)
    over = await rates.take(queue.server, "empty", 1)
    assert (gone.is_spent, over.is_spent) == (False, True)
    assert 1 <= over.wait <= 60
    await queue.server.hset("tremor:rate:empty", "at", "1000000")  # long ago
    again = await rates.take(queue.server, "empty", 1)
    assert (again.is_spent, again.left) == (False, 0.0)
    assert 0 < await queue.server.ttl("tremor:rate:empty") <= 61, "it is forgotten when it is full"
    await queue.aclose()


async def test_without_the_broker_each_process_counts_for_itself(tmp_path: Path) -> None:
    nobody, rates = QueueClient(Settings(data_dir=tmp_path, redis_url="redis://127.0.0.1:9/0")), Rates()
    assert [(await rates.take(nobody.server, "a", 2)).is_spent for _ in range(3)] == [False, False, True]
    await nobody.aclose()


def test_turns_and_priorities_through_a_service(settings: Settings, url: str, worker: ProtocolWorker) -> None:
    """One tenant floods the queue; the other's only shard is among the next, and urgent work is first among its own."""
    with member(settings, url, "flood") as flood, member(settings, url, "drop") as drop:
        flooded, other = ready(flood, worker), ready(drop, worker)
        usual = [audit(flood, *flooded, max_samples=10, execution={"shards": 10}, seed=seed) for seed in (1, 2, 3)]
        urgent = audit(flood, *flooded, max_samples=10, execution={"shards": 4, "priority": 9}, seed=4)
        single = audit(drop, *other)
        taken: list[Shard] = []
        while not any(shard.job_id == single for shard in taken):
            taken.append(worker.take())
            worker.tell(taken[-1], "started")
            worker.do(taken[-1])
        # The first eight were handed out before anything else was there; then turns are taken.
        assert len(taken) <= 10, [shard.job_id for shard in taken]
        rest: list[Shard] = []
        while len([shard for shard in rest if shard.job_id == urgent and shard.stage == "attack"]) < 4:
            rest.append(worker.take())
            worker.do(rest[-1])
        first = [shard.job_id for shard in taken + rest if shard.stage == "attack" and shard.job_id != single]
        assert max(i for i, job in enumerate(first) if job == urgent) < 20, "no usual job was done before it"
        assert flood.get(f"/v1/audits/{urgent}").json()["request"]["execution"]["priority"] == 9
        finish(worker, flood, *usual, urgent)
        finish(worker, drop, single)
        for job in (*usual, urgent):
            assert flood.get(f"/v1/audits/{job}").json()["status"] == "succeeded"


def test_places_in_the_queue(settings: Settings, url: str, worker: ProtocolWorker) -> None:
    """Who waits is told how many of its tenant go first: the more urgent, then the older; others' do not count."""
    with member(settings, url, "patient") as patient, member(settings, url, "rival") as rival:
        mine, other = ready(patient, worker), ready(rival, worker)
        audit(rival, *other)
        first, second = (audit(patient, *mine, seed=seed) for seed in (1, 2))
        urgent = audit(patient, *mine, seed=3, execution={"priority": 5})
        jobs = (first, second, urgent)
        places = [patient.get(f"/v1/audits/{job}").json()["queue_position"] for job in jobs]
        assert places == [1, 2, 0]
        listed = {item["id"]: item["queue_position"] for item in patient.get("/v1/audits").json()["items"]}
        assert [listed[job] for job in jobs] == places
        finish(worker, patient, *jobs)
        assert [patient.get(f"/v1/audits/{job}").json()["queue_position"] for job in jobs] == [None, None, None]
        finish(worker, rival, *(item["id"] for item in rival.get("/v1/audits").json()["items"]))


def test_usage_says_what_there_is_and_what_there_may_be(settings: Settings, url: str, worker: ProtocolWorker) -> None:
    limits = ("--max-bytes", "1000000", "--max-queued", "7", "--requests-per-minute", "600")
    with member(settings, url, "frugal", *limits) as frugal:
        assert frugal.get("/v1/usage").json() == {
            "bytes": 0,
            "queued": 0,
            "running": 0,
            "limits": {"bytes": 1_000_000, "queued": 7, "running": None, "requests_per_minute": 600},
        }
        model, dataset = ready(frugal, worker)
        sizes = [frugal.get(f"/v1/{path}").json()["size"] for path in (f"models/{model}", f"datasets/{dataset}")]
        jobs = [audit(frugal, model, dataset, seed=seed) for seed in (1, 2)]
        found = frugal.get("/v1/usage").json()
        assert (found["bytes"], found["queued"], found["running"]) == (sum(sizes), 2, 0)
        shard = worker.take()
        worker.tell(shard, "started")
        until(lambda: frugal.get("/v1/usage").json()["running"] == 1)
        worker.do(shard)
        finish(worker, frugal, *jobs)
        found = frugal.get("/v1/usage").json()
        assert (found["queued"], found["running"]) == (0, 0)
        assert found["bytes"] > sum(sizes), "reports are kept as well"
