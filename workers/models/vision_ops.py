"""Lets a CPU-only torch import torchvision: declares the two detection operators that its fake kernels ask for.

torchvision's wheels look for CUDA libraries when they load their compiled operators; without them the import fails on
``torchvision::nms``. Classifiers never call these operators, so that a declaration without a kernel is enough. Import
this module before torchvision or onnx2torch.
"""

import torch

_SIGNATURE = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_LIBRARIES: list[torch.library.Library] = []


def declare() -> None:
    """Declare ``torchvision::nms`` and ``::qnms`` unless torchvision's own library has done it; repeatable."""
    if _LIBRARIES:
        return
    try:
        import torchvision
    except (RuntimeError, ImportError, OSError):
        library = torch.library.Library("torchvision", "FRAGMENT")
        for name in ("nms", "qnms"):
            if not hasattr(torch.ops.torchvision, name):
                library.define(name + _SIGNATURE)
        _LIBRARIES.append(library)
    else:
        del torchvision


declare()
