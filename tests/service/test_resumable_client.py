"""tus-js-client, as published, against API processes that are killed: what was acknowledged is never sent again."""

import asyncio
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from openapi.wire.settings import Settings
from service.db.database import Database
from service.embedded.broker import Broker
from service.embedded.children import kill_group, spawn
from service.resumable.service import PART
from tests.deploy.topology import Relay
from tests.page.tools import FOLDER, NODE, PACKAGES
from tests.ports import free_port
from tests.service.conftest import flush, make_settings
from tests.service.test_resumable import let_expire
from tests.service.tus import KIND, VERSION, begin, make, offset, send

_PATIENCE = 240.0
DATA = b"".join(hashlib.sha256(b"%d" % i).digest() for i in range(40_000))
CHUNK = 500_000


class Apis:
    """Two API processes on one installation, behind a balancer that takes turns."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self.settings, self._log = settings, log
        self._ports = [free_port(), free_port()]
        self._children: dict[int, subprocess.Popen[bytes]] = {}
        self.relay = Relay(self._ports)
        self.url = f"http://127.0.0.1:{self.relay.port}"

    def start(self) -> None:
        """Start those that are not there."""
        ours = {
            "TREMOR_DATA_DIR": str(self.settings.data_dir),
            "TREMOR_REDIS_URL": self.settings.redis,
            "TREMOR_MIN_FREE_BYTES": "0",
            "TREMOR_HOST": "127.0.0.1",
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("TREMOR_")}
        program = [sys.executable, "-m", "service.cli.main", "api"]
        with self._log.open("ab") as log:
            for port in set(self._ports) - set(self._children):
                env = {**inherited, **ours, "TREMOR_PORT": str(port)}
                self._children[port] = spawn(program, env=env, output=log.fileno())
        end = time.monotonic() + _PATIENCE
        for port in self._ports:
            while not _lives(port):
                assert time.monotonic() < end, self._log.read_text()
                assert self._children[port].poll() is None, self._log.read_text()
                time.sleep(0.05)

    def kill(self) -> None:
        """End them as a loss of power does."""
        for child in self._children.values():
            kill_group(child)
            child.wait()
        self._children.clear()

    def close(self) -> None:
        self.kill()
        self.relay.close()


def _lives(port: int) -> bool:
    with suppress(httpx.HTTPError):
        return httpx.get(f"http://127.0.0.1:{port}/health/live", timeout=30).status_code == 200
    return False


@pytest.fixture(scope="module")
def apis(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apis]:
    folder = tmp_path_factory.mktemp("apis")
    settings = make_settings(broker, folder, db=6)
    flush(settings)
    found = Apis(settings, folder / "log")
    try:
        asyncio.run(_migrate(settings))
        found.start()
        yield found
    finally:
        found.close()


async def _migrate(settings: Settings) -> None:
    database = Database(settings.sqlalchemy_url)
    await database.migrate()
    await database.close()


@pytest.fixture
def api(apis: Apis) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=apis.url, timeout=120, headers={"Connection": "close"}) as client:
        yield client


class Node:
    """tus-js-client in a process of its own, which goes on when it is told (see `tests/page/tus.mjs`)."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def told(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the client has ended"
        found: dict[str, Any] = json.loads(line)
        return found

    def say(self, order: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()

    def rest(self) -> dict[str, Any]:
        """Let it go on to its end; returns the last that it tells."""
        while "part" in (found := self.told()):
            self.say("go")
        return found


@contextmanager
def client(apis: Apis, folder: Path) -> Iterator[Node]:
    assert (PACKAGES / "tus-js-client").is_dir(), "the packages of the page's tests are not installed: make setup"
    file = folder / "file"
    file.write_bytes(DATA)
    command = [str(NODE), "tus.mjs", f"{apis.url}/v1/uploads", str(file), str(CHUNK)]
    process = subprocess.Popen(command, cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        with process:
            yield Node(process)
    finally:
        process.kill()


def check(api: httpx.Client, url: str) -> None:
    """What was sent is the file, byte for byte."""
    made = make(api, "models", urlsplit(url).path, {"tags": {"of": url}})
    assert made.status_code == 201, made.text
    assert made.json()["name"] == "from-node.bin"
    assert api.get(f"/v1/models/{made.json()['id']}/content").content == DATA


def test_paused_killed_and_resumed(apis: Apis, api: httpx.Client, tmp_path: Path) -> None:
    with client(apis, tmp_path) as node:
        assert node.told()["part"] == 0
        node.say("pause")
        assert node.told() == {"paused": CHUNK}
        apis.kill()
        node.say("again")  # it finds nobody, and tries again by itself
        apis.start()
        assert node.told()["part"] == CHUNK, "what was acknowledged is not sent again"
        node.say("go")
        check(api, node.rest()["done"])


def test_a_wrong_checksum_and_then_a_right_one(apis: Apis, api: httpx.Client, tmp_path: Path) -> None:
    with client(apis, tmp_path) as node:
        for place, order in ((0, "go"), (CHUNK, "wrong")):
            assert node.told()["part"] == place
            node.say(order)
        assert node.told() == {"error": 460}
        node.say("again")
        assert node.told()["part"] == CHUNK, "the wrong part was thrown away"
        node.say("go")
        check(api, node.rest()["done"])


def test_an_upload_that_has_expired_is_begun_anew(apis: Apis, api: httpx.Client, tmp_path: Path) -> None:
    with client(apis, tmp_path) as node:
        first = node.told()["url"]
        node.say("pause")
        assert node.told() == {"paused": CHUNK}
        asyncio.run(let_expire(apis.settings, first.rpartition("/")[2]))
        node.say("again")
        anew = node.told()
        assert anew["part"] == 0
        assert anew["url"] != first
        node.say("go")
        check(api, node.rest()["done"])


def test_killed_in_the_middle_of_a_part_it_keeps_what_it_had_acknowledged(apis: Apis, api: httpx.Client) -> None:
    data = hashlib.sha512(b"large").digest() * (3 * PART // 64)
    path = begin(api, len(data))

    def body() -> Iterator[bytes]:
        """A part of the whole file that is cut by the kill: two thirds have been sent, and one is known to be kept."""
        yield data[: 2 * PART]
        end = time.monotonic() + _PATIENCE
        while offset(api, path) < PART:
            assert time.monotonic() < end
            time.sleep(0.02)
        apis.kill()
        yield data[2 * PART :]

    with pytest.raises(httpx.TransportError), httpx.Client(base_url=apis.url, timeout=120) as other:
        send(other, path, 0, body())
    apis.start()
    kept = offset(api, path)
    assert kept in (PART, 2 * PART)
    answer = api.patch(path, content=data[kept:], headers={**VERSION, **KIND, "Upload-Offset": str(kept)})
    assert answer.status_code == 204, answer.text
    made = make(api, "datasets", path)
    assert made.json()["sha256"] == hashlib.sha256(data).hexdigest()
