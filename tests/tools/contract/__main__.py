"""The running service against its own OpenAPI document, by schemathesis with every check.

``python -m tests.tools.contract`` runs all phases in about three minutes (arguments are schemathesis' own, e.g.
``--max-examples 200``); the suite runs a part that takes less than one.
"""

import sys
import tempfile
from pathlib import Path

from service.embedded.broker import Broker
from tests.service.conftest import make_settings
from tests.tools.contract.service import try_contract, working


def main() -> int:
    """Try everything; return schemathesis' exit code."""
    with tempfile.TemporaryDirectory() as folder:
        broker = Broker(Path(folder) / "valkey")
        broker.start()
        try:
            with working(make_settings(broker, Path(folder) / "data")) as (url, ids):
                found = try_contract(url, ids, *(sys.argv[1:] or ("--max-examples=50",)))
        finally:
            broker.stop()
    print(found.stdout, found.stderr)
    return found.returncode


if __name__ == "__main__":
    sys.exit(main())
