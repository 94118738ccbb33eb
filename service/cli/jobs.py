"""One audit or hardening on a server: started once, followed to its end, cancelled when the command is interrupted."""

import shlex
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import uuid4

from openapi.status import TERMINAL, JobStatus
from service.cli.client import Answer, Client, JobKind, Json
from service.cli.display import line
from service.cli.exits import CommandFailed, Exit, Interrupted
from service.cli.problems import describe

if TYPE_CHECKING:
    from service.cli.calls import Job

#: By the prefix of a job's id.
KIND_BY_PREFIX: dict[str, JobKind] = {"aud": "audits", "hrd": "hardenings"}
#: Whoever pressed Ctrl-C does not wait for long.
_CANCEL_SECONDS = 10.0


def start(client: Client, kind: JobKind, request: Json) -> "Answer[Job]":
    """Start a job, exactly once however often the connection breaks; cancel it when interrupted meanwhile."""
    from service.cli.calls import start_job

    asked = start_job(kind, request, str(uuid4()))
    try:
        return client.call(asked)
    except Interrupted:
        # Whether it was taken is unknown; the same key tells its id, or takes it to be cancelled.
        client.limit(_CANCEL_SECONDS)
        taken: Answer[Job] = client.call(asked)
        cancel(client, kind, taken.value.id)
        raise


def cancel(client: Client, kind: JobKind, identity: str) -> None:
    """Stop a job on the server, or say that it goes on there."""
    from service.cli.calls import cancel_job

    client.limit(_CANCEL_SECONDS)
    try:
        client.call(cancel_job(kind, identity))
    except CommandFailed as error:
        _say(f"{identity} could not be cancelled and may go on: {error.message}")
    else:
        _say(f"{identity} is cancelled")


def follow(client: Client, kind: JobKind, identity: str, told: Callable[[Json], None], *, study: bool = False) -> Json:
    """Wait for a job's end and return its answer. `CommandFailed` when it did not succeed."""
    from service.cli.calls import read_job

    def done(job: "Job") -> bool:
        return job.status.value in TERMINAL

    try:
        ended: Answer[Job] = client.wait(lambda wait: read_job(kind, identity, wait), told, done, Exit.JOB_FAILED)
    except CommandFailed as error:
        if error.exit_code != Exit.UNREACHABLE or client.fresh:
            raise
        advice = f"The job may go on there. To take it up again: {how_to_follow(client, identity, study=study)}"
        raise CommandFailed(Exit.UNREACHABLE, f"{error.message}\n{advice}") from error
    if ended.value.status.value != JobStatus.SUCCEEDED:
        problem = ended.value.problem
        raise CommandFailed(Exit.JOB_FAILED, describe(problem) if problem else f"{identity} was {ended.value.status}")
    return ended.body


def run(client: Client, kind: JobKind, request: Json, told: Callable[[Json], None], *, study: bool = False) -> Json:
    """Start a job, follow it to its end, and cancel it when the command is interrupted."""
    identity = start(client, kind, request).value.id
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
