"""TorchScript programs that were made to hurt. Each works on torch itself, when it is loaded or when it runs.

`outside` is a folder that no model has any business in: ``secret`` is to be read, ``victim`` overwritten, ``written``
made.
"""

import io
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn


class _Outside(nn.Module):
    """Knows its targets by attributes that are saved with it."""

    def __init__(self, outside: Path) -> None:
        super().__init__()
        self.secret = str(outside / "secret")
        self.victim = str(outside / "victim")
        self.written = str(outside / "written")
        self.weight = nn.Parameter(torch.ones(4))


class ReadsInForward(_Outside):
    """`torch.from_file` in forward: 16 bytes of a file become logits."""

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(1)[:, :4] * self.weight + torch.from_file(self.secret, False, 4)


class ReadsWhileLoading(nn.Module):
    """`torch.from_file` in `__setstate__`: the file is read by the mere loading of the archive."""

    def __init__(self, outside: Path) -> None:
        super().__init__()
        self.secret = str(outside / "secret")
        self.stolen = torch.zeros(4)

    @torch.jit.export
    def __getstate__(self) -> tuple[Tensor, str, bool]:
        return self.stolen, self.secret, self.training

    @torch.jit.export
    def __setstate__(self, state: tuple[Tensor, str, bool]) -> None:
        self.stolen = torch.from_file(state[1], False, 4)
        self.secret = state[1]
        self.training = state[2]

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(1)[:, :4] + self.stolen


class Saves(_Outside):
    """`aten::save` makes a file."""

    def forward(self, x: Tensor) -> Tensor:
        torch.save(x, self.written)
        return x.flatten(1)[:, :4] * self.weight


class WritesShared(_Outside):
    """`torch.from_file` with shared=True maps a file for writing, and makes it when there is none."""

    def forward(self, x: Tensor) -> Tensor:
        overwritten = torch.from_file(self.victim, True, 4).fill_(1.0)
        return x.flatten(1)[:, :4] * self.weight + overwritten + torch.from_file(self.written, True, 4).fill_(1.0)


class Forks(nn.Module):
    """Work on another thread, out of sight of whoever counts."""

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = torch.jit._wait(torch.jit._fork(torch.relu, x)).flatten(1)[:, :4]
        return logits


class Strides(nn.Module):
    """`as_strided` reads memory beyond its tensor."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.as_strided(x, [1, 4], [4, 1], 0)


class Endless(nn.Module):
    """A loop over Python numbers that never ends."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(12, 4)

    def forward(self, x: Tensor) -> Tensor:
        i = 0
        while i >= 0:
            i += 1
        logits: Tensor = self.fc(x.flatten(1))
        return logits


class _Stateful(nn.Module):
    """Knows one tensor, which its heirs put back in `__setstate__`."""

    def __init__(self) -> None:
        super().__init__()
        self.state = torch.zeros(1)

    @torch.jit.export
    def __getstate__(self) -> tuple[Tensor, bool]:
        return self.state, self.training

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(1) + self.state


class EndlessWhileLoading(_Stateful):
    """A loop in `__setstate__`: the loading of the archive never ends, and no interpreter of ours counts its turns."""

    @torch.jit.export
    def __setstate__(self, state: tuple[Tensor, bool]) -> None:
        self.state = state[0]
        self.training = state[1]
        i = 0
        while i >= 0:
            i = (i + 1) % 1000


class Hoards(nn.Module):
    """Allocates 256 MB a turn, and keeps it."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(12, 4)

    def forward(self, x: Tensor) -> Tensor:
        hoard = [torch.ones([67108864])]
        for _ in range(300):
            hoard.append(hoard[-1] + 1)
        logits: Tensor = self.fc(x.flatten(1)) * torch.stack(hoard).mean()
        return logits


class HoardsWhileLoading(_Stateful):
    """The same in `__setstate__`, where it happens before anything is translated."""

    @torch.jit.export
    def __setstate__(self, state: tuple[Tensor, bool]) -> None:
        self.state = state[0]
        self.training = state[1]
        hoard = [state[0]]
        for _ in range(100_000):
            hoard.append(torch.ones([16777216]))
        self.state = hoard[-1][:1]


def scripted(module: nn.Module) -> bytes:
    """The module as a scripted TorchScript archive."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.script(module.eval()), buffer)
    return buffer.getvalue()


def good_torchscript() -> bytes:
    """A small classifier of images (1, 2, 2)."""
    torch.manual_seed(0)
    return scripted(nn.Sequential(nn.Flatten(), nn.Linear(4, 3)))


def rewritten(archive: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """Copy an archive entry by entry; `change(name, content)` returns the new content, or None to leave it out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def with_entries(archive: bytes, entries: list[tuple[str | zipfile.ZipInfo, bytes]], *, packed: bool = False) -> bytes:
    """An archive with more entries behind its own."""
    buffer = io.BytesIO(archive)
    method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(buffer, "a") as opened, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in entries:
            opened.writestr(name, content, method)
    return buffer.getvalue()


def root(archive: bytes) -> str:
    """The name of the archive's top folder."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return opened.namelist()[0].partition("/")[0]


def deep_torchscript(layers: int) -> bytes:
    """A chain of `layers` activations: the sources of a traced one, with its line repeated."""

    class Chain(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return torch.relu(x).flatten(1)

    def change(name: str, content: bytes) -> bytes:
        if not name.endswith(".py"):
            return content
        return content.replace(b"torch.relu(x)", b"torch.relu(y)").replace(
            b"    return", b"    y = x\n" + b"    y = torch.relu(y)\n" * (layers - 1) + b"    return", 1
        )

    return rewritten(scripted(Chain()), change)
