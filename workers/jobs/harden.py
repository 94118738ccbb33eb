"""Stage `harden`: train a robust model and write it in three formats, with a manifest and a log.

Every writer is tried before the first epoch. What cannot be written is told in the value (``not_written``, warnings of
the inspection) and in the manifest.

See `openapi.stages.harden`.
"""

import logging
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch

from openapi.base import JsonObject
from openapi.hardening_options import HardenOptions
from openapi.problems import JobFailed
from openapi.stages.harden import Decided, HardenFile, HardenParams, HardenValue, Quantised
from workers.exact_float32 import exact_float32
from workers.hardening.checkpoints import WRITERS, Checkpoints, reason_of
from workers.hardening.course import Course
from workers.hardening.data import TrainingSet
from workers.hardening.deciding import resolved
from workers.hardening.example import example_of
from workers.hardening.manifest import sha256_of, write_lines, write_manifest
from workers.hardening.quantise import round_to_upload, write_int8
from workers.hardening.run import harden
from workers.hardening.saved import Moment
from workers.hardening.training import Hardening
from workers.hardening.watchers import Watchers
from workers.jobs.context import MOMENT, JobContext
from workers.jobs.training_teller import Teller
from workers.models.audited import AuditedModel
from workers.models.export import write_onnx, write_safetensors
from workers.models.inserted_norms import folded
from workers.models.inspection import inspect_audited
from workers.models.load import load_contract
from workers.models.precision import half_of

log = logging.getLogger(__name__)


def run(ctx: JobContext[HardenParams]) -> HardenValue:
    """Harden the model and return the hardened one's inspection, the log, S, Ω and what was frozen."""
    options, seed = ctx.params.harden, ctx.params.seed
    model = load_contract(ctx.inputs["model"], ctx.params.model).to(ctx.device)
    data = TrainingSet.open(ctx.inputs["x"], ctx.inputs["y"], limit=options.max_samples, device=ctx.device)
    moment = _earlier(ctx)
    course = _course(ctx, len(data), moment)
    with exact_float32():
        course.report(0, 1, "checkpoints", "try export")
        checkpoints = Checkpoints.tried(model, ctx.scratch, options.exports)
        result = harden(model, data, options, seed=seed, watchers=_watchers(ctx, model, course, moment), moment=moment)

    for path in (ctx.moment, ctx.so_far):
        path.unlink(missing_ok=True)  # the training has ended
    model.to("cpu")
    on_cpu = TrainingSet.open(ctx.inputs["x"], ctx.inputs["y"], limit=options.max_samples)
    with exact_float32():
        halved = round_to_upload(model, on_cpu, options, seed)
    written = write_all(ctx, model, checkpoints, course)
    quantised = _quantised(ctx, model, on_cpu, checkpoints, written)
    cost = {name: found.dump() for name, found in (("quantised", quantised), ("halved", halved)) if found is not None}
    content = {**manifest(ctx, result, model), "not_written": checkpoints.failed, **cost}
    write_manifest(ctx.output(HardenFile.MANIFEST, "manifest.json", "manifest", "json"), content, written)
    write_lines(ctx.output(HardenFile.LOG, "log.jsonl", "log", "jsonl"), (epoch.dump() for epoch in result.log))
    ctx.log_so_far.unlink(missing_ok=True)
    example = ctx.output(HardenFile.EXAMPLE, "load_example.py", "example", "py")
    example.write_text(example_of(model), encoding="utf-8")
    inspection = inspect_audited(model)
    audited_as = checkpoints.check()
    described = {"format": audited_as, "warnings": (*inspection.warnings, *checkpoints.notes())}
    return HardenValue(
        inspection=inspection.model_copy(update=described),
        uploaded_format=audited_as,
        not_written=checkpoints.failed,
        log=result.log,
        layers=result.layers,
        frozen=result.frozen,
        omega=result.omega,
        frontier=result.frontier,
        decided=result.decided,
        factors=result.factors,
        quantised=quantised,
        halved=halved,
        delivered=None if options.choose_by is None else result.delivered,
    )


def _course(ctx: JobContext[HardenParams], images: int, moment: Moment | None) -> Course:
    """How far the hardening is: where it begins anew, at its beginning."""
    options = ctx.params.harden
    course = Course(ctx.progress, options, images)
    if moment is not None:
        found = Decided() if moment.decided is None else Decided.model_validate(moment.decided)
        course.planned(resolved(options, found).epochs)
        course.begin_at(moment.epoch, moment.batch)
    return course


def _watchers(ctx: JobContext[HardenParams], model: AuditedModel, course: Course, moment: Moment | None) -> Watchers:
    """Who is told of the training: the outside, and the scratch folder."""
    teller = Teller(ctx, model, moment)

    def planned(options: HardenOptions) -> None:
        course.planned(options.epochs)
        teller.planned(options)

    return Watchers(
        report=course.report,
        keep=lambda moment: _keep(ctx, replace(moment, best=teller.best())),
        every=ctx.keep_seconds,
        heard=teller.heard,
        underway=teller.underway,
        planned=planned,
        leave=partial(_leave, ctx, model),
    )


def _keep(ctx: JobContext[HardenParams], moment: Moment) -> None:
    try:
        moment.write(ctx.moment)
    except (OSError, RuntimeError) as error:  # torch's own for a disk that is full, or a file that may not be so large
        log.warning("where the training stands cannot be kept: %s", error)
    else:
        ctx.kept()


def _leave(ctx: JobContext[HardenParams], model: AuditedModel, share: float) -> None:
    """Write the weights of a point between the uploaded and the hardened ones, while they stand."""
    path = ctx.output(f"frontier-{share:.4f}", f"frontier-{share:.4f}.safetensors", "frontier", "safetensors")
    write_safetensors(folded(model), path)


def _earlier(ctx: JobContext[HardenParams]) -> Moment | None:
    """Where an earlier attempt stood; None for what cannot be read, as by another version: the training then begins."""
    if MOMENT not in ctx.inputs:
        return None
    try:
        return Moment.read(ctx.inputs[MOMENT], ctx.device)
    except JobFailed as error:
        log.warning("%s; the training begins anew", error)
        return None


def write_all(
    ctx: JobContext[HardenParams], model: AuditedModel, checkpoints: Checkpoints, course: Course
) -> dict[str, Path]:
    """Write the formats that were possible before training, as far as they still are; returns the files by format."""
    written: dict[str, Path] = {}
    wanted = list(checkpoints.formats)
    for i, key in enumerate(wanted):
        path = ctx.scratch / WRITERS[key][0]
        if checkpoints.write(model, key, path):
            written[key] = ctx.output(key, path.name, "checkpoint", key)
        course.report(i + 1, len(wanted), "checkpoints", "export")
    checkpoints.check()
    return written


def _quantised(
    ctx: JobContext[HardenParams],
    model: AuditedModel,
    data: TrainingSet,
    checkpoints: Checkpoints,
    written: dict[str, Path],
) -> Quantised | None:
    """Write the ONNX file in 8 bits too where that is asked for; None where it is not, or cannot be."""
    options, path = ctx.params.harden, ctx.scratch / "hardened.int8.onnx"
    if not options.exports.int8:
        return None
    if "onnx" not in written:
        checkpoints.failed["int8"] = "it is made of the ONNX file, which could not be written"
        return None
    try:
        floats = written["onnx"]
        if half_of(model) is not None:  # the quantiser starts from floats
            floats = ctx.scratch / "floats.onnx"
            write_onnx(model, floats, options.exports.opset, floats=True)
        found = write_int8(model, floats, path, data, options, ctx.params.seed)
    except Exception as error:  # onnxruntime's quantiser raises anything; the other files must come through
        checkpoints.failed["int8"] = reason_of(error)
        path.unlink(missing_ok=True)
        return None
    finally:
        (ctx.scratch / "floats.onnx").unlink(missing_ok=True)
    written["int8"] = ctx.output(HardenFile.INT8, path.name, "checkpoint", "onnx")
    return found


def as_found(options: HardenOptions, result: Hardening) -> HardenOptions:
    """The options that give the same bits again: what a clock has decided, as a number of epochs."""
    plan = None if result.decided is None else result.decided.plan
    return options if plan is None else options.model_copy(update={"epochs": plan.epochs, "budget": None})


def manifest(ctx: JobContext[HardenParams], result: Hardening, model: AuditedModel) -> JsonObject:
    """Everything that the checkpoints depend on, and what they expect of an image."""
    return {
        **({} if result.factors is None else {"factors": {**result.factors}}),
        **({} if result.decided is None else {"decided": result.decided.dump()}),
        "schema": "tremor-hardening-1",
        "parent": {**ctx.params.parent.dump(), "sha256": sha256_of(ctx.inputs["model"])},
        "dataset": {
            **ctx.params.dataset.dump(),
            "x_sha256": sha256_of(ctx.inputs["x"]),
            "y_sha256": sha256_of(ctx.inputs["y"]),
        },
        "config": as_found(ctx.params.harden, result).model_dump(mode="json", by_alias=True),
        "seed": ctx.params.seed,
        "device": ctx.device,
        "threads": torch.get_num_threads(),
        "input": model.input.model_dump(mode="json"),
        "num_classes": model.num_classes,
        "layers": list(result.layers),
        "omega": {name: list(neurons) for name, neurons in result.omega.items()},
        "frozen": list(result.frozen),
        "frontier": None if result.frontier is None else result.frontier.dump(),
        "delivered_epoch": result.delivered,
        "epochs": [epoch.dump() for epoch in result.log],
    }
