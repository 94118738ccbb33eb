"""`tremor worker`: one worker alone. It becomes Celery's process; torch is imported in that one's children only."""

import contextlib
import importlib.util
import os
import socket
import sys

import click

from openapi.wire.settings import Settings
from service.cli.exits import CommandFailed


@click.command()
@click.option("--name", help="Name of this worker in heartbeats and logs [TREMOR_WORKER_ID, else host and process].")
def worker(name: str | None) -> None:
    """Run one worker: it takes shards from TREMOR_REDIS_URL and runs each in a confined process.

    TREMOR_DEVICE is auto, cpu or cuda; run one worker per GPU (CUDA_VISIBLE_DEVICES). With
    TREMOR_SANDBOX=required it ends with code 6 where files, network and system calls cannot all be confined, and
    /health/ready says why. SIGTERM or Ctrl-C has it give its shard back to the queue and end within seconds; a second
    one ends it at once. A worker holds no state: it may be killed at any moment, and what it was doing is done again.
    """
    from openapi.wire.delivery import QUEUES
    from openapi.wire.private import keep_private
    from service.cli.sandbox import load_settings, require_traces

    keep_private()
    if importlib.util.find_spec("torch") is None:
        raise click.ClickException("A worker needs torch: pip install 'tremor[worker]'")
    if name:
        os.environ["TREMOR_WORKER_ID"] = name
    settings = load_settings()
    require_traces()
    _check_sandbox(settings)
    program = [sys.executable, "-P", "-m", "celery", "--quiet", "--app", "workers.tasks", "worker"]
    options = {
        "--pool": "prefork",
        "--concurrency": "1",
        "--queues": ",".join(QUEUES.values()),
        "--hostname": f"{name or 'worker'}-{os.getpid()}@%h",
        "--loglevel": os.environ.get("TREMOR_LOG_LEVEL", "info"),
    }
    flags = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    os.execv(sys.executable, [*program, *(part for pair in options.items() for part in pair), *flags])


def _check_sandbox(settings: Settings) -> None:
    """Leave, and leave word, when this machine cannot confine jobs as the settings require."""
    from redis.exceptions import RedisError

    from openapi.wire.queue import QueueClient
    from service.cli.sandbox import require_sandbox

    if settings.sandbox != "required":
        return
    queue, name = QueueClient(settings), settings.worker_id or socket.gethostname()
    reason: str | None = None
    try:
        require_sandbox(settings)
    except CommandFailed as error:
        reason = error.message
        raise
    finally:
        with contextlib.suppress(RedisError, OSError):
            queue.refuse(name, reason)
        queue.close()
