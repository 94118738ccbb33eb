"""Messages of webhooks sent again, and signed with a new secret."""

from typing import Any

import standardwebhooks

from tests.service.conftest import World
from tests.service.hooked import hook, try_out, verified
from tests.service.receiver import Receiver, until


def test_a_secret_is_rotated_without_a_body(hooked: World, receiver: Receiver) -> None:
    made = hook(hooked.api, receiver.url)
    answer = hooked.api.post(f"/v1/webhook-endpoints/{made['id']}/rotate")
    assert answer.status_code == 200, answer.text
    assert answer.json()["secret"] != made["secret"]


def test_a_secret_is_rotated_with_an_overlap(hooked: World, receiver: Receiver) -> None:
    made = hook(hooked.api, receiver.url)
    identity, secrets = made["id"], [made["secret"]]
    for overlap in (3600, 0):
        answer = hooked.api.post(f"/v1/webhook-endpoints/{identity}/rotate", json={"overlap_seconds": overlap})
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        secrets.append(answer.json()["secret"])
        try_out(hooked.api, identity)
        until(lambda: len(receiver.got()) == len(secrets) - 1)
    assert len(set(secrets)) == 3
    both, alone = receiver.got()
    assert [accepts(secret, both) for secret in secrets] == [True, True, False]
    assert [accepts(secret, alone) for secret in secrets] == [False, False, True]
    assert secrets[2] not in hooked.api.get(f"/v1/webhook-endpoints/{identity}").text, "a secret is shown once"


def accepts(secret: str, got: dict[str, Any]) -> bool:
    try:
        return bool(verified(secret, got))
    except standardwebhooks.WebhookVerificationError:
        return False


def test_a_delivered_message_is_replayed(hooked: World, receiver: Receiver) -> None:
    identity = hook(hooked.api, receiver.url)["id"]
    place = try_out(hooked.api, identity)
    until(lambda: hooked.api.get(place).json()["status"] == "delivered")
    assert hooked.api.post(f"{place}/replay").json()["status"] == "pending"
    until(lambda: len(receiver.got()) == 2)
    one, two = receiver.got()
    assert (one["headers"]["webhook-id"], one["body"]) == (two["headers"]["webhook-id"], two["body"])
    log = f"/v1/webhook-endpoints/{identity}/deliveries?status=delivered"
    listed = until(lambda: hooked.api.get(log).json()["items"])
    assert [([a["replayed"] for a in item["attempts"]], item["attempt_count"]) for item in listed] == [
        ([True, False], 2)
    ]


def test_what_failed_since_a_time_is_replayed_at_once(hooked: World, receiver: Receiver) -> None:
    made = hook(hooked.api, receiver.url)
    path = f"/v1/webhook-endpoints/{made['id']}"
    for _ in range(3):
        hooked.api.post(f"{path}/test")
    sent = {got["headers"]["webhook-id"] for got in until(lambda: len(receiver.got()) == 3 and receiver.got())}
    of_them = {"status": "delivered"}
    until(lambda: len(hooked.api.get(f"{path}/deliveries", params=of_them).json()["items"]) == 3)
    early = {"since": "2020-01-01T00:00:00Z"}
    assert hooked.api.post(f"{path}/replay", json=early).json() == {"replayed": 0}, "none has failed"
    late = {"since": "2999-01-01T00:00:00Z", "status": "delivered"}
    assert hooked.api.post(f"{path}/replay", json=late).json() == {"replayed": 0}
    answer = hooked.api.post(f"{path}/replay", json={**early, "status": "delivered"})
    assert (answer.status_code, answer.json()) == (202, {"replayed": 3})
    until(lambda: len(receiver.got()) == 6)
    assert {got["headers"]["webhook-id"] for got in receiver.got()} == sent
    assert hooked.api.post(f"{path}/replay", json={}).json()["errors"][0]["pointer"] == "/since"
    hooked.api.patch(path, json={"enabled": False})
    assert hooked.api.post(f"{path}/replay", json=early).status_code == 409
