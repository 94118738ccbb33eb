"""A hardening on several GPUs (or CPUs) of one machine, by torch's own launcher:

    torchrun --standalone --nproc-per-node 2 -m workers.hardening.launch MODEL TRAIN --settings FILE --out DIR

FILE is JSON: `config` (the options of `POST /hardenings`), and where wanted `seed`, and `input` of the model; the
manifest of an earlier hardening is one. MODEL and TRAIN are what the service takes. The global batch is `batch_size`,
which the processes share. What a hardening leaves (checkpoints, manifest, log, example) is written to DIR.

It runs what a worker runs, but not in a sandbox: for files of your own.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist

from openapi.base import JsonObject
from openapi.models import InputSpec
from openapi.stages.base import Stage
from openapi.stages.harden import HardenValue
from openapi.stages.inspect_dataset import InspectDatasetFile
from workers.jobs.context import JobContext
from workers.jobs.running import run_stage
from workers.models.load import detect_format


def main() -> None:
    """Read the arguments, join the group, train; the first process writes."""
    parser = argparse.ArgumentParser(
        prog="workers.hardening.launch", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path)
    parser.add_argument("train", type=Path)
    parser.add_argument("--settings", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    device = _joined()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            out = asked.out if dist.get_rank() == 0 else Path(scratch) / "out"
            out.mkdir(parents=True, exist_ok=True)
            settings = json.loads(asked.settings.read_text("utf-8"))
            _harden(asked.model, asked.train, settings, Path(scratch), out, device)
    finally:
        dist.destroy_process_group()


def _joined() -> str:
    """Join the launcher's group: over NCCL with a GPU each, else over gloo; returns the device."""
    gpus = torch.cuda.device_count()
    if gpus:
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]) % gpus)
    dist.init_process_group("nccl" if gpus else "gloo")
    return f"cuda:{torch.cuda.current_device()}" if gpus else "cpu"


def _harden(model: Path, train: Path, settings: Mapping[str, Any], scratch: Path, out: Path, device: str) -> None:
    decoded = JobContext[dict[str, Any]]({"file": train}, {"metadata": {}}, scratch)
    run_stage(Stage.INSPECT_DATASET, decoded)
    arrays = {name: decoded.files[key].path for name, key in (("x", InspectDatasetFile.X), ("y", InspectDatasetFile.Y))}
    spec = InputSpec.model_validate(settings.get("input", {}))
    params: JsonObject = {
        "model": {"format": detect_format(model), "input": spec.model_dump(mode="json", exclude_unset=True)},
        "harden": settings["config"],
        "seed": settings.get("seed", 0),
        "parent": {"name": model.name},
        "dataset": {"name": train.name},
    }
    ctx = JobContext({"model": model, **arrays}, params, out, device=device, report=_told)
    value = run_stage(Stage.HARDEN, ctx)
    if dist.get_rank() == 0:
        last = HardenValue.model_validate(value).log[-1]
        print(f"clean {last.clean_accuracy:.3f}, robust {last.robust_accuracy:.3f}: {out}", flush=True)


def _told(done: float, total: float, unit: str, phase: str | None) -> None:
    if dist.get_rank() == 0 and done == total:
        print(f"{phase}: {total:g} {unit}", flush=True)


if __name__ == "__main__":
    main()
