"""Content that the store has lost or damaged is an error at once, never half an answer with a good status."""

import os
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.service.conftest import World, audit, ended, upload
from tests.service.problems import is_problem

SMALL, LARGE = b"a file of few bytes", bytes(2 << 20)


def blob(world: World, sha256: str) -> Path:
    return world.settings.data_dir / "blobs" / "blobs" / sha256[:2] / sha256


def cut(path: Path) -> None:
    path.chmod(0o600)
    os.truncate(path, path.stat().st_size - 5)


def flip(path: Path) -> None:
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[0] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [Path.unlink, cut])
@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
def test_a_file_that_is_not_what_it_was_is_an_error_at_once(
    world: World, damage: Callable[[Path], None], data: bytes
) -> None:
    path = f"/v1/models/{upload(world.api, 'models', damage.__name__.encode() + data)}"
    damage(blob(world, world.api.get(path).json()["sha256"]))
    plain: dict[str, str] = {}
    for headers in (plain, {"Range": "bytes=0-3"}, {"Range": "bytes=-4"}):
        found = is_problem(world.api.get(f"{path}/content", headers=headers), 500, "content-lost")
        assert "tremor doctor" in found["detail"]
    assert world.api.head(f"{path}/content").status_code == 500


def test_the_same_upload_mends_it(world: World) -> None:
    path = f"/v1/models/{upload(world.api, 'models', b'mend me')}"
    stored = blob(world, world.api.get(path).json()["sha256"])
    stored.unlink()
    assert world.api.post("/v1/models", files={"file": ("some.bin", b"mend me")}).status_code == 200
    assert world.api.get(f"{path}/content").content == b"mend me"


@pytest.fixture(scope="module")
def audited(world: World) -> str:
    identity = audit(world.api, world.model, world.dataset)
    while world.api.get(f"/v1/audits/{identity}").json()["finished_at"] is None:
        for shard in world.worker.waiting(0.5):
            world.worker.do(shard)
    assert ended(world.api, f"audits/{identity}")["status"] == "succeeded"
    return identity


@pytest.mark.parametrize("damage", [flip, cut, Path.unlink])
def test_reports_likewise(world: World, audited: str, damage: Callable[[Path], None]) -> None:
    """In every form, and the samples: what is wrong with the bytes is found as well."""
    artifacts = world.api.get(f"/v1/audits/{audited}/artifacts").json()["items"]
    stored = {(item["kind"], item["format"]): blob(world, item["sha256"]) for item in artifacts}
    kept = {path: path.read_bytes() for path in stored.values()}

    def ask(path: str) -> httpx.Response:
        return world.api.get(f"/v1/audits/{audited}/{path}")

    try:
        for path in stored.values():
            damage(path)
        for name in ("report", "report.json", "report.html", "report.junit.xml", "report.sarif", "report.csv"):
            is_problem(ask(name), 500, "content-lost")
        is_problem(ask("samples"), 500, "content-lost")
    finally:
        for path, data in kept.items():
            path.unlink(missing_ok=True)
            path.write_bytes(data)
    assert ask("report").status_code == ask("samples").status_code == 200
