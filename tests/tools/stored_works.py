"""Stores a shard of each work that has none yet: `tests/openapi/test_stages.py` holds models against it from then on.

``python -m tests.tools.stored_works NAME [OPTIONS]`` audits a small net with the analysis of that name and its
options (JSON; its defaults where there are none), and adds a line for each of its works to
`tests/openapi/stored/analysis.json`. Lines that are there stay as they are.
"""

import argparse
import json
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

from openapi.analyses import ANALYSES, OWN
from openapi.stages.base import Stage
from openapi.wire.jobs import Limits
from service.orchestrator.plan import resolved
from tests.analyses.conftest import small_net
from tests.analyses.in_process import Audited

STORED = Path(__file__).parents[1] / "openapi" / "stored" / "analysis.json"


def rows(found: Audited, known: Collection[str]) -> list[dict[str, Any]]:
    """The first shard of each work of an audit that is not `known`, as it is told and what it found."""
    added: dict[str, dict[str, Any]] = {}
    for step in found.steps:
        work = str(step.params.dump().get("work"))
        if step.stage is Stage.ANALYSIS and work not in known and work not in added:
            shard = resolved(step.message("aud_1", "shd_1", Limits()), step.needs(), found.results)
            added[work] = {
                "stage": shard.stage,
                "message": shard.model_dump(mode="json"),
                "result_key": shard.result_key,
                "result": found.results[step.name].model_dump(mode="json"),
            }
    return list(added.values())


def main() -> None:
    """Add the rows of the analysis that the command names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=[*ANALYSES, *OWN])
    parser.add_argument("options", nargs="?", type=json.loads, default={})
    given = parser.parse_args()
    neurons: dict[str, Any] = {"steps": 3}
    asked = {given.name: given.options, "neurons": neurons}
    if given.name in ANALYSES:
        asked = {"neurons": {**neurons, given.name: given.options}}
    text = STORED.read_text(encoding="utf-8")
    known = {row["message"]["params"]["work"] for row in json.loads(text)}
    with tempfile.TemporaryDirectory() as folder:
        found = small_net(Path(folder)).audit(attacks=[{"name": "fgsm", "eps": 0.1}], **asked)
    added = rows(found, known)
    STORED.write_text(text.removesuffix("\n]\n") + "".join(f",\n{json.dumps(row)}" for row in added) + "\n]\n", "utf-8")
    print("added:", ", ".join(row["message"]["params"]["work"] for row in added) or "nothing")


if __name__ == "__main__":
    main()
