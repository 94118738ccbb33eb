"""Every attack that can be asked for has a place in the report."""

from pathlib import Path

import numpy as np
import pytest

from openapi.attacks import ATTACKS
from tests.workers.reports.planted import Planted, build
from workers.reports.formatting import attack_text, threat_text
from workers.reports.html import render

CUT = [(0, 60)]


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_distances_carry_the_norm_that_is_measured(tmp_path: Path, name: str) -> None:
    spec = ATTACKS[name].model_validate({})
    shards = Planted(tmp_path)
    shards.attack(0, np.arange(60) < 20, CUT)
    report = build(shards.params([spec], CUT, request={"neurons": None}), shards.inputs).report
    assert report.attacks[0].distance.norm == spec.measured_norm
    assert ATTACKS[name].summary in report.definitions[f"attacks.{name}"]
    text = attack_text(name, report.attacks[0].params)
    assert "_" not in text
    assert "=" not in threat_text(report.attacks[0]).replace("ε\u00a0=", "")
    assert text.replace("&", "&amp;") in render(report)
