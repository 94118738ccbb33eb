"""Large files of commands go directly to the server's store where it offers that, and are taken up again."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from openapi.wire.settings import Settings
from service.app import create_app
from service.cli import uploads
from service.cli.client import Client
from service.cli.display import bars
from service.cli.exits import Exit
from service.cli.patience import Transient
from tests.cli.conftest import BusyWorker, begun, broker
from tests.service.conftest import Served
from tests.service.test_direct_uploads import FILE, SHA256, bucket, endpoint, installed, objects

__all__ = ["broker", "bucket", "endpoint", "installed"]


def test_a_file_goes_past_the_api_and_on_after_a_kill(
    installed: Settings, bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "_LARGE", 100_000)
    path = tmp_path / "large.npz"
    path.write_bytes(FILE)
    put, sent = Client.put, list[int]()

    def watched(self: Client, url: str, content: bytes) -> Any:
        if len(sent) == 2:
            sent.append(0)
            raise KeyboardInterrupt
        sent.append(len(content))
        if len(sent) == 4:
            raise Transient("the cable was cut", code=Exit.UPLOAD_REJECTED)
        return put(self, url, content)

    monkeypatch.setattr(Client, "put", watched)
    with BusyWorker(installed), Served(create_app(installed), settings=installed) as url, bars() as shown:
        for interrupted in (True, False):
            client = Client(url, patience=60)
            if interrupted:
                with pytest.raises(KeyboardInterrupt):
                    uploads.upload(client, "datasets", path, {}, shown)
                (item,) = client.call(begun).value.items
                assert (item.direct, item.sha256) == (True, SHA256)
            else:
                made = uploads.upload(client, "datasets", path, {}, shown)
                assert (made.sha256, made.status) == (SHA256, "ready")
                assert client.call(begun).value.items == []
            client.close()
    last = len(FILE) - 2 * (16 << 20)
    assert sent == [16 << 20, 16 << 20, 0, last, last]
    assert hashlib.sha256(FILE).hexdigest() == SHA256
    assert f"some/blobs/{SHA256[:2]}/{SHA256}" in objects(bucket, installed)
    assert not any("/uploads/" in key for key in objects(bucket, installed))
