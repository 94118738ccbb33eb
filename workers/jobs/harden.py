"""Stage `harden`: train a robust model and write it in three formats, with a manifest and a log.

params: ``model`` {format, input}, ``harden`` (HardenOptions), ``seed``, ``parent`` {id, sha256, name}, ``dataset`` {…}.
Files: ``onnx``, ``torchscript``, ``safetensors`` (kind checkpoint; they take what the uploaded file took),
``manifest`` (json), ``log`` (jsonl, one line an epoch, the first the model as it came).
"""

from dataclasses import asdict
from typing import Any

import torch

from openapi.hardening_options import HardenOptions
from openapi.models import InputSpec
from workers.hardening.data import TrainingSet
from workers.hardening.manifest import sha256_of, write_lines, write_manifest
from workers.hardening.training import Hardening, harden
from workers.jobs.context import JobContext
from workers.models.audited import AuditedModel
from workers.models.export import write_onnx, write_pt2, write_safetensors, write_torchscript
from workers.models.inspection import inspect_audited
from workers.models.load import load_model

_WRITERS = {
    "onnx": ("hardened.onnx", write_onnx),
    "torchscript": ("hardened.pt", write_torchscript),
    "safetensors": ("hardened.safetensors", write_safetensors),
}


def run(ctx: JobContext) -> dict[str, Any]:
    """Harden the model and return the hardened one's inspection, the log, S, Ω and what was frozen."""
    options = HardenOptions.model_validate(ctx.params["harden"])
    spec = ctx.params["model"]
    model = load_model(ctx.inputs["model"], spec["format"], InputSpec.model_validate(spec["input"])).to(ctx.device)
    data = TrainingSet.open(ctx.inputs["x"], ctx.inputs["y"], limit=options.max_samples, device=ctx.device)
    seed = int(ctx.params.get("seed", 0))
    result = harden(model, data, options, seed=seed, report=ctx.progress)

    model.to("cpu")
    log = [asdict(epoch) for epoch in result.log]
    checkpoints = {}
    # the uploaded format is always among the checkpoints
    writers = {**_WRITERS, "pt2": ("hardened.pt2", write_pt2)} if model.format == "pt2" else _WRITERS
    for i, (key, (name, write)) in enumerate(writers.items()):
        checkpoints[key] = ctx.output(key, name, "checkpoint", key)
        write(model, checkpoints[key])
        ctx.progress(i + 1, len(writers), "checkpoints", "export")
    write_manifest(
        ctx.output("manifest", "manifest.json", "manifest", "json"),
        manifest(ctx, options, seed, result, model, log),
        checkpoints,
    )
    write_lines(ctx.output("log", "log.jsonl", "log", "jsonl"), log)
    return {
        "inspection": inspect_audited(model).model_dump(mode="json"),
        "uploaded_format": model.format,
        "log": log,
        "layers": list(result.layers),
        "frozen": list(result.frozen),
        "omega": {name: list(neurons) for name, neurons in result.omega.items()},
    }


def manifest(
    ctx: JobContext,
    options: HardenOptions,
    seed: int,
    result: Hardening,
    model: AuditedModel,
    log: list[dict[str, Any]],
) -> dict[str, Any]:
    """Everything that the checkpoints depend on, and what they expect of an image."""
    return {
        "schema": "tremor-hardening-1",
        "parent": {**ctx.params.get("parent", {}), "sha256": sha256_of(ctx.inputs["model"])},
        "dataset": {
            **ctx.params.get("dataset", {}),
            "x_sha256": sha256_of(ctx.inputs["x"]),
            "y_sha256": sha256_of(ctx.inputs["y"]),
        },
        "config": options.model_dump(mode="json", by_alias=True),
        "seed": seed,
        "device": ctx.device,
        "threads": torch.get_num_threads(),
        "input": model.input.model_dump(mode="json"),
        "num_classes": model.num_classes,
        "layers": list(result.layers),
        "omega": {name: list(neurons) for name, neurons in result.omega.items()},
        "frozen": list(result.frozen),
        "epochs": log,
    }
