"""Puts the layers of the sandbox on the present process, and says what level they reach together."""

import ctypes
import os
import sys
import sysconfig
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from workers.sandbox import kernel, landlock, namespaces, seccomp

#: What a sandbox is made of besides the resource limits. Each works alone.
Layer = Literal["network", "mounts", "landlock", "seccomp"]
LAYERS: tuple[Layer, ...] = ("network", "mounts", "landlock", "seccomp")

#: `full`: files, network and system calls are confined. `partial`: some of them. `limits`: resource limits alone.
Level = Literal["full", "partial", "limits"]


@dataclass(frozen=True)
class Tree:
    """What a job may touch: files and folders to read, folders to write, devices; `root` is an empty folder."""

    read: tuple[Path, ...]
    write: tuple[Path, ...]
    root: Path
    devices: tuple[Path, ...] = ()


@dataclass
class Confinement:
    """The layers that hold, and why the others do not."""

    layers: list[Layer] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def level(self) -> Level:
        """The level that the layers reach together."""
        return level(self.layers)


def level(layers: Collection[str]) -> Level:
    """The level of a set of layers: `full` needs files, network and system calls confined."""
    files = "mounts" in layers or "landlock" in layers
    network = "network" in layers or "seccomp" in layers
    calls = "seccomp" in layers
    if files and network and calls:
        return "full"
    return "partial" if layers else "limits"


def shortfall(level: Level, missing: Mapping[str, str]) -> str | None:
    """Why a worker with `TREMOR_SANDBOX=required` must not work at this level; None when it may."""
    if level == "full":
        return None
    return (
        f"TREMOR_SANDBOX=required, but this machine's sandbox reaches only the level {level!r} ("
        + "; ".join(f"{layer}: {reason}" for layer, reason in sorted(missing.items()))
        + "). Run the worker where these layers are to be had, or set TREMOR_SANDBOX=auto to work with what there is"
    )


def confine(tree: Tree, wanted: Collection[str]) -> Confinement:
    """Put every wanted layer that the kernel offers on this process, for ever; never raises for a missing one.

    Call it in a single-threaded process. Afterwards: no gain of privileges, no capabilities.
    """
    done = Confinement(
        missing={layer: "TREMOR_SANDBOX_LAYERS leaves it out" for layer in LAYERS if layer not in wanted}
    )
    if "mounts" in wanted:
        # The mount table needs the namespaces of `network` in any case; alone it is for tests.
        _try(done, "network", lambda: namespaces.isolate(files=True))
        if "network" in done.layers:
            _try(done, "mounts", lambda: namespaces.confine_files(tree.root, tree.read, tree.write, tree.devices))
        else:
            done.missing["mounts"] = done.missing["network"]
    elif "network" in wanted:
        _try(done, "network", lambda: namespaces.isolate(files=False))
    if kernel.LINUX:
        _drop_privileges()
    if "landlock" in wanted:
        _try(done, "landlock", lambda: landlock.restrict(tree.read, tree.write, tree.devices))
    if "seccomp" in wanted:
        _try(done, "seccomp", seccomp.restrict)
    return done


def _try(done: Confinement, layer: Layer, apply: Callable[[], None]) -> None:
    try:
        apply()
    except OSError as error:
        done.missing[layer] = str(error)
    else:
        done.layers.append(layer)
        done.missing.pop(layer, None)  # mounts bring the network's namespace with them


_CAPSET = 126 if kernel.MACHINE == "x86_64" else 91
_CAPABILITY_VERSION_3 = 0x20080522


def _drop_privileges() -> None:
    """No new privileges by exec, and no capabilities, also for root."""
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    for capability in range(64):
        try:
            kernel.prctl(kernel.PR_CAPBSET_DROP, capability)
        except OSError:
            break
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    empty = (ctypes.c_uint32 * 6)()
    kernel.call(_CAPSET, ctypes.cast(header, ctypes.c_void_p), ctypes.cast(empty, ctypes.c_void_p))


def program_files() -> tuple[Path, ...]:
    """What the interpreter and the imported libraries need to read: code and libraries, no configuration, no home."""
    paths = sysconfig.get_paths()
    places = {Path(paths[name]) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    places |= {Path(prefix) / "lib" for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    places |= {Path(folder) for name in ("openapi", "workers") for folder in sys.modules[name].__path__}
    places |= {Path(folder) for folder in ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/share", "/usr/local/lib")}
    places |= {Path(folder) for folder in os.environ.get("LD_LIBRARY_PATH", "").split(":") if folder}
    places |= _mapped_folders()
    files = ("/etc/ld.so.cache", "/etc/localtime", "/dev/urandom", "/dev/random", "/dev/zero")
    machine = ("/proc/cpuinfo", "/proc/meminfo", "/proc/self", "/sys/devices/system/cpu", "/sys/fs/cgroup")
    return tuple(sorted({*places, *map(Path, files), *map(Path, machine)}))


def cuda_files() -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """What CUDA needs beside `program_files`: paths to read, and devices."""
    read = tuple(map(Path, ("/proc", "/sys", "/usr/local", "/etc/OpenCL", "/run/nvidia-persistenced")))
    return read, tuple(sorted(Path("/dev").glob("nvidia*")))


def _mapped_folders() -> set[Path]:
    """Folders of the shared libraries that are loaded now."""
    lines = Path("/proc/self/maps").read_text().splitlines() if kernel.LINUX else []
    names = {line.split(maxsplit=5)[5] for line in lines if line.count("/") and ".so" in line}
    return {Path(name).parent for name in names if name.startswith("/") and Path(name).exists()}
