"""The GPU check starts: reduced, on a CPU, every section of it runs and finds nothing wrong."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import torch

from tests.tools.gpu.scale import scale_for
from tests.tools.gpu_check import SECTIONS, run
from tests.tools.gpu_wheels import BROUGHT, CARRIED, pinned

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", sorted(SECTIONS))
def test_a_section_runs_on_a_cpu(tmp_path: Path, name: str) -> None:
    found = run(scale_for(torch.device("cpu")), [name], tmp_path)
    section = found["sections"][name]
    assert section["failed"] == []
    assert json.loads((tmp_path / "gpu_check.json").read_text())["sections"][name]["failed"] == []
    assert f"**{name}**" in (tmp_path / "gpu_check.md").read_text()


def test_a_section_that_raises_does_not_stop_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(scale: object) -> dict[str, object]:
        raise RuntimeError("no such kernel")

    monkeypatch.setitem(SECTIONS, "broken", broken)
    monkeypatch.setitem(SECTIONS, "whole", lambda scale: {"failed": []})
    found = run(scale_for(torch.device("cpu")), ["broken", "whole"], tmp_path)
    assert found["sections"]["broken"]["failed"] == ["RuntimeError: no such kernel"]
    assert found["sections"]["whole"]["failed"] == []


def test_what_is_carried_is_pinned() -> None:
    assert all("==" in line for line in pinned())


def test_all_that_a_worker_and_a_service_need_is_carried_or_brought() -> None:
    with (Path(__file__).parents[2] / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["worker"]]
    wanted += [line for line in project["optional-dependencies"]["serve"] if not line.startswith("tremor")]
    names = {re.split(r"[\[>=<]", line)[0].lower().replace("_", "-") for line in wanted}
    carried = {name.lower().replace("_", "-") for name in CARRIED}
    assert names <= carried | BROUGHT
    assert not carried & BROUGHT
