"""`tremor audit`: upload, audit (and harden), wait, write the report, judge the policy."""

import json
from pathlib import Path
from typing import Any

import click

from service.cli import specs
from service.cli.client import Client
from service.cli.display import Bars, accuracy_table, bars, console, neuron_table
from service.cli.exits import CommandFailed, Exit
from service.cli.options import EXISTING, server_options
from service.cli.results import save_artifacts, save_report
from service.cli.session import connected

Json = dict[str, Any]


@click.command()
@click.argument("model", type=EXISTING)
@click.argument("data", type=EXISTING)
@click.option(
    "--preset", type=click.Choice(["smoke", "standard", "paper", "autoattack"]), help="A named attack list [standard]."
)
@click.option(
    "--attack",
    "attacks",
    multiple=True,
    metavar="SPEC",
    help="e.g. pgd:eps=8/255,steps=20; repeatable; replaces the preset.",
)
@click.option("--samples", type=click.IntRange(min=1), help="Evaluate only the first so many samples.")
@click.option(
    "--survivors-only", is_flag=True, help="Attack again only what cheaper attacks have left: the worst case, sooner."
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--train", type=EXISTING, help="Training data for --harden.")
@click.option("--harden", metavar="SPEC", help="Harden and audit again, e.g. sns:epochs=5,lambda=5 (needs --train).")
@click.option("--policy", type=EXISTING, help="A JSON or TOML file with rules that must hold.")
@click.option(
    "--fail-under", multiple=True, metavar="EXPR", help="One rule, e.g. 'worst_case.robust_accuracy>=0.4'; repeatable."
)
@click.option(
    "--input",
    "input_",
    metavar="JSON",
    help='The model\'s input, e.g. \'{"mean": [0.5], "std": [0.5]}\', or a file with it.',
)
@click.option("--neurons", metavar="JSON", help="Options of the neuron analysis as JSON, or 'null' to leave it out.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("tremor-out"), show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the report on standard output.")
@server_options
def audit(
    *,
    model: Path,
    data: Path,
    preset: str | None,
    attacks: tuple[str, ...],
    samples: int | None,
    survivors_only: bool,
    seed: int,
    train: Path | None,
    harden: str | None,
    policy: Path | None,
    fail_under: tuple[str, ...],
    input_: str | None,
    neurons: str | None,
    out: Path,
    as_json: bool,
    server: str | None,
    api_key: str | None,
) -> None:
    """Audit MODEL (TorchScript or ONNX) on DATA (.npz, .zip, .tar, .parquet).

    Without --server an embedded service is brought up for the run. Exit codes: 0 done and policy passed, 1 policy
    failed, 2 usage, 3 the job failed, 4 the upload was rejected, 5 the server could not be reached.
    """
    if bool(harden) != bool(train):
        raise click.UsageError("--harden and --train belong together")
    request: Json = {"preset": preset, "max_samples": samples, "seed": seed, "survivors_only": survivors_only}
    if attacks:
        request["attacks"] = [specs.spec(a) for a in attacks]
    if neurons is not None:
        request["neurons"] = None if neurons.strip() == "null" else specs.metadata(neurons)
    rules = (specs.policy(policy) if policy else []) + [specs.rule(r) for r in fail_under]
    request["policy"] = {"rules": rules}
    metadata: Json = {"input": specs.metadata(input_)}
    recipe = specs.spec(harden, "method") if harden else None

    with connected(server, api_key) as client, bars() as shown:
        request["model_id"] = client.upload("models", model, metadata, shown.uploading(model.name))["id"]
        request["dataset_id"] = client.upload("datasets", data, {}, shown.uploading(data.name))["id"]
        if recipe is not None and train is not None:
            training = client.upload("datasets", train, {}, shown.uploading(train.name))["id"]
            request["harden"] = {**recipe, "train_dataset_id": training}
        report = run_audit(client, request, shown, out)
    _tell(report, out, as_json)


def run_audit(client: Client, request: Json, shown: Bars, out: Path, title: str = "") -> Json:
    """Start one audit, follow it (Ctrl-C cancels it), write everything into `out`, return the report."""
    body = client.call("POST", "/v1/audits", json=request).json()
    path = f"/v1/audits/{body['id']}"
    try:
        body = client.follow(path, lambda answer: shown.job(answer, title))
    except KeyboardInterrupt:
        client.call("POST", f"{path}/cancel")
        raise
    report = save_report(client, path, out)
    if body.get("hardening_id"):
        save_artifacts(client, f"/v1/hardenings/{body['hardening_id']}", out, {"checkpoint", "manifest", "log"})
    return report


def _tell(report: Json, out: Path, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(report, indent=2))
    hardening = report.get("hardening") or {}
    console.print(accuracy_table(report, hardening.get("after"), report["model"]["name"]))
    if report.get("neurons"):
        console.print(neuron_table(report["neurons"]))
    console.print(f"written: {', '.join(str(p) for p in sorted(out.iterdir()))}", highlight=False, markup=False)
    if report["config"].get("harden") and not hardening:
        reason = next((c["detail"] for c in report["checks"] if c["id"] == "hardening"), "no reason given")
        raise CommandFailed(Exit.JOB_FAILED, f"hardening: {reason}")
    status = report["verdict"]["status"]
    for item in report["verdict"]["rules"]:
        console.print(
            f"{item['status']:<12} {item['metric']} {item['op']} {item['value']:g} (is {item['actual']})", markup=False
        )
    if status not in (None, "pass"):
        raise CommandFailed(Exit.POLICY_FAILED, f"policy: {status}")
