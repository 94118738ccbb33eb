"""`tremor follow`: take up a job that another command started, wait for it, write its results, judge its policy."""

from pathlib import Path

import click

from service.cli import jobs
from service.cli.display import bars
from service.cli.exits import CommandFailed, Exit, Interrupted, interruptible
from service.cli.given import check_folder
from service.cli.ids import JOB
from service.cli.options import FOLDER, json_option, needed_server_options
from service.cli.results import fetch, tell
from service.cli.session import connected
from service.cli.study import save_study, tell_study


@click.command()
@click.argument("job", metavar="JOB_ID", type=JOB)
@click.option("--out", type=FOLDER, default=Path("tremor-out"), show_default=True)
@click.option("--study", is_flag=True, help="Write an audit's results as the folder that `tremor study` writes.")
@json_option
@needed_server_options
def follow(
    *, job: str, out: Path, study: bool, as_json: bool, server: str | None, api_key: str | None, retry_for: float
) -> None:
    """Wait for the audit or hardening JOB_ID of a server, and write its results.

    For what was started with --detach, over HTTP, or by a command that lost its server. Exit codes as of
    `tremor audit`. Ctrl-C stops the waiting; the job goes on.
    """
    kind = jobs.KIND_BY_PREFIX[job.partition("_")[0]]
    if study and kind != "audits":
        raise click.UsageError(f"--study is for audits, and {job} is a hardening")
    if not server:
        raise click.UsageError("--server says where the job is")
    check_folder(out)
    with interruptible(), connected(server, api_key, patience=retry_for) as client:
        try:
            with bars() as shown:
                body = jobs.follow(client, kind, job, shown.job, study=study)
                result, saved = (save_study if study else fetch)(client, kind, body, out)
        except Interrupted as error:
            raise CommandFailed(Exit(128 + error.number), f"{job} goes on on the server") from error
    if study:
        tell_study(result, saved, out, as_json=as_json)
    else:
        tell(kind, result, saved, as_json=as_json)
