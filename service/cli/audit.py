"""`tremor audit`: upload, audit (and harden), wait, write the report, judge the policy."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from openapi.presets import PRESETS
from service.cli import specs
from service.cli.client import Json
from service.cli.given import Given, Sources, check_audit, read_by
from service.cli.ids import AUDIT, POLICY
from service.cli.job_options import Common, Input, job_options, mark
from service.cli.options import EXISTING
from service.cli.results import tell


def _analysis(text: str) -> Json | None:
    if text.strip() == "null":
        return None
    try:
        return specs.metadata(text)
    except click.BadParameter as error:
        raise click.BadParameter(f"{error.message}; '{{}}' is the defaults, 'null' leaves it out") from error


def analysis_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add `--neurons`, `--explain` and `--regions`."""
    neurons = click.option(
        "--neurons",
        metavar="JSON",
        callback=read_by(_analysis),
        help="Options of the neuron analysis as JSON, or 'null' to leave it out.",
    )
    explain = click.option(
        "--explain",
        metavar="JSON",
        callback=read_by(_analysis),
        help="Take the examples of an attack apart: options as JSON ('{}': the defaults), or 'null' to leave it out.",
    )
    regions = click.option(
        "--regions",
        metavar="JSON",
        callback=read_by(_analysis),
        help="Search single pixels by regions of the image: options as JSON ('{}': the defaults), or 'null'.",
    )
    return neurons(explain(regions(command)))


choose_option = click.option(
    "--choose",
    metavar="HOW",
    callback=read_by(specs.choice),
    help="Which of them: first, random or per_class (drawn by --seed), or their indices, e.g. 0,5,7 [first].",
)
budget_option = click.option(
    "--time-budget", type=click.FloatRange(min=0, min_open=True), help="End after so many seconds of running."
)
keep_option = click.option(
    "--keep-examples", is_flag=True, help="Save every adversarial example: arrays, and PNG pairs in a zip."
)


@click.command()
@click.argument("model", type=EXISTING)
@click.argument("data", type=EXISTING)
@click.option("--preset", type=click.Choice(list(PRESETS)), help="A named attack list [standard].")
@click.option("--samples", type=click.IntRange(min=1), help="Evaluate only so many samples.")
@choose_option
@click.option(
    "--survivors-only", is_flag=True, help="Attack again only what cheaper attacks have left: the worst case, sooner."
)
@budget_option
@click.option(
    "--stop-on", type=click.Choice(["fail"]), help="End as soon as a rule is broken whatever the rest would find."
)
@keep_option
@click.option("--train", type=EXISTING, help="Training data for --harden.")
@click.option(
    "--harden",
    metavar="SPEC",
    callback=read_by(lambda text: specs.spec(text, "method")),
    help="Harden and audit again, e.g. sns:epochs=5,lambda=5 (needs --train).",
)
@click.option(
    "--policy",
    type=EXISTING,
    callback=read_by(lambda text: specs.policy(Path(text))),
    help="A JSON or TOML file with rules that must hold.",
)
@click.option(
    "--policy-id",
    type=POLICY,
    metavar="ID",
    help="A policy of the server (tremor policies list), beside --policy and --fail-under.",
)
@click.option(
    "--replay-of",
    type=AUDIT,
    metavar="ID",
    help="An earlier audit of the server, with --keep-examples: its examples are tried on MODEL first.",
)
@click.option(
    "--fail-under",
    multiple=True,
    metavar="EXPR",
    callback=read_by(specs.rule),
    help="One rule, e.g. 'worst_case.robust_accuracy>=0.4'; repeatable.",
)
@analysis_options
@job_options(out=Path("tremor-out"), replaced="the preset's list")
def audit(
    *,
    model: Path,
    data: Path,
    train: Path | None,
    harden: Given | None,
    common: Common,
    **options: Any,
) -> None:
    """Audit MODEL (TorchScript, ONNX or .pt2) on DATA (.npz, .zip, .tar, .parquet, .csv).

    Without --server an embedded service is brought up for the run. Ctrl-C, SIGTERM and the end of the terminal cancel
    the audit. Exit codes: 0 done and policy passed, 1 policy failed, 2 usage, 3 the job failed, 4 the upload was
    rejected, 5 the server could not be reached, 6 the sandbox that TREMOR_SANDBOX=required asks for is not there, 70 a
    fault of Tremor's own, 129 and more a signal; the table in README.md has each of them.
    """
    if bool(harden) != bool(train):
        raise click.UsageError("--harden and --train belong together")
    for option, what in (("policy_id", "policies"), ("replay_of", "earlier audits")):
        if options[option] and not common.server:
            raise click.UsageError(f"--{option.replace('_', '-')} needs --server: an embedded service has no {what}")
    request = audit_request(harden, **options)
    inputs = [Input("model_id", "models", model), Input("dataset_id", "datasets", data)]
    if train is not None:
        inputs.append(Input("harden/train_dataset_id", "datasets", train))
    if done := common.run("audits", request, inputs):
        tell("audits", *done, as_json=common.as_json)


def audit_request(
    harden: Given | None,
    *,
    preset: str | None,
    attacks: tuple[Given, ...],
    samples: int | None,
    seed: int,
    neurons: Given | None,
    explain: Given | None,
    regions: Given | None,
    labels: tuple[Given, ...] = (),
    priority: int = 0,
    choose: Given | None = None,
    survivors_only: bool = False,
    time_budget: float | None = None,
    stop_on: str | None = None,
    keep_examples: bool = False,
    policy: Given | None = None,
    policy_id: str | None = None,
    replay_of: str | None = None,
    fail_under: tuple[Given, ...] = (),
) -> Json:
    """The audit's request without the ids of what is uploaded. `UsageError` names every option that is wrong."""
    sources = Sources(preset="--preset", max_samples="--samples", seed="--seed", harden="--harden")
    for name in ("neurons", "explain", "regions"):
        sources.add(f"/{name}", f"--{name}")
    sources.add("/samples", f"--choose {choose.text if choose else ''}")
    request: Json = {"preset": preset, "seed": seed, "survivors_only": survivors_only}
    # A preset may say how many, where nobody else does.
    request |= {} if samples is None else {"max_samples": samples}
    request |= {"keep_examples": keep_examples, "time_budget": time_budget, "stop_on": stop_on}
    request |= {} if policy_id is None else {"policy_id": policy_id}
    request |= {} if replay_of is None else {"replay_of": replay_of}
    if choose is not None:
        request["samples"] = choose.body
    if attacks:
        request["attacks"] = [a.body for a in attacks]
        sources.add_all("/attacks", "--attack", attacks)
    for name, given in (("neurons", neurons), ("explain", explain), ("regions", regions)):
        if given is not None:
            request[name] = given.body
    if harden is not None:
        request["harden"] = dict(harden.body)
    request["policy"] = {"rules": _rules(policy, fail_under, sources)}
    mark(request, sources, labels, priority)
    check_audit(request, sources)
    return request


def _rules(policy: Given | None, fail_under: tuple[Given, ...], sources: Sources) -> list[Json]:
    """The rules of a policy, and those of the command line behind them."""
    rules = list(policy.body) if policy else []
    for i in range(len(rules)):
        sources.add(f"/policy/rules/{i}", f"--policy {policy.text if policy else ''}: rule {i + 1}")
    sources.add_all("/policy/rules", "--fail-under", fail_under, first=len(rules))
    return [*rules, *(rule.body for rule in fail_under)]
