"""In which arithmetic gradients of attacks are computed: in bfloat16 where the hardware is made for it."""

import torch

from openapi.wire.settings import Gradients


def are_rough(wanted: Gradients, device: torch.device) -> bool:
    """Whether gradients of attacks in a ball are computed in bfloat16.

    auto: on a GPU with bfloat16 units, or a CPU with AMX tiles; elsewhere bfloat16 is no faster (AVX512-BF16 alone has
    been measured, see `tests/tools/benchmarks/RESULTS.md`).
    """
    if wanted != "auto":
        return wanted == "bfloat16"
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    return device.type == "cpu" and torch.cpu._is_amx_tile_supported()
