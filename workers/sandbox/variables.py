"""The environment variables of the warm server, and so of every job."""

from collections.abc import Mapping
from pathlib import Path

#: Environment variables of the worker that a job may see. Credentials are not among them.
_KEPT = (
    "PATH",
    "LANG",
    "LC_ALL",
    "TZ",
    "PYTHONPATH",
    "LD_LIBRARY_PATH",
    "CUDA_VISIBLE_DEVICES",
    "NVIDIA_VISIBLE_DEVICES",
)
#: How the C library and torch take memory. By default a tensor's memory goes back to the kernel as soon as it is free,
#: and each of its pages is made anew for the next one: a third of the time of a large network on a CPU (seen by
#: `python -m tests.tools.benchmarks.memory`). So heaps stay as large as they were, and what is above the threshold (it
#: would leave holes in a heap) comes in pages of 2 MiB instead of 4 KiB. Other C libraries leave it unread.
MEMORY = {
    "MALLOC_ARENA_MAX": "4",
    "MALLOC_MMAP_THRESHOLD_": str(8 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(512 << 20),
    "THP_MEM_ALLOC_ENABLE": "1",
}


def server_variables(ours: Mapping[str, str], threads: int, cache: Path | None) -> dict[str, str]:
    """The server's environment: no credentials, threads that sleep when they have nothing to do, and memory kept."""
    kept = {name: ours[name] for name in _KEPT if name in ours}
    home = str(cache or "/nonexistent")
    return {
        **kept,
        **MEMORY,
        "HOME": home,
        "USER": "tremor",
        "LOGNAME": "tremor",
        "MPLCONFIGDIR": home,
        "MPLBACKEND": "Agg",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONSAFEPATH": "1",
        "OMP_NUM_THREADS": str(threads),
        "MKL_NUM_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_WAIT_POLICY": "PASSIVE",
        "GOMP_SPINCOUNT": "0",
        "PYTORCH_NVML_BASED_CUDA_CHECK": "1",
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
    }
