"""The compose file: valid, of settings that exist; its topology as plain processes passes the end-to-end tests."""

import base64
import hashlib
import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from openapi.wire.settings import Settings
from tests.deploy.files import COMPOSE, compose, environment, environment_file, filled_in, run
from tests.deploy.topology import Topology
from tests.e2e.client import INPUT, Client, Json

# The same black-box tests as the embedded service's, on the client of this folder.
from tests.e2e.test_ended_early import test_a_broken_rule_ends_it_at_once as test_a_broken_rule_ends_it_at_once
from tests.e2e.test_picture_pairs import (
    test_every_success_is_a_pair_of_pictures as test_every_success_is_a_pair_of_pictures,
)
from tests.e2e.test_samples import body as body
from tests.e2e.test_samples import every as every
from tests.e2e.test_samples import test_chosen_samples as test_chosen_samples
from tests.e2e.test_samples import test_wrong_choices_are_refused_by_name as test_wrong_choices_are_refused_by_name

FGSM = [{"name": "fgsm", "eps": 0.1}]
VARIABLES = environment_file(COMPOSE / ".env.example")


@pytest.mark.parametrize("name", ["compose.yaml", "compose.full-sandbox.yaml"])
def test_it_is_a_compose_file(name: str) -> None:
    run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE / name))


def test_every_setting_is_one_that_the_service_reads() -> None:
    for name, service in compose(VARIABLES).items():
        for variable, value in environment(service).items():
            if variable.startswith("TREMOR_"):
                field = variable.removeprefix("TREMOR_").lower()
                assert field in Settings.model_fields, (name, variable)
                given: Any = {field: value}
                Settings(**given)


@pytest.mark.parametrize("missing", ["POSTGRES_PASSWORD", "VALKEY_PASSWORD", "S3_ACCESS_KEY", "S3_SECRET_KEY"])
def test_it_does_not_start_without_a_password(missing: str) -> None:
    with pytest.raises(KeyError, match=missing):
        compose({name: value for name, value in VARIABLES.items() if name != missing})


def test_every_variable_is_in_the_example_or_has_a_default() -> None:
    text = (COMPOSE / "compose.yaml").read_text()
    needed = set(re.findall(r"\$\{(\w+):\?", text))
    assert needed <= set(VARIABLES)
    assert filled_in("${A:-b} $$c", {}) == "b $c"


def test_large_files_go_to_the_store_directly_where_its_public_address_is_given() -> None:
    def address(**more: str) -> str:
        return environment(compose({**VARIABLES, **more})["api"])["TREMOR_S3_PUBLIC_ENDPOINT"]

    assert address() == "", "off"
    assert address(S3_PUBLIC_ENDPOINT="https://files.example.org") == "https://files.example.org"


def test_what_it_mounts_is_there() -> None:
    for service in compose(VARIABLES).values():
        for volume in service.get("volumes", []):
            if volume.startswith("./"):
                assert (COMPOSE / volume.partition(":")[0]).exists()


def test_both_apis_answer_and_both_workers_live(topology: Topology, client: Client) -> None:
    for _ in range(4):
        assert client.http.get("/attacks").status_code == 200
    for api in topology.apis:
        text = httpx.get(api + "/metrics").text
        assert 'tremor_http_requests_total{method="GET",route="/v1/attacks",status="200"}' in text
        assert len(httpx.get(api + "/health/ready").json()["workers"]) == 2


def test_what_workers_spend_is_counted_by_the_apis(topology: Topology, client: Client) -> None:
    """Workers answer no scraper: what they have done is counted where it is recorded, by whichever API that was."""

    def counted(name: str) -> float:
        lines = [line for api in topology.apis for line in httpx.get(api + "/metrics").text.splitlines()]
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))

    names = ('tremor_passes_total{direction="forward"', 'tremor_shard_seconds_count{stage="attack"}')
    before = [counted(name) for name in names]
    asked = {"model_id": client.model(), "dataset_id": client.dataset(20), "attacks": FGSM, "neurons": None, "seed": 11}
    report = client.report(client.start(asked))
    (attack,) = report["attacks"]
    passes, shards = (counted(name) - was for name, was in zip(names, before, strict=True))
    assert passes == round(attack["forward_passes"] * report["clean"]["correct"]) > 0
    assert shards >= 1


def test_nobody_is_let_in_without_a_key(topology: Topology) -> None:
    for api in topology.apis:
        assert httpx.get(api + "/v1/audits").status_code == 401


def test_the_whole_schema_was_made_once(topology: Topology, client: Client) -> None:
    """Two APIs that start together: both work on the one schema; what one takes the other finds at once."""
    model = client.model()
    headers = {"Authorization": f"Bearer {topology.key}"}
    for api in topology.apis:
        assert httpx.get(f"{api}/v1/models/{model}", headers=headers).json()["status"] == "ready"


# Two APIs that take turns are one service: what one was told, the other knows at the next request.


@pytest.fixture(scope="module")
def asked_for(client: Client) -> Json:
    return {"model_id": client.model(), "dataset_id": client.dataset(20), "attacks": FGSM, "neurons": None}


@pytest.fixture
def ask(topology: Topology) -> Callable[..., httpx.Response]:
    """A request to one of the two."""

    def asked(number: int, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> Any:
        known = {"Authorization": f"Bearer {topology.key}", **(headers or {})}
        return httpx.request(method, topology.apis[number] + path, headers=known, timeout=120, **more)

    return asked


def test_a_key_that_one_has_seen_the_other_answers(ask: Callable[..., httpx.Response], asked_for: Json) -> None:
    key = {"Idempotency-Key": "one and the same"}
    first, again = (ask(number, "POST", "/v1/audits", json=asked_for, headers=key) for number in (0, 1))
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["id"] == again.json()["id"]
    other = ask(0, "POST", "/v1/audits", json={**asked_for, "seed": 1}, headers=key)
    assert other.status_code == 409


def test_the_same_key_at_both_at_once_is_one_audit(ask: Callable[..., httpx.Response], asked_for: Json) -> None:
    before = {item["id"] for item in ask(0, "GET", "/v1/audits").json()["items"]}
    barrier = threading.Barrier(8)

    def post(number: int) -> httpx.Response:
        barrier.wait()
        headers = {"Idempotency-Key": "at once"}
        return ask(number % 2, "POST", "/v1/audits", json={**asked_for, "seed": 2}, headers=headers)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(post, range(8)))
    after = {item["id"] for item in ask(1, "GET", "/v1/audits").json()["items"]}
    (made,) = after - before
    taken = {answer.json()["id"] for answer in answers if answer.status_code == 202}
    assert taken == {made}, [answer.text for answer in answers]
    assert {answer.status_code for answer in answers} <= {202, 409}


def test_the_same_file_at_both_at_once_is_one_model(ask: Callable[..., httpx.Response]) -> None:
    def post(number: int) -> httpx.Response:
        parts = {"metadata": (None, json.dumps({"name": "twice"})), "file": ("net.onnx", b"no net at all" * 1000)}
        return ask(number % 2, "POST", "/v1/models", files=parts)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(post, range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201], [one.text for one in answers]
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_who_waits_at_one_hears_of_what_ends_at_the_other(ask: Callable[..., httpx.Response], asked_for: Json) -> None:
    long = {**asked_for, "attacks": [{"name": "pgd", "eps": 0.002, "steps": 1000}], "seed": 3}
    audit = ask(0, "POST", "/v1/audits", json=long).json()["id"]
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(ask, number, "GET", f"/v1/audits/{audit}", params={"wait": 60}) for number in (0, 1)]
        time.sleep(0.5)
        assert ask(1, "POST", f"/v1/audits/{audit}/cancel").status_code in (200, 202)
        assert [answer.result().json()["status"] for answer in waiting] == ["cancelled", "cancelled"]


def frames(text: str) -> list[tuple[str, str]]:
    """The ids and kinds of Server-Sent Events."""
    found = []
    for frame in text.replace("\r", "").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in frame.splitlines() if ": " in line)
        if "id" in fields:
            found.append((fields["id"], fields["event"]))
    return found


def test_a_stream_of_one_goes_on_at_the_other(
    ask: Callable[..., httpx.Response], client: Client, asked_for: Json
) -> None:
    audit = client.start({**asked_for, "seed": 4, "execution": {"shards": 2}})
    client.report(audit)
    whole = frames(ask(0, "GET", f"/v1/audits/{audit}/events").text)
    assert len(whole) > 3
    for number, (place, _) in enumerate(whole[:-1], start=1):
        rest = ask(number % 2, "GET", f"/v1/audits/{audit}/events", headers={"Last-Event-ID": place})
        assert frames(rest.text) == whole[number:]


def test_pieces_of_an_upload_may_go_to_either(ask: Callable[..., httpx.Response]) -> None:
    data = b"piece by piece" * 10_000
    tus = {"Tus-Resumable": "1.0.0"}
    made = ask(0, "POST", "/v1/uploads", headers={**tus, "Upload-Length": str(len(data))})
    assert made.status_code == 201, made.text
    path = httpx.URL(made.headers["location"]).path
    place, turn = 0, 1
    while place < len(data):
        piece = data[place : place + 50_000]
        headers = {**tus, "Upload-Offset": str(place), "Content-Type": "application/offset+octet-stream"}
        headers["Upload-Checksum"] = f"sha1 {base64.b64encode(hashlib.sha1(piece).digest()).decode()}"
        answer = ask(turn, "PATCH", path, content=piece, headers=headers)
        assert answer.status_code == 204, answer.text
        place, turn = place + len(piece), 1 - turn
        assert ask(turn, "HEAD", path, headers=tus).headers["upload-offset"] == str(place)
    upload = path.rpartition("/")[2]
    made = ask(turn, "POST", "/v1/models", json={"upload_id": upload, "metadata": {"name": "pieces", "input": INPUT}})
    assert made.status_code == 201, made.text
    assert made.json()["sha256"] == hashlib.sha256(data).hexdigest()
