"""Which checks fail on healthy networks: presets run on small nets of torchvision's families, trained for a moment.

``python -m tests.tools.false_alarms [--family vgg,swin] [--preset standard,paper] [--images 24] [--mask none,noise]
[--out FILE.jsonl]`` prints a line a network and preset, with the failed checks and their details. ``--mask`` also puts
something before or behind the networks that hides their gradients: there the check of `MASKS` must fail. What
``--out`` knows already is not run again. The exit status is the number of false alarms and of masks without an alarm.
"""

import argparse
import functools
import json
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from openapi.attacks.base import Attack
from openapi.presets import PRESETS
from openapi.report import Check
from tests.workers.models.onnx.nets import CLASSES, NETS, build
from workers.attacks.engine.suite import run_attack
from workers.reports.checks import result_checks
from workers.reports.merge import AttackTable

#: How a network is masked → the check that must fail.
MASKS = {
    "noise": "deterministic",
    "steps": "gradients-usable",
    "saturated": "gradients-usable",
}
_TINTS = ((0.2, 0.0, 0.0), (0.0, 0.2, 0.0), (0.0, 0.0, 0.2), (0.2, 0.2, 0.0), (-0.2, -0.2, -0.2))


def pictures(n: int, shape: tuple[int, ...], seed: int = 5) -> tuple[Tensor, Tensor]:
    """Return images (n, c, h, w) in [0, 1] of whole grey levels, and labels: which colours are brighter."""
    c, h, w = shape
    assert c == 3
    assert len(_TINTS) == CLASSES
    g = torch.Generator().manual_seed(seed)
    coarse = torch.rand(n, c, max(2, h // 4), max(2, w // 4), generator=g)
    x = 0.3 + 0.4 * F.interpolate(coarse, (h, w), mode="bilinear", align_corners=False)
    y = torch.randint(CLASSES, (n,), generator=g)
    for i, k in enumerate(y.tolist()):
        x[i] += torch.tensor(_TINTS[k])[:, None, None]
    return ((x + 0.05 * torch.randn(n, c, h, w, generator=g)).clamp(0, 1) * 255).round() / 255, y


@functools.cache
def taught(family: str, rounds: int = 6) -> tuple[nn.Module, tuple[int, ...]]:
    """Return a family's small net after a few seconds of training, in eval mode, and the shape of its images."""
    net, example = build(family)
    shape = tuple(example.shape[1:])
    x, y = pictures(32 * 20, shape, seed=6)
    torch.manual_seed(0)
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-3)
    for _ in range(rounds):
        for step in range(150):
            batch = slice(step % 20 * 32, step % 20 * 32 + 32)
            optimiser.zero_grad()
            F.cross_entropy(net.train()(x[batch]), y[batch]).backward()
            optimiser.step()
        _settle_norms(net, x)
        with torch.no_grad():
            if float((net.eval()(x).argmax(1) == y).float().mean()) > 0.95:
                break
    return net.eval(), shape


@torch.no_grad()
def _settle_norms(net: nn.Module, x: Tensor) -> None:
    """Give batch norms the statistics of x (n, c, h, w): MNASNet's follow 0.03 % a step and would take thousands."""
    norms = [module for module in net.modules() if isinstance(module, nn.BatchNorm2d)]
    kept = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the plain mean over what follows
    net.train()(x)
    for norm, momentum in zip(norms, kept, strict=True):
        norm.momentum = momentum


def checks_of(net: nn.Module, x: Tensor, y: Tensor, attacks: tuple[Attack, ...]) -> tuple[Check, ...]:
    """Run the attacks and judge the results as a report does."""
    tables = []
    for spec in attacks:
        run = run_attack(net, spec, x, y, torch.arange(len(x)))
        tables.append(
            AttackTable(
                id=spec.id or f"{spec.name} {getattr(spec, 'loss', '')} {getattr(spec, 'norm', '')}",
                spec=spec,
                **run.columns(),
                seconds=run.seconds,
                target=None,
                forward_passes=run.forward_passes,
                backward_passes=run.backward_passes,
                randomised=run.randomised,
                norm=run.norm,
                extras=run.extras,
            )
        )
    return result_checks(tables, CLASSES)


class Masked(nn.Module):
    """A network behind something that hides its gradient, see `MASKS`."""

    def __init__(self, net: nn.Module, how: str) -> None:
        super().__init__()
        self.net, self.how = net, how

    def forward(self, x: Tensor) -> Tensor:
        """x (n, c, h, w) → scores (n, classes)."""
        if self.how == "noise":
            x = x + 0.3 * torch.randn_like(x)
        if self.how == "steps":
            x = torch.round(x * 6) / 6
        z: Tensor = self.net(x)
        return (200 * z).softmax(1) if self.how == "saturated" else z


def look(family: str, mask: str, preset: str, images: int) -> dict[str, Any]:
    """One preset on one network: the failed checks by id with their details, and whether they are `wrong`."""
    net, shape = taught(family)
    x, y = pictures(images, shape)
    torch.manual_seed(0)
    began = time.perf_counter()
    judged = net if mask == "none" else Masked(net, mask).eval()
    found = checks_of(judged, x, y, PRESETS[preset].attacks)
    failed = {check.id: check.detail for check in found if check.status == "fail"}
    wrong = MASKS[mask] not in failed if mask != "none" else bool(failed)
    seconds = round(time.perf_counter() - began, 1)
    return {"family": family, "mask": mask, "preset": preset, "seconds": seconds, "failed": failed, "wrong": wrong}


def _known(out: Path | None) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.read_text().splitlines()] if out is not None and out.exists() else []


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--family", default=",".join(NETS))
    parser.add_argument("--preset", default=",".join(PRESETS))
    parser.add_argument("--images", type=int, default=24)
    parser.add_argument("--mask", default="none")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    cells = _known(options.out)
    there = {(cell["family"], cell["mask"], cell["preset"]) for cell in cells}
    for preset in options.preset.split(","):
        for family in options.family.split(","):
            for mask in options.mask.split(","):
                if (family, mask, preset) in there:
                    continue
                cell = look(family, mask, preset, options.images)
                cells.append(cell)
                said = "; ".join(f"{name}: {detail}" for name, detail in cell["failed"].items())
                print(f"{family:16} {mask:10} {preset:12} {cell['seconds']:6.1f} s  {said}", flush=True)
                if options.out is not None:
                    with options.out.open("a") as file:
                        file.write(json.dumps(cell) + "\n")
    wrong = sum(bool(cell["wrong"]) for cell in cells)
    print(f"{wrong} of {len(cells)} are not as they should be")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
