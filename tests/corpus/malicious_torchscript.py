"""TorchScript files that were made to hurt; the programs in them lie in `torchscript`."""

import pickle
import stat
import struct
import zipfile
from pathlib import Path
from random import Random

from tests.corpus import torchscript
from tests.corpus.malice import Malice, Payload, listing
from tests.corpus.torchscript import deep_torchscript, good_torchscript, rewritten, root, scripted, with_entries

FILES: list[Malice] = []
_listed = listing(FILES, "models")
_IMAGE = {"input": {"shape": [3, 2, 2]}}


@_listed("model-unsafe", "aten::from_file", **_IMAGE)
def reads_in_forward(outside: Path) -> bytes:
    """`torch.from_file` in forward."""
    return scripted(torchscript.ReadsInForward(outside))


@_listed("model-unsafe", "aten::from_file", **_IMAGE)
def reads_while_loading(outside: Path) -> bytes:
    """`torch.from_file` in `__setstate__`."""
    return scripted(torchscript.ReadsWhileLoading(outside))


@_listed("model-unsafe", "aten::save", **_IMAGE)
def saves(outside: Path) -> bytes:
    """`aten::save` to a path of its choice."""
    return scripted(torchscript.Saves(outside))


@_listed("model-unsafe", "aten::from_file", **_IMAGE)
def writes_shared(outside: Path) -> bytes:
    """`torch.from_file` with shared=True: writes through a mapping."""
    return scripted(torchscript.WritesShared(outside))


@_listed("model-unsafe", "system")
def pickle_payload(outside: Path) -> bytes:
    """A pickle that runs a shell command, in the place of a model's structure."""
    payload = pickle.dumps(Payload(outside), protocol=2)
    return rewritten(good_torchscript(), lambda name, content: payload if name.endswith("/data.pkl") else content)


@_listed("model-malformed", "never loaded")
def bare_pickle(outside: Path) -> bytes:
    """The same without an archive around it, as torch.load would take it."""
    return pickle.dumps(Payload(outside), protocol=2)


@_listed("model-unsafe", "inflates")
def zip_bomb(outside: Path) -> bytes:
    """50 MB of zeros in 50 kB."""
    good = good_torchscript()
    return with_entries(good, [(f"{root(good)}/data/900", bytes(50_000_000))], packed=True)


@_listed("model-unsafe", "outside the archive")
def path_traversal(outside: Path) -> bytes:
    """An entry whose name leads out of any folder."""
    return with_entries(good_torchscript(), [("archive/../../../../../.." + str(outside / "written"), b"x")])


@_listed("model-unsafe", "symbolic link")
def symlink_entry(outside: Path) -> bytes:
    """An entry that is a link to a file outside."""
    good = good_torchscript()
    link = zipfile.ZipInfo(f"{root(good)}/data/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    return with_entries(good, [(link, str(outside / "secret").encode())])


@_listed("model-malformed", "damaged")
def truncated(outside: Path) -> bytes:
    """The first two thirds of a model."""
    good = good_torchscript()
    return good[: len(good) * 2 // 3]


@_listed("model-malformed", "neither ONNX nor TorchScript")
def random_bytes(outside: Path) -> bytes:
    """100 kB of noise."""
    return b"\xff" + Random(0).randbytes(100_000)


@_listed("model-malformed", "damaged")
def flipped_byte(outside: Path) -> bytes:
    """A valid file with one byte of its sources flipped."""
    good = bytearray(rewritten(good_torchscript(), lambda name, content: content))
    good[good.index(b"torch.linear")] ^= 1
    return bytes(good)


@_listed("model-malformed", "which has 4")
def short_storage(outside: Path) -> bytes:
    """Weights that are declared larger than their bytes: torch would read the memory behind them."""
    return rewritten(good_torchscript(), lambda name, content: content[:4] if "/data/" in name else content)


@_listed("model-unsafe", "10,001 tensor operators", **_IMAGE)
def ten_thousand_layers(outside: Path) -> bytes:
    """A TorchScript net of 10,000 activations."""
    return deep_torchscript(10_000)


@_listed("model-numerics", "NaN", input={"shape": [1, 2, 2]})
def nan_weights(outside: Path) -> bytes:
    """A model whose weights are NaN."""
    nan = struct.pack("<f", float("nan"))
    return rewritten(
        good_torchscript(), lambda name, content: nan * (len(content) // 4) if "/data/" in name else content
    )


@_listed("model-rejected", "loop does not end", **_IMAGE)
def endless_loop(outside: Path) -> bytes:
    """A loop in forward that never ends."""
    return scripted(torchscript.Endless())


@_listed("time-limit", "TREMOR_INSPECT_WALL_SECONDS", **_IMAGE)
def endless_loop_while_loading(outside: Path) -> bytes:
    """A loop in `__setstate__`, which torch runs while it loads."""
    return scripted(torchscript.EndlessWhileLoading())


@_listed("memory-limit|time-limit", "memory|longer", **_IMAGE)
def allocation_bomb(outside: Path) -> bytes:
    """77 GB of tensors in forward, from 2 kB."""
    return scripted(torchscript.Hoards())


@_listed("memory-limit|time-limit", "memory|longer", **_IMAGE)
def allocation_bomb_while_loading(outside: Path) -> bytes:
    """The same in `__setstate__`."""
    return scripted(torchscript.HoardsWhileLoading())
