"""The same flags as the CPU: ten attacks on four nets, in exact float32, in bfloat16, and replayed as graphs."""

import copy
from typing import Any

import torch
from torch import Tensor

from openapi.attacks import ATTACK_ADAPTER
from openapi.attacks.base import Attack
from tests.tools.gpu.nets import subjects
from tests.tools.gpu.scale import Scale
from workers.attacks.engine.attack_run import AttackRun
from workers.attacks.engine.suite import run_attack
from workers.models.audited import AuditedModel

#: Share of the images on which rounding alone may decide otherwise: rows whose path passes a boundary within 1e-6.
FLOAT32_SHARE = 0.01
#: bfloat16 climbs other paths; successes are confirmed in float32 all the same.
BFLOAT16_SHARE = 0.03


def ten_attacks(scale: Scale) -> list[Attack]:
    """Gradients, momentum, targets, queries, and four that look for the smallest distance."""
    steps = scale.steps
    options: list[dict[str, Any]] = [
        {"name": "fgsm"},
        {"name": "pgd", "steps": steps},
        {"name": "pgd", "norm": "l2", "eps": 0.5, "steps": steps},
        {"name": "apgd", "steps": steps},
        {"name": "apgd", "loss": "dlr", "steps": steps},
        {"name": "apgd_t", "steps": steps},
        {"name": "square", "queries": scale.queries},
        {"name": "cw", "steps": steps},
        {"name": "ddn", "steps": steps},
        {"name": "fmn", "steps": steps},
    ]
    return [ATTACK_ADAPTER.validate_python(o) for o in options]


def compare(scale: Scale) -> dict[str, Any]:
    """Return a row an attack and net: images on which a way of computing differs from the CPU's float32 flags."""
    rows: list[dict[str, Any]] = []
    for name, (model, x, y) in subjects(scale).items():
        there = copy.deepcopy(model).to(scale.device)
        for spec in ten_attacks(scale):
            reference = _run(model, spec, x, y, torch.device("cpu"))
            rows.append(
                {"net": name, "attack": _label(spec), "n": len(x), "robust": _robust(reference)}
                | _ways(there, spec, x, y, scale, reference)
            )
    failed = [
        f"{r['net']}, {r['attack']}: {way} differs on {r[way]} of {r['n']}"
        for r in rows
        for way, share in (("float32", FLOAT32_SHARE), ("graphs", FLOAT32_SHARE), ("bfloat16", BFLOAT16_SHARE))
        if r[way] is not None and r[way] > max(1, share * r["n"])
    ]
    return {"rows": rows, "failed": failed}


def _ways(
    model: AuditedModel, spec: Attack, x: Tensor, y: Tensor, scale: Scale, reference: AttackRun
) -> dict[str, Any]:
    exact = _run(model, spec, x, y, scale.device)
    found: dict[str, Any] = {"float32": _differing(exact, reference), "graphs": None, "bfloat16": None}
    if scale.on_gpu and not spec.facts.black_box:
        replayed = _run(model, spec, x, y, scale.device, cuda_graphs=True)
        found |= {"graphs": _differing(replayed, reference), "replayed": replayed.extras.get("cuda_graphs")}
    if not spec.facts.black_box and hasattr(spec, "eps"):
        found["bfloat16"] = _differing(_run(model, spec, x, y, scale.device, gradients="bfloat16"), reference)
    return found


def _run(model: AuditedModel, spec: Attack, x: Tensor, y: Tensor, device: torch.device, **options: Any) -> AttackRun:
    return run_attack(model, spec, x, y, torch.arange(len(x)), device=device, **({"gradients": "float32"} | options))


def _differing(run: AttackRun, reference: AttackRun) -> int:
    return int((run.success != reference.success).sum())


def _robust(run: AttackRun) -> int:
    return int((run.correct & ~run.success).sum())


def _label(spec: Attack) -> str:
    return " ".join(str(part) for part in (spec.name, getattr(spec, "norm", ""), getattr(spec, "loss", "")) if part)
