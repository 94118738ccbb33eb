"""A service whose jobs end, and schemathesis beside it."""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from openapi.problems import problem
from openapi.wire.settings import Settings
from tests.service.conftest import ready, running
from tests.service.worker import ProtocolWorker

HERE = Path(__file__).parent
#: Operations whose bodies are large: a walk through every limit of every field takes minutes.
LARGE = ("createAudit", "createHardening")


@contextmanager
def working(settings: Settings) -> Iterator[tuple[str, dict[str, str]]]:
    """A service whose jobs end, and ids of a ready model and data set; yields its address and the ids."""
    worker = ProtocolWorker(settings)
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            for shard in worker.waiting(0.5):
                if hasattr(worker, f"_{shard.stage}"):
                    worker.do(shard)
                else:  # of analyses it knows nothing: their jobs end all the same
                    worker.fail(shard, problem("job-failed", "this worker makes no analyses"))

    with running(settings) as api:
        model, dataset = ready(api, worker)
        thread = threading.Thread(target=work)
        thread.start()
        try:
            api.get("/schema/openapi.json")  # made now, and kept: schemathesis waits for it for ten seconds
            yield str(api.base_url), {"TRIED_MODEL": model, "TRIED_DATASET": dataset}
        finally:
            stop.set()
            thread.join()
    worker.close()


def try_contract(url: str, ids: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run schemathesis on a service."""
    command = [str(Path(sys.executable).with_name("st")), f"--config-file={HERE / 'schemathesis.toml'}", "run"]
    options = ["--continue-on-failure", "--no-color", *arguments]
    environment = {**os.environ, **ids, "SCHEMATHESIS_HOOKS": "tests.tools.contract.hooks", "COLUMNS": "120"}
    with tempfile.TemporaryDirectory() as folder:  # it keeps notes where it runs
        environment["PYTHONPATH"] = str(HERE.parents[2])
        return subprocess.run(
            [*command, f"{url.rstrip('/')}/schema/openapi.json", *options],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
