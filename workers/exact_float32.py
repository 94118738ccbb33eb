"""float32 that is float32 on every device."""

import contextlib
from collections.abc import Iterator


@contextlib.contextmanager
def exact_float32() -> Iterator[None]:
    """Let float32 be float32 on a GPU: no TF32 (10 bits of mantissa, cuDNN's default), and the same sums in every run.

    cuDNN's fastest algorithms add in any order: the same seed must give the same report and the same weights.
    """
    import torch  # here, since the warm server imports this module before it is ready to import torch

    matmul = torch.backends.cuda.matmul.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = False
    try:
        with torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False):
            yield
    finally:
        torch.backends.cuda.matmul.allow_tf32 = matmul
