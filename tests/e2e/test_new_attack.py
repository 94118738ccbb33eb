"""An attack that nobody knew, in two files of a copy of the tree: its options, and its function.

Nothing else is touched. It is then listed, can be asked for, runs, and stands in the report, its checks, its
definitions, the page and the table.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.e2e.client import DEMO

pytestmark = [pytest.mark.slow, pytest.mark.servers]

ROOT = Path(__file__).parents[2]
N = 24
OPTIONS = '''
"""Steps as long as the ball."""

from typing import ClassVar, Literal

from pydantic import Field

from openapi.attacks.base import EpsAttack, Facts


class Strides(EpsAttack):
    paper: ClassVar[str] = "Nobody 2026"
    summary: ClassVar[str] = "Steps as long as eps along the direction of the gradient."
    facts: ClassVar[Facts] = Facts("Great strides", turn=35, climbs="many steps")

    name: Literal["strides"] = "strides"
    steps: int = Field(2, ge=1, description="Steps")
'''
FUNCTION = '''
"""Steps as long as the ball."""

from openapi.attacks.strides import Strides
from workers.attacks.engine.batch import Batch
from workers.attacks.maths.balls import ball
from workers.attacks.maths.losses import log_odds
from workers.attacks.registry import implements


@implements(Strides)
def strides(batch: Batch, spec: Strides) -> None:
    rows = batch.active()
    space = ball(batch.x[rows], spec.eps, spec.norm)
    x = space.x.clone()
    for _ in range(spec.steps):
        _, _, grad = batch.gradient(x, log_odds, rows, batch.y[rows])
        x = space.project(x + space.eps * space.direction(grad))
    batch.leave(rows, x, spec.steps)
'''


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    for room in ("openapi", "service", "workers"):
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "openapi/attacks/strides.py").write_text(OPTIONS)
    (folder / "workers/attacks/ball/strides.py").write_text(FUNCTION)
    with np.load(DEMO / "holdout.npz") as data:
        np.savez(folder / "images.npz", x=data["x"][:N], y=data["y"][:N])
    python(folder, "-m", "service.cli.main", "openapi")  # as `make openapi` does: the typed client learns of it
    return folder


def python(tree: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "PYTHONPATH": str(tree), "TREMOR_THREADS": "1"}
    return subprocess.run(
        [sys.executable, "-P", *arguments], cwd=tree, env=env, capture_output=True, text=True, timeout=300, check=True
    )


def test_the_contract_knows_it(tree: Path) -> None:
    code = """
import json, openapi
from openapi.attacks import ATTACK_ADAPTER
from openapi.audits import AuditRequest
from openapi.survivors import predecessors
properties = json.dumps(AuditRequest.model_json_schema()["properties"]["attacks"])
specs = [ATTACK_ADAPTER.validate_python({"name": name}) for name in ("apgd", "strides", "fgsm")]
print(json.dumps([openapi.__file__, "Strides" in properties, predecessors(specs)]))
"""
    where, can_be_asked_for, before = json.loads(python(tree, "-c", code).stdout)
    assert where.startswith(str(tree)), "the copy is what runs"
    assert can_be_asked_for
    assert before == [[2, 1], [2], []], "its turn is between fgsm's and apgd's"


def test_it_runs_and_is_told_of_everywhere(tree: Path) -> None:
    code = """
import subprocess, sys, httpx
from service.embedded import EmbeddedService
with EmbeddedService(sys.argv[1]) as running:
    print(httpx.get(running.url + "/v1/attacks").text)
    command = [sys.executable, "-P", "-m", "service.cli.main", "audit", "--server", running.url, *sys.argv[2:]]
    sys.exit(subprocess.call(command, stdout=sys.stderr))
"""
    attacks = [f"--attack={name}" for name in ("fgsm:eps=9/255", "strides:eps=9/255", "strides:eps=0.5/255")]
    model = [str(DEMO / "small_vgg.onnx"), "images.npz", "--input", '{"mean": [0.286], "std": [0.353]}']
    said = python(tree, "-c", code, str(tree / "data"), *model, *attacks, "--neurons", "null", "--out", "out")

    (told,) = [item for item in json.loads(said.stdout)["items"] if item["name"] == "strides"]
    assert (told["paper"], told["threat_model"]) == ("Nobody 2026", "linf eps=0.0313725")
    assert (told["defaults"]["steps"], told["black_box"]) == (2, False)

    assert "strides-linf-0.002-2" in said.stderr, "a row of the table"
    assert "worst case, L∞, ε\u00a0=\u00a00.5/255" in said.stderr

    (found,) = (tree / "out").rglob("report.json")
    report = json.loads(found.read_text())
    fgsm, strides, weak = report["attacks"]
    assert (strides["name"], strides["params"]["steps"]) == ("strides", 2)
    assert (weak["threat"]["eps"], weak["params"]["eps"]) == (0.5 / 255, 0.5 / 255)
    assert strides["robust"] <= weak["robust"] <= N
    assert "(Nobody 2026)" in report["definitions"]["attacks.strides"]
    assert "Great strides, 2 steps" in found.with_name("report.html").read_text()

    checks = {check["id"]: check["numbers"] for check in report["checks"]}
    (compared,) = checks["iterative-beats-single-step"]["comparisons"]
    assert (compared["weaker"], compared["stronger"]) == (fgsm["id"], strides["id"])
    (compared,) = checks["larger-eps-never-helps"]["comparisons"]
    assert (compared["weaker"], compared["stronger"]) == (weak["id"], strides["id"])
    assert 0 < checks["inside-the-ball"]["distance_over_eps"][strides["id"]] <= 1 + 1e-6
