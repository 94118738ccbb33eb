"""`tremor compare`: two audits of a server, sample by sample."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click
from rich.table import Table

from openapi.client.api.comparisons import compare_audits
from openapi.text import counted
from openapi.threat_models import threat_label
from service.cli.client import Client
from service.cli.display import console, line, shown
from service.cli.exits import CommandFailed, Exit, interruptible
from service.cli.ids import AUDIT
from service.cli.options import json_option, needed_server_options
from service.cli.session import connected

Json = dict[str, Any]
_WORDS = {
    "better": "the candidate is better",
    "worse": "the candidate is worse",
    "mixed": "the candidate is better in one respect and worse in another",
    "no_difference": "no difference beyond chance",
}
#: Samples that a line names.
_NAMED = 20


@click.command()
@click.argument("base", type=AUDIT)
@click.argument("candidate", type=AUDIT)
@click.option(
    "--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Write the comparison as a page, too."
)
@json_option
@needed_server_options
def compare(
    *,
    base: str,
    candidate: str,
    page: Path | None,
    as_json: bool,
    server: str | None,
    api_key: str | None,
    retry_for: float,
) -> None:
    """Compare the audit CANDIDATE with the audit BASE of a server: both on the same images.

    Exit codes: 0 nothing fell beyond chance, 1 clean accuracy or a bounded worst case did, 2 usage (no such audit, or
    of other images), 5 the server could not be reached.
    """
    if not server:
        raise click.UsageError("--server says where the audits are")
    query = {"base": base, "candidate": candidate}
    with interruptible(), connected(server, api_key, patience=retry_for) as client:
        found = client.call(lambda api: compare_audits.sync_detailed(client=api, **query)).body
        if page is not None:
            _save(client, query, page)
    if as_json:
        click.echo(json.dumps(found, indent=2))
    _tell(found)
    if found["verdict"] in ("worse", "mixed"):
        raise CommandFailed(Exit.POLICY_FAILED, _WORDS[found["verdict"]])


def _save(client: Client, query: Json, page: Path) -> None:
    client.download(f"/v1/comparisons?{urlencode(query)}", page, accept="text/html")
    line(f"written: {page}")


def _tell(found: Json) -> None:
    table = Table(title=shown(f"{counted(found['n'], 'sample')} of {found['dataset_name']}"), title_justify="left")
    table.add_column("held", overflow="fold")
    for title in ("base", "candidate", "difference", "won", "lost", "p of this row"):
        table.add_column(title, justify="right")
    rows = [("clean", found["clean"])]
    rows += [(f"worst case, {threat_label(row)}", row) for row in found["worst_case"]]
    rows += [(row["id"], row) for row in found["attacks"]]
    for name, row in rows:
        low, high = row["ci95"]
        table.add_row(
            shown(name),
            f"{100 * row['base']:.1f} %",
            f"{100 * row['candidate']:.1f} %",
            f"{100 * row['difference']:+.1f} % [{100 * low:+.1f}, {100 * high:+.1f}]",
            str(row["won"]),
            str(row["lost"]),
            f"{row['p']:.2g}",
        )
    console.print(table)
    for row in found["left_out"]:
        line(f"not compared: {row['id']} of the {row['side']}: {row['reason']}", "yellow")
    for row in found.get("samples_left_out", ()):  # a service before this one does not tell
        line(
            f"not compared: {counted(row['n'], 'sample')} that only the {row['side']} evaluated: {_named(row)}",
            "yellow",
        )
    style = {"better": "green", "no_difference": None}.get(found["verdict"], "red")
    line(_WORDS[found["verdict"]] + ": " + "; ".join(found["reasons"]), style)
    if "rule" in found:
        line(f"that means: {found['rule']}")


def _named(row: Json) -> str:
    """The first of the samples, and how many more there are."""
    first = row["index"][:_NAMED]
    return ", ".join(map(str, first)) + (f" and {row['n'] - len(first)} more" if row["n"] > len(first) else "")
