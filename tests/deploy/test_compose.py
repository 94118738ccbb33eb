"""The compose file: valid, of settings that exist; its topology as plain processes passes the end-to-end tests."""

import re
from typing import Any

import httpx
import pytest

from openapi.wire.settings import Settings
from tests.deploy.files import COMPOSE, compose, environment, environment_file, filled_in, run
from tests.deploy.topology import Topology
from tests.e2e.client import Client

# The same black-box tests as the embedded service's, on the client of this folder.
from tests.e2e.test_ended_early import test_a_broken_rule_ends_it_at_once as test_a_broken_rule_ends_it_at_once
from tests.e2e.test_picture_pairs import (
    test_every_success_is_a_pair_of_pictures as test_every_success_is_a_pair_of_pictures,
)
from tests.e2e.test_samples import body as body
from tests.e2e.test_samples import every as every
from tests.e2e.test_samples import test_chosen_samples as test_chosen_samples
from tests.e2e.test_samples import test_wrong_choices_are_refused_by_name as test_wrong_choices_are_refused_by_name

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


def test_nobody_is_let_in_without_a_key(topology: Topology) -> None:
    for api in topology.apis:
        assert httpx.get(api + "/v1/audits").status_code == 401


def test_the_whole_schema_was_made_once(topology: Topology, client: Client) -> None:
    """Two APIs that start together: both work on the one schema; what one takes the other finds at once."""
    model = client.model()
    headers = {"Authorization": f"Bearer {topology.key}"}
    for api in topology.apis:
        assert httpx.get(f"{api}/v1/models/{model}", headers=headers).json()["status"] == "ready"
