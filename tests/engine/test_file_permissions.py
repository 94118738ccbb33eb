"""What the service and its workers keep is for their user alone, whatever the umask."""

import asyncio
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from openapi.wire.blobs import BlobStore
from openapi.wire.jobs import ShardResult
from openapi.wire.private import private_folder
from openapi.wire.settings import Settings
from service.db.database import Database
from service.embedded import EmbeddedService
from workers.cache import InputCache

pytestmark = pytest.mark.slow


def open_to_others(folder: Path) -> list[str]:
    """What others may read, write or enter, below a folder and itself."""
    every = [folder, *folder.rglob("*")]
    return [str(p) for p in every if not p.is_symlink() and stat.S_IMODE(p.stat().st_mode) & 0o077]


@pytest.fixture(params=[0o000, 0o022, 0o777])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def test_blobs_databases_and_caches(umask: int, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "data"
    settings = Settings(data_dir=folder)
    store = BlobStore.from_settings(settings)
    blob = store.put_bytes(b"one")
    (tmp_path / "file").write_bytes(b"two") if umask != 0o777 else None
    if umask != 0o777:
        store.put_file(tmp_path / "file")

    async def sent() -> None:
        async def pieces() -> Iterator[bytes]:  # type: ignore[misc]
            yield b"three"

        await store.put_stream(pieces(), 100)  # type: ignore[arg-type]
        await store.check()
        database = Database(settings.sqlalchemy_url)
        await database.migrate()
        await database.close()

    asyncio.run(sent())
    store.put_result("ab" * 32, ShardResult(value={}))
    target = private_folder(tmp_path / "job") / "input"
    InputCache(store, settings.cache_dir / "inputs", 100).link(blob, target)
    assert target.read_bytes() == b"one"
    assert open_to_others(folder.parent) == []
    assert stat.S_IMODE((folder / "tremor.db").stat().st_mode) == 0o600
    assert {stat.S_IMODE(p.stat().st_mode) for p in (folder / "blobs").rglob("*") if p.is_file()} == {0o600}
    assert {stat.S_IMODE(p.stat().st_mode) for p in folder.rglob("*") if p.is_dir()} == {0o700}


def test_a_database_of_before_is_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    path.touch(0o644)
    Database(f"sqlite:///{path}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    assert stat.S_IMODE(private_folder(tmp_path).stat().st_mode) == 0o750


def test_a_running_service(tmp_path: Path) -> None:
    before = os.umask(0o000)
    try:
        with EmbeddedService(tmp_path / "data", workers=0):
            pass
    finally:
        os.umask(before)
    assert open_to_others(tmp_path / "data") == []
