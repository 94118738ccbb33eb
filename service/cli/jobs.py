"""One audit or hardening on a server: started once, followed to its end, cancelled when the command is interrupted."""

import shlex
from collections.abc import Callable
from contextlib import suppress
from typing import Literal
from uuid import uuid4

from openapi.status import TERMINAL, JobStatus
from service.cli.client import Client, Json, describe
from service.cli.display import line
from service.cli.exits import CommandFailed, Exit, Interrupted

Kind = Literal["audits", "hardenings"]

#: By the prefix of a job's id.
KINDS: dict[str, Kind] = {"aud": "audits", "hrd": "hardenings"}
#: Whoever pressed Ctrl-C does not wait for long.
_CANCEL_SECONDS = 10.0


def start(client: Client, kind: Kind, request: Json) -> Json:
    """Start a job, exactly once however often the connection breaks; cancel it when interrupted meanwhile."""
    key = {"Idempotency-Key": str(uuid4())}
    try:
        return client.call("POST", f"/v1/{kind}", json=request, headers=key)
    except Interrupted:
        # Whether it was taken is unknown; the same key tells its id, or takes it to be cancelled.
        client.limit(_CANCEL_SECONDS)
        body = client.call("POST", f"/v1/{kind}", json=request, headers=key)
        cancel(client, kind, body["id"])
        raise


def cancel(client: Client, kind: Kind, identity: str) -> None:
    """Stop a job on the server, or say that it goes on there."""
    client.limit(_CANCEL_SECONDS)
    try:
        client.call("POST", f"/v1/{kind}/{identity}/cancel")
    except CommandFailed as error:
        _say(f"{identity} could not be cancelled and may go on: {error.message}")
    else:
        _say(f"{identity} is cancelled")


def follow(client: Client, kind: Kind, identity: str, told: Callable[[Json], None], *, study: bool = False) -> Json:
    """Wait for a job's end and return its answer. `CommandFailed` when it did not succeed."""
    path = f"/v1/{kind}/{identity}"
    try:
        body = client.wait(path, told, lambda answer: answer["status"] in TERMINAL, Exit.JOB_FAILED)
    except CommandFailed as error:
        if error.exit_code != Exit.UNREACHABLE or client.fresh:
            raise
        advice = f"The job may go on there. To take it up again: {how_to_follow(client, identity, study=study)}"
        raise CommandFailed(Exit.UNREACHABLE, f"{error.message}\n{advice}") from error
    if body["status"] != JobStatus.SUCCEEDED:
        problem = describe(body["problem"]) if body.get("problem") else f"{identity} was {body['status']}"
        raise CommandFailed(Exit.JOB_FAILED, problem)
    return body


def run(client: Client, kind: Kind, request: Json, told: Callable[[Json], None], *, study: bool = False) -> Json:
    """Start a job, follow it to its end, and cancel it when the command is interrupted."""
    identity = start(client, kind, request)["id"]
    try:
        return follow(client, kind, identity, told, study=study)
    except Interrupted:
        cancel(client, kind, identity)
        raise


def how_to_follow(client: Client, identity: str, *, study: bool = False) -> str:
    """The command that waits for a job and fetches its results; study: as the folder of `tremor study`."""
    return f"tremor follow {identity} --server {shlex.quote(client.url)}" + (" --study" if study else "")


def _say(text: str) -> None:
    with suppress(OSError):  # the terminal may be gone: that may be why we are here
        line(text)
