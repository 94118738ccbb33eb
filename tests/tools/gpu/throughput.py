"""Images a second of attacks, sensitivity and a training step, beside the bare passes and other libraries."""

import statistics
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from openapi.attacks import ATTACK_ADAPTER
from openapi.hardening_options import HardenOptions, Precision
from tests.tools.benchmarks.libraries import authors, installed
from tests.tools.benchmarks.subject import Counted, Subject
from tests.tools.gpu.nets import of_usual_size, random_images
from tests.tools.gpu.scale import Scale
from workers.attacks.engine.suite import run_attack
from workers.hardening.data import TrainingSet
from workers.hardening.standing import taken
from workers.hardening.training import Hardener
from workers.models.audited import AuditedModel
from workers.neurons.measure import measure_taps
from workers.neurons.norms import NormsModel

#: So small that no image is fooled: every library then makes all its passes, and their price alone is compared.
_EPS = 1e-6
_C_AND_W = {"initial_const": 1e-9, "binary_search_steps": 1}


def measured(scale: Scale) -> dict[str, Any]:
    """Return a row a net and work: seconds (median), images, passes, and the ratio to bare passes in bfloat16."""
    rows: list[dict[str, Any]] = []
    for name, model in of_usual_size(scale).items():
        model.to(scale.device)
        x = random_images(scale.batch).to(scale.device)
        with torch.no_grad():
            y = torch.cat([model(part).argmax(1) for part in torch.split(x, 64)])
        floors = {f"bare {kind}": _bare(model, x, kind, scale) for kind in ("float32", "bfloat16")}
        rows += [{"net": name, "work": work, "seconds": s, "images": len(x), "passes": 1} for work, s in floors.items()]
        floor = floors["bare bfloat16"]
        for row in (*_ours(model, x, y, scale), *_theirs(model, x, y, scale), *_neurons(model, x, scale)):
            rows.append({"net": name, "images": len(x), "over_floor": row["seconds"] / (row["passes"] * floor)} | row)
        rows += [{"net": name} | row for row in _training(model, x, y, scale)]
    return {"rows": rows, "failed": []}


def _median(work: Callable[[], Any], scale: Scale) -> float:
    work()  # kernels are chosen and compiled at first use
    times = []
    for _ in range(scale.repeats):
        began = scale.clock()
        work()
        times.append(scale.clock() - began)
    return statistics.median(times)


def _bare(model: nn.Module, x: Tensor, kind: str, scale: Scale) -> float:
    """Seconds of one pass both ways over all images, weights frozen."""

    def both() -> None:
        leaf = x.clone().requires_grad_()
        with torch.autocast(x.device.type, torch.bfloat16, enabled=kind == "bfloat16"):
            score = model(leaf).sum()
        torch.autograd.grad(score, leaf)

    frozen = [p for p in model.parameters() if p.requires_grad]
    for p in frozen:
        p.requires_grad_(False)
    try:
        return _median(both, scale)
    finally:
        for p in frozen:
            p.requires_grad_(True)


def _ours(model: AuditedModel, x: Tensor, y: Tensor, scale: Scale) -> list[dict[str, Any]]:
    options: dict[str, tuple[dict[str, Any], int]] = {
        "PGD": ({"name": "pgd", "eps": _EPS, "steps": scale.steps}, scale.steps),
        "APGD": ({"name": "apgd", "eps": _EPS, "steps": scale.steps}, scale.steps),
        "Square": ({"name": "square", "eps": _EPS, "queries": scale.queries}, scale.queries),
        "C&W": ({"name": "cw", "steps": scale.steps} | _C_AND_W, scale.steps),
    }
    ways: dict[str, dict[str, Any]] = {"": {}}
    if scale.on_gpu:
        ways |= {", float32": {"gradients": "float32"}, ", CUDA graphs": {"cuda_graphs": True}}
    found = []
    for name, (option, passes) in options.items():
        spec = ATTACK_ADAPTER.validate_python(option)
        for suffix, way in ways.items() if name in ("PGD", "APGD") else [("", {})]:
            seconds = _median(
                partial(run_attack, model, spec, x, y, torch.arange(len(x)), device=scale.device, **way), scale
            )
            found.append({"work": f"{name}{suffix}", "seconds": seconds, "passes": passes})
    return found


def _theirs(model: AuditedModel, x: Tensor, y: Tensor, scale: Scale) -> list[dict[str, Any]]:
    subject = Subject("net", Counted(model), x, y)
    works: dict[str, tuple[Callable[[], Any], int]] = {}
    ta = installed("torchattacks")
    if ta is not None:
        pgd = ta.PGD(subject.model, eps=_EPS, alpha=_EPS / 4, steps=scale.steps)
        apgd = ta.APGD(subject.model, eps=_EPS, steps=scale.steps)
        square = ta.Square(subject.model, eps=_EPS, n_queries=scale.queries, resc_schedule=False)
        for name, attack, passes in (
            ("PGD", pgd, scale.steps), ("APGD", apgd, scale.steps), ("Square", square, scale.queries)
        ):  # fmt: skip
            works[f"{name}, torchattacks"] = (partial(attack, x, y), passes)
    if installed("autoattack") is not None:
        run = authors(["apgd-ce"], _EPS, "Linf")
        works["APGD (100 steps), AutoAttack's authors"] = (lambda: run(subject), 100)
    return [{"work": name, "seconds": _median(do, scale), "passes": passes} for name, (do, passes) in works.items()]


def _neurons(model: AuditedModel, x: Tensor, scale: Scale) -> list[dict[str, Any]]:
    """Sensitivity of all layers beside the two forward passes that it needs."""
    norms, near = NormsModel(model, ["conv"]), (x + 0.01).clamp(0, 1)
    index = torch.arange(len(x), device=scale.device)

    def forwards() -> None:
        with torch.no_grad():
            model(torch.cat([x, near]))

    return [
        {"work": "two forward passes", "seconds": _median(forwards, scale), "passes": 2},
        {"work": "sigma", "seconds": _median(lambda: measure_taps(norms, x, near, index), scale), "passes": 2},
    ]


def _training(model: AuditedModel, x: Tensor, y: Tensor, scale: Scale) -> list[dict[str, Any]]:
    """Seconds of a step of SNS and of PAT, on batches of a quarter of the images."""
    pixels = (x.cpu().numpy() * 255).astype(np.uint8)
    data = TrainingSet(pixels, y.cpu().numpy(), device=str(scale.device))
    found = []
    ways: tuple[tuple[str, Precision], ...] = (("pat", "float32"), ("sns", "float32"), ("sns", "mixed"))
    for method, precision in ways:
        options = HardenOptions(
            method=method, precision=precision, epochs=1, steps=min(10, scale.steps),
            batch_size=max(1, len(x) // 4), pairs=len(x) // 4,
        )  # fmt: skip
        hardener = Hardener(model, data, options, seed=0)
        hardener.run()
        begun = taken(hardener, 1)
        began = scale.clock()
        hardener.train_epoch(1, 0, begun, None)
        seconds = (scale.clock() - began) / data.batches(options.batch_size)
        found.append(
            {
                "work": f"{method} step, {precision}",
                "seconds": seconds,
                "images": options.batch_size,
                "passes": options.steps + 2,
            }
        )
    return found
