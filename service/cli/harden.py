"""`tremor harden`: upload, harden, re-audit on held-out data, write the checkpoints."""

import json
from pathlib import Path
from typing import Any

import click

from openapi.hardening_methods import METHODS, listed
from service.cli import specs
from service.cli.display import bars, line
from service.cli.exits import interruptible
from service.cli.given import (
    Given,
    Sources,
    attack_options,
    check_files,
    check_folder,
    check_hardening,
    data_metadata,
    data_option,
    input_option,
    model_metadata,
    model_option,
    read_by,
)
from service.cli.manifests import check_sources, compared, read_manifest, recipe
from service.cli.options import EXISTING, FOLDER, check_detach, detach_option, json_option, server_options
from service.cli.results import tell
from service.cli.session import connected
from service.cli.uploads import upload
from service.cli.work import carry_out, leave

Json = dict[str, Any]


@click.command()
@click.argument("model", type=EXISTING)
@click.argument("train", type=EXISTING)
@click.option("--eval", "held_out", type=EXISTING, help="Held-out data for the before/after comparison.")
@click.option("--method", default="sns", show_default=True, help=f"{listed(list(METHODS), 'or')}.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    callback=read_by(specs.option),
    help="A training option, e.g. epochs=5; repeatable.",
)
@click.option(
    "--from-manifest",
    "manifest",
    metavar="FILE",
    callback=read_by(read_manifest),
    help="Run the hardening of a manifest.json again, with its options and seed; says whether the bits are the same.",
)
@attack_options
@input_option
@model_option
@data_option
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--out", type=FOLDER, required=True)
@json_option
@detach_option
@server_options
def harden(
    *,
    model: Path,
    train: Path,
    held_out: Path | None,
    input_: Given | None,
    about_model: Given | None,
    about_data: Given | None,
    manifest: Given | None,
    out: Path,
    as_json: bool,
    detach: bool,
    server: str | None,
    api_key: str | None,
    retry_for: float,
    **options: Any,
) -> None:
    """Harden MODEL by training on TRAIN; write checkpoints, manifest and log into --out.

    Exit codes as of `tremor audit`; 1 when the hardened model fails the verdict (e.g. loses too much clean accuracy).
    """
    check_detach(detach, server)
    request = _request(**options) if manifest is None else _again(manifest, **options)
    if manifest is not None and input_ is None and about_model is None:
        input_ = Given(manifest.text, manifest.body["input"])
    model_body, data_body = model_metadata(input_, about_model), data_metadata(about_data)
    check_files(model, train, held_out)
    if manifest is not None:
        check_sources(manifest.body, model, train)
    if not detach:
        check_folder(out)

    with interruptible(), connected(server, api_key, patience=retry_for) as client, bars() as shown:
        request["model_id"] = upload(client, "models", model, model_body, shown)["id"]
        request["train_dataset_id"] = upload(client, "datasets", train, data_body, shown)["id"]
        if held_out:
            request["eval_dataset_id"] = upload(client, "datasets", held_out, data_body, shown)["id"]
        if detach:
            leave(client, "hardenings", request, as_json)
            return
        body, saved = carry_out(client, "hardenings", request, shown, out)
    tell("hardenings", body, saved, title=model.name, as_json=as_json)
    if manifest is not None and (left := out / "manifest.json") in saved:
        for text in compared(manifest.body, json.loads(left.read_bytes())):
            line(text)


def _again(manifest: Given, *, attacks: tuple[Given, ...], **ours: Any) -> Json:
    """The manifest's request; its own options leave no room for others."""
    context = click.get_current_context()
    for name, flag in (("method", "--method"), ("settings", "--set"), ("seed", "--seed")):
        if context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT:
            raise click.UsageError(f"--from-manifest says what {flag} says: leave {flag} out")
    request = recipe(manifest.body)
    sources = Sources(**{name: f"--from-manifest: {name}" for name in request})
    if attacks:
        request["attacks"] = [a.body for a in attacks]
        sources.add_all("/attacks", "--attack", attacks)
    check_hardening(request, sources)
    return request


def _request(*, method: str, settings: tuple[Given, ...], attacks: tuple[Given, ...], seed: int) -> Json:
    """The hardening's request without the ids of what is uploaded. `UsageError` names every option that is wrong."""
    sources = Sources(method="--method", seed="--seed")
    request: Json = {**specs.spec(method, "method"), "seed": seed}
    for given in settings:
        request |= given.body
        for name in given.body:
            sources.add(f"/{name}", f"--set {given.text!r}")
    if attacks:
        request["attacks"] = [a.body for a in attacks]
        sources.add_all("/attacks", "--attack", attacks)
    check_hardening(request, sources)
    return request
