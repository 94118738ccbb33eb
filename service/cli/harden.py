"""`tremor harden`: upload, harden, re-audit on held-out data, write the checkpoints."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from openapi.hardening_methods import METHODS
from service.cli import specs
from service.cli.client import Json
from service.cli.display import line
from service.cli.given import Given, Sources, check_files, check_hardening, read_by
from service.cli.job_options import Common, Input, job_options, mark
from service.cli.manifests import check_sources, compared, read_manifest, recipe
from service.cli.options import EXISTING
from service.cli.results import tell


@click.command()
@click.argument("model", type=EXISTING)
@click.argument("train", type=EXISTING)
@click.option("--eval", "held_out", type=EXISTING, help="Held-out data for the before/after comparison.")
@click.option(
    "--method",
    default="sns",
    show_default=True,
    metavar=f"[{'|'.join(METHODS)}]",
    help="What is trained by; options may follow, as in sns:epochs=5,lambda=5.",
)
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
@job_options(out=None, replaced="FGSM and PGD-20 at the training eps, by which --eval compares")
def harden(
    *,
    model: Path,
    train: Path,
    held_out: Path | None,
    manifest: Given | None,
    common: Common,
    **options: Any,
) -> None:
    """Harden MODEL by training on TRAIN; write checkpoints, manifest and log into --out.

    Exit codes as of `tremor audit`; 1 when the hardened model fails the verdict (e.g. loses too much clean accuracy).
    """
    known = {**options, "held_out": held_out is not None}
    request = _request(**known) if manifest is None else _again(manifest, **known)
    if manifest is not None:
        check_files(model, train)
        check_sources(manifest.body, model, train)
        if common.input_ is None and common.about_model is None:
            common = replace(common, input_=Given(manifest.text, manifest.body["input"]))
    inputs = [Input("model_id", "models", model), Input("train_dataset_id", "datasets", train)]
    if held_out:
        inputs.append(Input("eval_dataset_id", "datasets", held_out))
    if (done := common.run("hardenings", request, inputs)) is None:
        return
    body, saved = done
    tell("hardenings", body, saved, title=model.name, as_json=common.as_json)
    if manifest is not None and (left := common.out / "manifest.json") in saved:
        for text in compared(manifest.body, json.loads(left.read_bytes())):
            line(text)


def _again(
    manifest: Given,
    *,
    attacks: tuple[Given, ...],
    held_out: bool,
    labels: tuple[Given, ...],
    priority: int,
    **ours: Any,
) -> Json:
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
    mark(request, sources, labels, priority)
    check_hardening(request, sources, held_out=held_out)
    return request


def _request(
    *,
    method: str,
    settings: tuple[Given, ...],
    attacks: tuple[Given, ...],
    seed: int,
    held_out: bool,
    labels: tuple[Given, ...],
    priority: int,
) -> Json:
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
    mark(request, sources, labels, priority)
    check_hardening(request, sources, held_out=held_out)
    return request
