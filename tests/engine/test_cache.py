"""The worker's cache of inputs: checked, evicted, and harmless to a running job."""

import os
from pathlib import Path

import pytest

from openapi.wire.blob_names import BlobMissing
from openapi.wire.blobs import BlobStore
from openapi.wire.jobs import Blob
from openapi.wire.settings import Settings
from workers.cache import InputCache


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore.from_settings(Settings(data_dir=tmp_path))


def make(blobs: BlobStore, tmp_path: Path, size: int) -> InputCache:
    return InputCache(blobs, tmp_path / "cache", size)


def test_a_changed_file_is_fetched_again(blobs: BlobStore, tmp_path: Path) -> None:
    blob = blobs.put_bytes(b"right")
    cache = make(blobs, tmp_path, 100)
    cache.link(blob, tmp_path / "a")
    cached = tmp_path / "cache" / blob.sha256
    cached.unlink()
    cached.write_bytes(b"wrong")
    cache.link(blob, tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == b"right"
    cached.chmod(0o600)
    cached.write_bytes(b"truncated"[:3])
    make(blobs, tmp_path, 100).link(blob, tmp_path / "c")
    assert (tmp_path / "c").read_bytes() == b"right"


def test_the_least_recently_used_goes_first(blobs: BlobStore, tmp_path: Path) -> None:
    first, second, third = (blobs.put_bytes(bytes([n]) * 400) for n in range(3))
    cache = make(blobs, tmp_path, 1000)
    cache.link(first, tmp_path / "1")
    cache.link(second, tmp_path / "2")
    cache.link(first, tmp_path / "1 again")
    cache.link(third, tmp_path / "3")
    assert sorted(os.listdir(tmp_path / "cache")) == sorted([first.sha256, third.sha256])
    assert (tmp_path / "2").read_bytes() == bytes([1]) * 400, "a running job keeps its link"


def test_a_file_larger_than_the_cache_still_comes(blobs: BlobStore, tmp_path: Path) -> None:
    blob = blobs.put_bytes(bytes(500))
    make(blobs, tmp_path, 10).link(blob, tmp_path / "x")
    assert (tmp_path / "x").stat().st_size == 500


def test_what_is_not_there_is_said(blobs: BlobStore, tmp_path: Path) -> None:
    with pytest.raises(BlobMissing):
        make(blobs, tmp_path, 100).link(Blob(sha256="cd" * 32, size=1), tmp_path / "x")
    assert os.listdir(tmp_path / "cache") == []
