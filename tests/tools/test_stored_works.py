"""What is stored of a work that has no row yet is the shard that an audit hands out, under the key of its result."""

import json
from pathlib import Path

import pytest

from openapi.wire.jobs import Shard
from tests.analyses.conftest import small_net
from tests.tools.stored_works import rows

pytestmark = pytest.mark.slow


def test_a_row_for_each_work_that_is_not_known(tmp_path: Path) -> None:
    neurons = {"steps": 1, "suppression": {"betas": [0], "repeats": 1, "max_samples": 4, "fraction": 0.5}}
    found = small_net(tmp_path).audit(attacks=[{"name": "fgsm", "eps": 0.1}], neurons=neurons)
    both = {row["message"]["params"]["work"]: row for row in rows(found, ())}
    assert set(both) == {"omega", "suppressed"}
    (row,) = rows(found, {"omega"})
    assert row == both["suppressed"] == json.loads(json.dumps(row))
    shard = Shard.model_validate(row["message"])
    assert shard.result_key == row["result_key"]
    assert shard.params["omega"] == both["omega"]["result"]["value"]["omega"], "it has what the step before found"
    assert row["result"] == found.results["suppressed.0.0"].model_dump(mode="json")
