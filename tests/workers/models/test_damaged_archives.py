"""TorchScript archives whose entries are hostile or damaged, each refused before anything of them is loaded."""

import contextlib
import pickle
import random
import stat
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest

from openapi.problems import ModelMalformed, ModelRejected, ModelUnsafe
from tests.workers.models.admitted import refused, rewrite
from tests.workers.models.nets import ConvNet, save_script, settled
from workers.models.torchscript.frontend import admit

pytestmark = pytest.mark.slow


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return save_script(settled(ConvNet()), tmp_path / "good.pt")


class Payload:
    def __reduce__(self) -> tuple[Any, ...]:
        return (print, ("owned",))


@pytest.mark.parametrize("entry", ["data.pkl", "constants.pkl", "attributes.pkl"])
def test_pickle_payload(good: Path, tmp_path: Path, entry: str, capsys: pytest.CaptureFixture[str]) -> None:
    payload = pickle.dumps(Payload(), protocol=2)

    def change(name: str, content: bytes) -> bytes:
        return payload if name.endswith("/data.pkl") and entry == "data.pkl" else content

    path = rewrite(good, tmp_path / "payload.pt", change)
    if entry != "data.pkl":
        with zipfile.ZipFile(path, "a") as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            archive.writestr(f"good/{entry.replace('constants', 'constants2')}", payload)
    error = refused(path, ModelUnsafe, r"builtins.print|__builtin__.print")
    assert error.extra["entry"].endswith(".pkl")
    assert "owned" not in capsys.readouterr().out


def test_pickle_of_a_newer_protocol(good: Path, tmp_path: Path) -> None:
    payload = pickle.dumps(Payload(), protocol=4)
    path = rewrite(good, tmp_path / "p4.pt", lambda n, c: payload if n.endswith("/data.pkl") else c)
    refused(path, ModelUnsafe, "STACK_GLOBAL")


def test_zip_bomb(good: Path, tmp_path: Path) -> None:
    path = rewrite(good, tmp_path / "bomb.pt", lambda n, c: c)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("good/data/900", bytes(50_000_000))
    assert path.stat().st_size < 1_000_000
    refused(path, ModelUnsafe, "inflates")


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "good/../../outside", "good\\..\\x"])
def test_traversal(good: Path, tmp_path: Path, name: str) -> None:
    path = rewrite(good, tmp_path / "t.pt", lambda n, c: c)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, b"x")
    error = refused(path, ModelUnsafe, "outside")
    assert error.extra["entry"] == name


def test_symbolic_link(good: Path, tmp_path: Path) -> None:
    path = rewrite(good, tmp_path / "t.pt", lambda n, c: c)
    info = zipfile.ZipInfo("good/data/link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(info, "/etc/passwd")
    refused(path, ModelUnsafe, "symbolic link")


def test_duplicate_entry(good: Path, tmp_path: Path) -> None:
    path = rewrite(good, tmp_path / "t.pt", lambda n, c: c)
    with zipfile.ZipFile(path, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("good/data.pkl", b"x")
    refused(path, ModelUnsafe, "twice")


def test_strange_file_under_code(good: Path, tmp_path: Path) -> None:
    path = rewrite(good, tmp_path / "t.pt", lambda n, c: c)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("good/code/__torch__/x.so", b"\x7fELF")
    refused(path, ModelUnsafe, "neither source")


def test_truncated_and_damaged(good: Path, tmp_path: Path) -> None:
    content = good.read_bytes()
    rng = random.Random(0)
    for i in range(40):
        if i < 8:
            damaged = content[: rng.randrange(len(content))]
        else:
            mutated = bytearray(content)
            mutated[rng.randrange(len(mutated))] ^= 1 << rng.randrange(8)
            damaged = bytes(mutated)
        path = tmp_path / "damaged.pt"
        path.write_bytes(damaged)
        with contextlib.suppress(ModelRejected):  # nothing else may come out
            admit(path)
    path.write_bytes(content[:-30])
    refused(path, ModelMalformed, "damaged")


def test_an_entry_name_that_is_no_text(good: Path, tmp_path: Path) -> None:
    """A directory entry may say that its name is UTF-8 when it is not."""
    content = bytearray(good.read_bytes())
    entry = content.index(b"PK\x01\x02")
    content[entry + 9] |= 0x08  # flag 0x800: the name is UTF-8
    content[entry + 46] = 0xAD  # which no UTF-8 text begins with
    path = tmp_path / "name.pt"
    path.write_bytes(content)
    refused(path, ModelMalformed, "damaged")


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04", bytes(range(256))])
def test_not_a_model(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    path.write_bytes(content)
    refused(path, ModelMalformed, "empty|neither|damaged")
