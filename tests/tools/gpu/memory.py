"""Memory on the device: tiles that do not fit are halved with the same result, and what was taken is given back."""

from typing import Any

import torch

from openapi.attacks import Pgd
from tests.tools.gpu.nets import of_usual_size, random_images
from tests.tools.gpu.scale import Scale
from workers.attacks.engine.suite import run_attack

#: Share of the GPU's memory that the process may take while tiles are to run out of it.
_FRACTION = 0.04


def halving(scale: Scale) -> dict[str, Any]:
    """Attack with far too large a tile under a small limit, and with a small one without: the flags must be equal."""
    model = of_usual_size(scale)["ResNet-18"].to(scale.device)
    x = random_images(scale.batch * 4)
    with torch.no_grad():
        y = torch.cat([model(part.to(scale.device)).argmax(1).cpu() for part in torch.split(x, 64)])
    spec = Pgd(eps=1 / 255, steps=min(scale.steps, 5))

    def fooled(tile: int) -> Any:
        run = run_attack(
            model, spec, x, y, torch.arange(len(x)), batch_size=tile, device=scale.device, gradients="float32"
        )
        return run.success

    small = fooled(8)
    if scale.on_gpu:
        torch.cuda.empty_cache()
        torch.cuda.set_per_process_memory_fraction(_FRACTION, scale.device)
    try:
        large = fooled(len(x))
    finally:
        if scale.on_gpu:
            torch.cuda.set_per_process_memory_fraction(1.0, scale.device)
    found: dict[str, Any] = {"images": len(x), "differing": int((small != large).sum())}
    if scale.on_gpu:
        stats = torch.cuda.memory_stats(scale.device)
        found |= {"retries": stats.get("num_alloc_retries"), "out_of_memory": stats.get("num_ooms")}
    few = max(1, len(x) // 100)
    failed = [] if found["differing"] <= few else [f"{found['differing']} flags depend on the tile"]
    if scale.on_gpu and not found["out_of_memory"]:
        failed.append("memory never ran out: the check has shown nothing; lower the fraction")
    return found | {"failed": failed}
