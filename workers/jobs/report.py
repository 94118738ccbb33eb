"""Stage `report`: the results of all shards → report.json, report.html, samples.jsonl, and the kept examples.

inputs: ``labels`` (where ``choice`` needs them), ``images`` (with `keep_examples`), ``samples.<attack>.<slice>``,
``worst.<attack>.<slice>``, ``sums.<slice>``, with `keep_examples` also ``examples.<attack>.<slice>`` and
``pairs.<slice>``; for a hardening the same with the prefix ``after.``.

params: ``kind`` ("audit" or "hardening"), ``job_id``, ``created_at``, ``model`` (ReportModel, with ``labels`` and
``layers``), ``dataset`` (ReportDataset), ``request``, ``attacks`` (specs with their ids), ``slices`` of the samples of
``choice``, ``values`` (input name → that shard's value), ``training`` (value of the training shard), ``environment``,
``timings``, ``hardening`` (of an audit: the comparison, or null), ``artifacts`` (of other stages).
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from openapi.attacks import ATTACK_ADAPTER
from openapi.audits import ArtifactInfo
from openapi.threat_models import bounded
from openapi.wire.jobs import artifact_id
from workers.jobs.context import DeclaredFile, JobContext
from workers.reports.build import Built, build_report
from workers.reports.html import render
from workers.reports.keepsakes import join_npz, slices_of
from workers.reports.outcomes import measured_norm
from workers.reports.picture_pairs import write_pairs
from workers.reports.samples import write_samples
from workers.reports.worst import worst_examples


def run(ctx: JobContext) -> dict[str, Any]:
    """Write the files and return ``{"verdict", "metrics", "headline"}``; `metrics` is null for an audit."""
    ctx.progress(0, 4, "steps", "report")
    kept = _keep(ctx)
    ctx.progress(1, 4, "steps", "report")
    built = build_report(ctx.params, ctx.inputs, [_info(ctx, file) for file in kept])
    ctx.progress(2, 4, "steps", "report")
    write_samples(ctx.output("samples", "samples.jsonl", "samples", "jsonl"), built.tables)
    if built.after:
        write_samples(ctx.output("samples.after", "samples.after.jsonl", "samples", "jsonl"), built.after)
    if built.metrics is not None:
        path = ctx.output("metrics", "metrics.json", "metrics", "json")
        path.write_text(json.dumps(built.metrics, indent=1), encoding="utf-8")
    ctx.progress(3, 4, "steps", "report")
    report = ctx.output("report", "report.json", "report", "json")
    report.write_text(built.report.model_dump_json(indent=1), encoding="utf-8")
    pictures = worst_examples(built.tables, ctx.inputs)
    ctx.output("html", "report.html", "report", "html").write_text(render(built.report, pictures), encoding="utf-8")
    ctx.progress(4, 4, "steps", "report")
    return {"verdict": built.report.verdict.status, "metrics": built.metrics, "headline": _headline(built)}


def _keep(ctx: JobContext) -> list[DeclaredFile]:
    """Join the kept examples, one file an attack, and the pairs."""
    for i, spec in enumerate(ctx.params["attacks"]):
        parts = slices_of(ctx.inputs, f"examples.{i}.")
        if parts:
            target = ctx.output(f"examples.{i}", f"examples-{spec['id']}.npz", "examples", "npz")
            join_npz(parts, ("x", "index", "label", "success"), target)
    if "images" in ctx.inputs:
        _keep_pictures(ctx)
    parts = slices_of(ctx.inputs, "pairs.")
    if parts:
        join_npz(parts, ("x", "x_adv", "index"), ctx.output("pairs", "pairs.npz", "pairs", "npz"))
    return list(ctx.files.values())


def _keep_pictures(ctx: JobContext) -> None:
    specs = [ATTACK_ADAPTER.validate_python(spec) for spec in ctx.params["attacks"]]
    parts = {str(spec.id): slices_of(ctx.inputs, f"examples.{i}.") for i, spec in enumerate(specs)}
    norms = {str(spec.id): measured_norm(spec, _norm(ctx, i)) for i, spec in enumerate(specs)}
    names = ctx.params["model"].get("labels") or ctx.params["dataset"].get("labels") or ()
    write_pairs(ctx.output("pictures", "examples.zip", "examples", "zip"), parts, ctx.inputs["images"], norms, names)


def _norm(ctx: JobContext, i: int) -> str | None:
    norm: str | None = ctx.params["values"].get(f"samples.{i}.0", {}).get("norm")
    return norm


def _info(ctx: JobContext, file: DeclaredFile) -> dict[str, Any]:
    identity = artifact_id(ctx.params["job_id"], file.name)
    info = ArtifactInfo(
        id=identity,
        kind=file.kind,
        format=file.format,
        name=file.name,
        size=file.path.stat().st_size,
        sha256=_sha256(file.path),
        href=f"/v1/artifacts/{identity}",
        created_at=ctx.params["created_at"],
    )
    return info.model_dump(mode="json")


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _headline(built: Built) -> dict[str, Any]:
    report = built.report
    candidates = [w for w in report.worst_case if bounded(w.threat_model)] or report.worst_case
    least = min(candidates, key=lambda w: w.robust_accuracy, default=None)
    return {
        "clean_accuracy": report.clean.accuracy,
        "worst_case": None if least is None else least.robust_accuracy,
        "threat_model": None if least is None else least.threat_model,
        "n": report.clean.n,
    }
