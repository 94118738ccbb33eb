"""What `tremor audit`, `tremor harden` and `tremor follow` do once everything is uploaded."""

import json
from collections.abc import Callable
from pathlib import Path

import click

from service.cli import jobs
from service.cli.client import Client, JobKind, Json
from service.cli.display import Bars, line
from service.cli.results import fetch

#: Client, kind, the job's last answer and a folder → a result for people, and the files written.
Save = Callable[[Client, JobKind, Json, Path], tuple[Json, list[Path]]]


def carry_out(
    client: Client,
    kind: JobKind,
    request: Json,
    shown: Bars,
    out: Path,
    title: str = "",
    save: Save = fetch,
    study: bool = False,
) -> tuple[Json, list[Path]]:
    """Start a job, follow it (an interrupt cancels it), and `save` what it left; `title` tells several jobs apart.

    study: who takes it up again wants `tremor study`'s folder.
    """
    body = jobs.run(client, kind, request, lambda answer: shown.job(answer, title), study=study)
    return save(client, kind, body, out)


def leave(client: Client, kind: JobKind, request: Json, as_json: bool, *, study: bool = False) -> None:
    """Start a job and leave it to the server: its id on standard output, how to go on on standard error."""
    started = jobs.start(client, kind, request)
    identity = started.value.id
    click.echo(json.dumps(started.body, indent=2) if as_json else identity)
    line(f"to wait for it and fetch its results: {jobs.how_to_follow(client, identity, study=study)} --out FOLDER")
    line(f"to stop it: curl -X POST {client.url}/v1/{kind}/{identity}/cancel")
