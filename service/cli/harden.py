"""`tremor harden`: upload, harden, re-audit on held-out data, write the checkpoints."""

import json
from pathlib import Path
from typing import Any

import click

from service.cli import specs
from service.cli.display import accuracy_table, bars, console
from service.cli.exits import CommandFailed, Exit
from service.cli.options import EXISTING, server_options
from service.cli.results import save_artifacts
from service.cli.session import connected

Json = dict[str, Any]


@click.command()
@click.argument("model", type=EXISTING)
@click.argument("train", type=EXISTING)
@click.option("--eval", "held_out", type=EXISTING, help="Held-out data for the before/after comparison.")
@click.option("--method", default="sns", show_default=True, help="GET /v1/presets and the README list them.")
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="A training option, e.g. epochs=5; repeatable."
)
@click.option(
    "--attack",
    "attacks",
    multiple=True,
    metavar="SPEC",
    help="For before/after, e.g. pgd:eps=0.1,steps=20; repeatable.",
)
@click.option("--input", "input_", metavar="JSON", help="The model's input as JSON, or a file with it.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--json", "as_json", is_flag=True, help="Print the hardening's answer on standard output.")
@server_options
def harden(
    *,
    model: Path,
    train: Path,
    held_out: Path | None,
    method: str,
    settings: tuple[str, ...],
    attacks: tuple[str, ...],
    input_: str | None,
    seed: int,
    out: Path,
    as_json: bool,
    server: str | None,
    api_key: str | None,
) -> None:
    """Harden MODEL by training on TRAIN; write checkpoints, manifest and log into --out.

    Exit codes as of `tremor audit`; 1 when the hardened model fails the verdict (e.g. loses too much clean accuracy).
    """
    request: Json = {
        **specs.spec(":".join([method, *([",".join(settings)] if settings else [])]), "method"),
        "seed": seed,
    }
    if attacks:
        request["attacks"] = [specs.spec(a) for a in attacks]
    with connected(server, api_key) as client, bars() as shown:
        metadata = {"input": specs.metadata(input_)}
        request["model_id"] = client.upload("models", model, metadata, shown.uploading(model.name))["id"]
        request["train_dataset_id"] = client.upload("datasets", train, {}, shown.uploading(train.name))["id"]
        if held_out:
            request["eval_dataset_id"] = client.upload("datasets", held_out, {}, shown.uploading(held_out.name))["id"]
        body = client.call("POST", "/v1/hardenings", json=request).json()
        path = f"/v1/hardenings/{body['id']}"
        try:
            body = client.follow(path, shown.job)
        except KeyboardInterrupt:
            client.call("POST", f"{path}/cancel")
            raise
        saved = save_artifacts(client, path, out, {"checkpoint", "manifest", "log", "report"})
    if as_json:
        click.echo(json.dumps(body, indent=2))
    metrics = body.get("metrics") or {}
    if metrics.get("before"):
        console.print(accuracy_table(metrics["before"], metrics["after"], model.name))
    console.print(f"written: {', '.join(str(p) for p in saved)}", highlight=False, markup=False)
    if body.get("verdict") == "fail":
        raise CommandFailed(Exit.POLICY_FAILED, "the hardened model fails its verdict; see the report's checks")
