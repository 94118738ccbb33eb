"""Which checks fail on healthy networks: presets run on small nets of torchvision's families that know five garments.

``python -m tests.tools.false_alarms [--family vgg,swin] [--preset standard,paper] [--images 24] [--mask none,noise]
[--out FILE.jsonl] [--nets FOLDER]`` prints a line a network and preset: clean accuracy, how many checks judged, and the
failed ones with their details. ``--mask`` also puts something before or behind the networks that hides their gradients:
there the check of `MASKS` must fail. What ``--out`` knows already is not run again, and ``--nets`` keeps the trained
weights. The exit status is the number of false alarms and of masks without an alarm.
"""

import argparse
import json
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from openapi.attacks.base import Attack
from openapi.presets import PRESETS
from openapi.report import Check
from tests.tools.taught import pictures, taught
from tests.workers.models.onnx.nets import CLASSES, NETS
from workers.attacks.engine.suite import run_attack
from workers.reports.checks import result_checks
from workers.reports.merge import AttackTable

#: How a network is masked → the check that must fail.
MASKS = {
    "noise": "deterministic",
    "steps": "gradients-usable",
    "saturated": "gradients-usable",
}


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


def look(family: str, mask: str, preset: str, images: int, nets: Path | None = None) -> dict[str, Any]:
    """One preset on one network: the failed checks by id with their details, and whether they are `wrong`."""
    net, shape = taught(family, nets)
    x, y = pictures(images, shape)
    torch.manual_seed(0)
    began = time.process_time()
    judged = net if mask == "none" else Masked(net, mask).eval()
    found = checks_of(judged, x, y, PRESETS[preset].attacks)
    failed = {check.id: check.detail for check in found if check.status == "fail"}
    wrong = MASKS[mask] not in failed if mask != "none" else bool(failed)
    clean = next(check for check in found if check.id == "clean-above-chance").numbers["accuracy"]
    return {
        "family": family,
        "mask": mask,
        "preset": preset,
        "images": images,
        "accuracy": round(float(clean), 3),
        "judged": sum(check.status != "skipped" for check in found),
        "seconds": round(time.process_time() - began, 1),
        "failed": failed,
        "wrong": wrong,
    }


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
    parser.add_argument("--nets", type=Path)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    cells = _known(options.out)
    there = {(cell["family"], cell["mask"], cell["preset"]) for cell in cells}
    for preset in options.preset.split(","):
        for family in options.family.split(","):
            for mask in options.mask.split(","):
                if (family, mask, preset) in there:
                    continue
                cell = look(family, mask, preset, options.images, options.nets)
                cells.append(cell)
                said = "; ".join(f"{name}: {detail}" for name, detail in cell["failed"].items())
                start = f"{family:16} {mask:10} {preset:12} {cell['seconds']:6.1f} s  {100 * cell['accuracy']:.0f} %"
                print(f"{start}  {cell['judged']} judged  {said}", flush=True)
                if options.out is not None:
                    with options.out.open("a") as file:
                        file.write(json.dumps(cell) + "\n")
    wrong = sum(bool(cell["wrong"]) for cell in cells)
    print(f"{wrong} of {len(cells)} are not as they should be")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
