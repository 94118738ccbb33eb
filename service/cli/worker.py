"""`tremor worker`: one worker alone. It becomes Celery's process; torch is imported in that one's children only."""

import importlib.util
import os
import sys

import click


@click.command()
@click.option("--name", help="Name of this worker in heartbeats and logs [TREMOR_WORKER_ID, else host and process].")
def worker(name: str | None) -> None:
    """Run one worker: it takes shards from TREMOR_REDIS_URL and runs each in a confined process.

    TREMOR_DEVICE is auto, cpu or cuda; run one worker per GPU (CUDA_VISIBLE_DEVICES). TREMOR_SANDBOX=required refuses
    to run jobs where files, network and system calls cannot all be confined. A worker holds no state: it may be killed
    at any moment, and what it was doing is done again.
    """
    from openapi.wire.queue import QUEUES

    if importlib.util.find_spec("torch") is None:
        raise click.ClickException("A worker needs torch: pip install 'tremor[worker]'")
    if name:
        os.environ["TREMOR_WORKER_ID"] = name
    # A polite end lets a shard that is nearly done finish, and gives any other back to the queue.
    os.environ.setdefault("REMAP_SIGTERM", "SIGQUIT")
    program = [sys.executable, "-P", "-m", "celery", "--quiet", "--app", "workers.tasks", "worker"]
    options = {
        "--pool": "prefork",
        "--concurrency": "1",
        "--queues": ",".join(QUEUES),
        "--hostname": f"{name or 'worker'}-{os.getpid()}@%h",
        "--loglevel": os.environ.get("TREMOR_LOG_LEVEL", "info"),
    }
    flags = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    os.execv(sys.executable, [*program, *(part for pair in options.items() for part in pair), *flags])
