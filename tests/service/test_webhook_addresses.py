"""Where webhooks may not lead: what an address says by itself is refused at once, the rest when a message is sent."""

import sqlite3
from contextlib import closing

import httpx
import pytest

from tests.service.conftest import World
from tests.service.hooked import hook, tried, try_out
from tests.service.problems import is_problem
from tests.service.receiver import Receiver

#: Every one leads to this machine.
OURS = ("127.0.0.1", "localhost", "0.0.0.0", "127.1", "2130706433")


@pytest.mark.parametrize(
    "host", [*OURS, "10.1.2.3", "192.168.1.1", "169.254.169.254", "LocalHost", "a.localhost", "0x7f.1"]
)
def test_a_private_address_is_refused_at_once(world: World, host: str) -> None:
    url = f"http://{host}:8000/hook"
    made = hook(world.api, "https://ci.example/hook")["id"]
    for answer in (
        world.api.post("/v1/webhook-endpoints", json={"url": url}),
        world.api.patch(f"/v1/webhook-endpoints/{made}", json={"url": url}),
    ):
        body = is_problem(answer, 422, "validation")
        assert body["errors"][0]["pointer"] == "/url"
        assert "is no public address" in body["errors"][0]["detail"]
    assert world.api.get(f"/v1/webhook-endpoints/{made}").json()["url"] == "https://ci.example/hook"
    world.api.delete(f"/v1/webhook-endpoints/{made}")


def test_addresses_that_are_not_public_are_not_connected_to(world: World, receiver: Receiver) -> None:
    """Only connecting shows where a name leads; literal addresses stand in the database in the place of names."""
    port = httpx.URL(receiver.url).port
    places = []
    for host in OURS:
        identity = hook(world.api, "https://ci.example/hook")["id"]
        with closing(sqlite3.connect(world.settings.data_dir / "tremor.db", timeout=60)) as database, database:
            database.execute("UPDATE webhooks SET url = ? WHERE id = ?", (f"http://{host}:{port}/hook", identity))
        places.append(try_out(world.api, identity))
    for place in places:
        found = tried(world.api, place, 1)
        assert (found["status"], found["attempts"][0]["status_code"]) == ("pending", None)
        assert "no public address" in found["attempts"][0]["error"]
        world.api.delete(place.partition("/deliveries")[0])
    assert receiver.got() == []
