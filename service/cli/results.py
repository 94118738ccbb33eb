"""What a job left: written into a folder, and told in the terminal."""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from html import escape
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click

from openapi.text import counted
from service.cli.client import Client, JobKind, Json, cannot_write
from service.cli.display import (
    accuracy_table,
    console,
    line,
    neuron_table,
    tell_analyses,
    tell_checks,
    tell_comparison,
    tell_goal,
    tell_rules,
)
from service.cli.exits import CommandFailed, Exit

if TYPE_CHECKING:
    from openapi.client.models.artifact_info import ArtifactInfo

PAGE = "report.html"
_LINK = re.compile(r'<a href="/v1/artifacts/([A-Za-z0-9_]+)">')
_EXPLORE = re.compile(r'<p class="explore"><a href="(/ui/audits/[A-Za-z0-9_]+)">(.*?)</p>\s*')
_OF_A_HARDENING = {"checkpoint", "manifest", "log", "example", "card"}


def save_report(client: Client, audit: str, folder: Path) -> tuple[Json, list[Path]]:
    """Write ``report.json`` and ``report.html`` of an audit; return the report and the paths. Its warnings are told."""
    from openapi.client.api.audits import get_audit_report_json

    page, data = folder / PAGE, folder / "report.json"
    client.download(f"/v1/audits/{audit}/report.html", page)
    report = client.call(
        lambda api: get_audit_report_json.sync_detailed(audit, client=api), failure=Exit.JOB_FAILED
    ).body
    try:
        data.write_text(json.dumps(report, indent=2) + "\n")
    except OSError as error:
        raise cannot_write(data, error) from error
    _warn(client, report)
    return report, [page, data]


def _warn(client: Client, report: Json) -> None:
    """What a report warns of, beside what inspections were told of at upload."""
    parts = (report["model"], report["dataset"])
    _add(client, (f"{part['name']}: {text}" for part in parts for text in part.get("warnings", ())))


def _warn_of_missing(client: Client, body: Json, manifest: Json) -> None:
    """The formats that a hardening could not write; where it has a report, that told them already."""
    from openapi.stages.harden import unwritten

    told = "; ".join(unwritten(manifest.get("not_written") or {}))
    _add(client, [f"{body['model_name']}: {told}"] if told else ())


def _add(client: Client, told: Iterable[str]) -> None:
    client.warnings += [text for text in told if text not in client.warnings]


def save_artifacts(client: Client, kind: JobKind, job: str, folder: Path, kinds: Collection[str]) -> dict[str, Path]:
    """Download a job's artifacts of the given kinds; return their paths by their ids."""
    from service.cli.calls import artifacts_of

    found = (item.value for item in artifacts_of(client, kind, job))
    return {item.id: save_artifact(client, item, folder) for item in found if item.kind in kinds}


def relink(page: Path, saved: Mapping[str, Path], server: str | None) -> None:
    """Let a saved page's links to artifacts lead to the files that were saved with it; the others lead nowhere.

    saved: id of the artifact → its file, in the page's folder or below. server: the address of the service whose page
    explores the audit; None where it ends with the command, and the page then says nothing of it.
    """

    def link(found: re.Match[str]) -> str:
        path = saved.get(found[1])
        return "<a>" if path is None else f'<a href="{quote(path.relative_to(page.parent).as_posix())}">'

    def explore(found: re.Match[str]) -> str:
        return "" if server is None else f'<p class="explore"><a href="{escape(server)}{found[1]}">{found[2]}</p>'

    try:
        page.write_text(_EXPLORE.sub(explore, _LINK.sub(link, page.read_text("utf-8"))), "utf-8")
    except OSError as error:
        raise cannot_write(page, error) from error


def save_artifact(client: Client, item: "ArtifactInfo", folder: Path) -> Path:
    """Download an artifact; a server's word is not trusted with a path: only the last part of the name is used."""
    target = folder / (PurePosixPath(item.name).name or item.id)
    client.download(item.href, target)
    return target


def fetch(client: Client, kind: JobKind, body: Json, out: Path) -> tuple[Json, list[Path]]:
    """Write everything that a succeeded job left; return an audit's report or a hardening's answer, and the paths."""
    from openapi.analyses import artifacts

    job = body["id"]
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(out, error) from error
    if kind == "hardenings":
        saved = [*save_artifacts(client, kind, job, out, _OF_A_HARDENING | {"report"}).values()]
        for path in (path for path in saved if path.name == "report.json"):  # with held-out data
            _warn(client, json.loads(path.read_bytes()))
        for path in (path for path in saved if path.name == "manifest.json"):  # the answer itself does not tell
            _warn_of_missing(client, body, json.loads(path.read_bytes()))
        return body, saved
    report, saved = save_report(client, job, out)
    kinds = {"examples", "pairs"} if body["request"].get("keep_examples") else set[str]()
    found = save_artifacts(client, kind, job, out, kinds | artifacts())
    if body.get("hardening_id"):
        found |= save_artifacts(client, "hardenings", body["hardening_id"], out, _OF_A_HARDENING)
    relink(out / PAGE, found, client.lasting_url)
    return report, [*saved, *found.values()]


def tell(kind: JobKind, result: Json, saved: list[Path], *, title: str = "", as_json: bool = False) -> None:
    """Show what `fetch` returned; `CommandFailed` when the policy failed or the hardening did not succeed."""
    if as_json:
        click.echo(json.dumps(result, indent=2))
    (_tell_audit if kind == "audits" else _tell_hardening)(result, title, saved)


def _tell_audit(report: Json, title: str, saved: list[Path]) -> None:
    hardening = report.get("hardening") or {}
    console.print(accuracy_table(report, hardening.get("after"), title or report["model"]["name"]))
    tell_comparison(hardening)
    tell_goal(hardening.get("frontier"))
    if report.get("neurons"):
        console.print(neuron_table(report["neurons"]))
    tell_analyses(report["checks"])
    if replay := report.get("replay"):
        rate = "" if replay["rate"] is None else f" ({100 * replay['rate']:.1f} %)"
        examples = counted(replay["n"], "example")
        line(f"of {examples} of {replay['audit']} {replay['still_fooled']} still fool this model{rate}")
    if report.get("stopped"):
        missing = ", ".join(report["stopped"]["not_run"])
        line(f"ended early: {report['stopped']['detail']}" + (f"; not run: {missing}" if missing else ""))
    tell_checks([*report["checks"], *(hardening.get("checks") or ())])
    _tell_files(saved)
    tell_rules(report["verdict"]["rules"])
    if report["config"].get("harden") and not hardening:
        reason = next((c["detail"] for c in report["checks"] if c["id"] == "hardening"), "no reason given")
        raise CommandFailed(Exit.JOB_FAILED, f"hardening: {reason}")
    _judge(report["verdict"]["status"], report["verdict"]["rules"], "policy")


def _tell_hardening(body: Json, title: str, saved: list[Path]) -> None:
    metrics = body.get("metrics") or {}
    if metrics.get("before"):
        console.print(accuracy_table(metrics["before"], metrics["after"], title or body["id"]))
        tell_comparison(metrics)
    for manifest in (path for path in saved if path.name == "manifest.json"):  # the answer itself does not tell
        tell_goal(json.loads(manifest.read_bytes()).get("frontier"))
    tell_checks(metrics.get("checks") or ())
    _tell_files(saved)
    tell_rules(metrics.get("rules") or ())
    if body.get("verdict") == "fail":
        _judge("fail", metrics.get("rules") or (), "the hardened model's verdict")


def _judge(status: str | None, rules: Any, what: str) -> None:
    if status in (None, "pass"):
        return
    broken = [rule["metric"] for rule in rules if rule["status"] != "pass"]
    raise CommandFailed(Exit.POLICY_FAILED, f"{what}: {status} ({', '.join(broken)})")


def _tell_files(saved: list[Path]) -> None:
    line(f"written: {', '.join(str(path) for path in sorted(saved))}")
