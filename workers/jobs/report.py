"""Stage `report`: the results of all shards → report.json, report.html, samples.jsonl, and the kept examples.

See `openapi.stages.report`.
"""

import hashlib
import json
from pathlib import Path

from openapi.artifacts import ArtifactInfo
from openapi.audits import AuditRequest, Headline
from openapi.hardenings import HardeningRequest
from openapi.report import untried
from openapi.stages.attack import AttackFile
from openapi.stages.neurons import NeuronsFile
from openapi.stages.places import Place
from openapi.stages.report import ReportFile, ReportParams, ReportValue, examples_name, examples_of
from openapi.wire.jobs import artifact_info
from workers.jobs.context import DeclaredFile, JobContext
from workers.reports.analyses import found_of, keep_files
from workers.reports.build import Built, build_report
from workers.reports.card import model_card
from workers.reports.compared_images import compared_images
from workers.reports.formatting import threat_text
from workers.reports.html import render
from workers.reports.kept_arrays import join_npz, slices_of
from workers.reports.outcomes import measured_norm
from workers.reports.picture_pairs import write_pairs
from workers.reports.samples import write_samples
from workers.reports.study import write_study
from workers.reports.views import write_views
from workers.reports.worst import worst_examples


def run(ctx: JobContext[ReportParams]) -> ReportValue:
    """Write the files and return the verdict, the comparison of a hardening, and the headline."""
    ctx.progress(0, 4, "steps", "report")
    kept = _keep(ctx)
    ctx.progress(1, 4, "steps", "report")
    built = build_report(ctx.params, ctx.inputs, [_info(ctx, file) for file in kept])
    ctx.progress(2, 4, "steps", "report")
    write_samples(ctx.output(ReportFile.SAMPLES, "samples.jsonl", "samples", "jsonl"), built.tables)
    if built.after:
        write_samples(ctx.output(ReportFile.SAMPLES_AFTER, "samples.after.jsonl", "samples", "jsonl"), built.after)
    if built.metrics is not None:
        path = ctx.output(ReportFile.METRICS, "metrics.json", "metrics", "json")
        path.write_text(json.dumps(built.metrics.dump(), indent=1), encoding="utf-8")
        _write_card(ctx, built)
        _write_compared(ctx, built)
    ctx.progress(3, 4, "steps", "report")
    report = ctx.output(ReportFile.REPORT, "report.json", "report", "json")
    report.write_text(built.report.model_dump_json(indent=1), encoding="utf-8")
    _write_views(ctx, built)
    pictures = worst_examples(built.tables, ctx.inputs)
    files = {key: file.path for key, file in ctx.files.items()}
    ctx.output(ReportFile.HTML, "report.html", "report", "html").write_text(
        render(built.report, pictures, files), encoding="utf-8"
    )
    if isinstance(ctx.params.request, AuditRequest):
        write_study(ctx.output(ReportFile.STUDY, "study.zip", "study", "zip"), built.report, files)
    ctx.progress(4, 4, "steps", "report")
    return ReportValue(verdict=built.report.verdict.status, metrics=built.metrics, headline=_headline(built))


def _write_views(ctx: JobContext[ReportParams], built: Built) -> None:
    found = found_of(ctx.params, ctx.inputs, built.report.neurons)
    if found is not None:
        kept = {key: file.path for key, file in ctx.files.items()}
        write_views(ctx.output(ReportFile.VIEWS, "views.columns", "views", "columns"), built.report, found, kept)


def _write_card(ctx: JobContext[ReportParams], built: Built) -> None:
    request, found = ctx.params.request, built.metrics
    if isinstance(request, HardeningRequest) and found is not None:
        card = model_card(built.report, request, found, ctx.params.training, ctx.params.trained_on)
        ctx.output(ReportFile.CARD, "model_card.md", "card", "md").write_text(card, encoding="utf-8")


def _write_compared(ctx: JobContext[ReportParams], built: Built) -> None:
    """Pictures of images won and lost, where the attacks' examples on both models were kept."""
    if "images" in ctx.inputs and built.metrics is not None and built.metrics.classes:
        found = compared_images(built.metrics.classes, built.tables, built.after, ctx.inputs)
        path = ctx.output(ReportFile.COMPARED, "compared.json", "pictures", "json")
        path.write_text(found.model_dump_json(), encoding="utf-8")


def _keep(ctx: JobContext[ReportParams]) -> list[DeclaredFile]:
    """Join the kept examples, one file an attack, and the pairs."""
    for i, spec in enumerate(ctx.params.attacks):
        parts = slices_of(ctx.inputs, AttackFile.EXAMPLES, i)
        if parts:
            target = ctx.output(examples_of(i), examples_name(str(spec.id)), "examples", "npz")
            join_npz(parts, ("x", "index", "label", "success"), target)
    if "images" in ctx.inputs and isinstance(ctx.params.request, AuditRequest):
        _keep_pictures(ctx)
    keep_files(found_of(ctx.params, ctx.inputs), ctx.output)
    parts = slices_of(ctx.inputs, NeuronsFile.PAIRS)
    if parts:
        join_npz(parts, ("x", "x_adv", "index"), ctx.output(ReportFile.PAIRS, "pairs.npz", "pairs", "npz"))
    return list(ctx.files.values())


def _keep_pictures(ctx: JobContext[ReportParams]) -> None:
    specs = ctx.params.attacks
    parts = {str(spec.id): slices_of(ctx.inputs, AttackFile.EXAMPLES, i) for i, spec in enumerate(specs)}
    norms = {str(spec.id): measured_norm(spec, _norm(ctx, i)) for i, spec in enumerate(specs)}
    names = ctx.params.model.labels or ctx.params.dataset.labels or ()
    write_pairs(
        ctx.output(ReportFile.PICTURES, "examples.zip", "examples", "zip"), parts, ctx.inputs["images"], norms, names
    )


def _norm(ctx: JobContext[ReportParams], i: int) -> str | None:
    value = ctx.params.of_attack(Place.of_attack(i, 0))
    return None if value is None else value.norm


def _info(ctx: JobContext[ReportParams], file: DeclaredFile) -> ArtifactInfo:
    return artifact_info(ctx.params.job_id, file, _sha256(file.path), file.path.stat().st_size, ctx.params.created_at)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _headline(built: Built) -> Headline:
    report = built.report
    tried = [w for w in report.worst_case if not untried(w, report.attacks)]
    candidates = [w for w in tried if w.threat is not None and w.threat.bounded] or tried
    least = min(candidates, key=lambda w: w.robust_accuracy, default=None)
    return Headline(
        clean_accuracy=report.clean.accuracy,
        worst_case=None if least is None else least.robust_accuracy,
        threat_model=None if least is None else least.threat_model,
        threat_label=None if least is None else threat_text(least),
        n=report.clean.n,
        stopped=report.stopped,
    )
