"""The service does what its document says, and its document says what it does."""

from pathlib import Path

import pytest

from service.embedded.broker import Broker
from tests.service.conftest import flush, make_settings
from tests.tools.contract.service import LARGE, try_contract, working

PARTS = {
    "limits": ["--phases=coverage", *(f"--exclude-operation-id={name}" for name in LARGE)],
    "random and in sequence": ["--phases=examples,fuzzing,stateful", "--max-examples=4"],
}


@pytest.mark.parametrize("part", PARTS)
def test_the_document_holds(broker: Broker, tmp_path: Path, part: str) -> None:
    settings = make_settings(broker, tmp_path, db=4)
    flush(settings)
    with working(settings) as (url, ids):
        found = try_contract(url, ids, "--generation-deterministic", *PARTS[part])
    assert found.returncode == 0, found.stdout + found.stderr
    assert " generated" in found.stdout
