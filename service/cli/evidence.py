"""`tremor evidence`: the signed statement of what an audit or hardening of a server found."""

from pathlib import Path

import click

from service.cli.calls import read_job
from service.cli.display import line
from service.cli.exits import interruptible
from service.cli.ids import JOB
from service.cli.jobs import KIND_BY_PREFIX
from service.cli.options import needed_server_options
from service.cli.session import connected


@click.command()
@click.argument("job", metavar="JOB_ID", type=JOB)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("evidence.zip"),
    show_default=True,
    help="The zip to write.",
)
@needed_server_options
def evidence(*, job: str, out: Path, server: str | None, api_key: str | None, retry_for: float) -> None:
    """Download the signed evidence of the audit or hardening JOB_ID.

    A zip of report, in-toto statement (DSSE, ed25519), CycloneDX bill of materials, signatures of hardened checkpoints
    (OpenSSF model signing) and public keys. Trust a key because you have it from the server's operator, not because it
    lies in the zip.
    """
    kind = KIND_BY_PREFIX[job.partition("_")[0]]
    if not server:
        raise click.UsageError("--server says where the job is")
    with interruptible(), connected(server, api_key, patience=retry_for) as client:
        client.call(read_job(kind, job))  # an unknown one is wrong usage, and no job that failed
        client.download(f"/v1/{kind}/{job}/evidence", out)
    line(f"written: {out}")
