"""The models of the stages hold what is stored: JSON of real shards, as it was written before there were models."""

import json
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from openapi.analyses import ANALYSES, OWN
from openapi.stages.analysis import WorkFile
from openapi.stages.attack import AttackFile
from openapi.stages.base import Stage
from openapi.stages.forms import form_of
from openapi.stages.harden import HardenFile
from openapi.stages.inspect_dataset import InspectDatasetFile
from openapi.stages.neurons import NeuronsFile
from openapi.stages.places import Place, Whose
from openapi.stages.prepare import PrepareFile
from openapi.stages.report import ReportFile, ReportParams
from openapi.wire.jobs import Shard

STORED = Path(__file__).parent / "stored"
FILES: dict[str, set[str]] = {
    Stage.INSPECT_MODEL: set(),
    Stage.INSPECT_DATASET: {*InspectDatasetFile},
    Stage.PREPARE: {*PrepareFile},
    Stage.ATTACK: {*AttackFile},
    Stage.TRANSFER: {AttackFile.SAMPLES},
    Stage.REPLAY: set(),
    Stage.NEURONS: {*NeuronsFile},
    Stage.ANALYSIS: {"sums_conv", "sums_act", *chain.from_iterable(WorkFile.__subclasses__())},
    Stage.HARDEN: {*HardenFile},
    Stage.REPORT: {*ReportFile},
}


def stored(stage: Stage) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((STORED / f"{stage}.json").read_text(encoding="utf-8"))
    assert found
    return found


@pytest.mark.parametrize("stage", list(Stage))
def test_stored_parameters_keep_their_json_and_their_result_key(stage: Stage) -> None:
    for row in stored(stage):
        shard = Shard.model_validate(row["message"])
        params = form_of(stage, shard.params).params.model_validate(shard.params).dump()
        assert json.dumps(params) == json.dumps(row["message"]["params"])
        assert shard.model_copy(update={"params": params}).result_key == row["result_key"]


@pytest.mark.parametrize("stage", list(Stage))
def test_stored_values_keep_their_json_and_files_their_keys(stage: Stage) -> None:
    results = [(row["message"]["params"], row["result"]) for row in stored(stage) if row["result"] is not None]
    assert results
    for params, result in results:
        assert json.dumps(form_of(stage, params).value.model_validate(result["value"]).dump()) == json.dumps(
            result["value"]
        )
        assert set(result["files"]) <= FILES[stage]


@pytest.mark.parametrize("stage", list(Stage))
def test_a_misspelt_parameter_is_refused(stage: Stage) -> None:
    params = stored(stage)[0]["message"]["params"]
    with pytest.raises(ValueError, match="sede"):
        form_of(stage, params).params.model_validate({**params, "sede": 1})


def test_places_are_read_back() -> None:
    for row in stored(Stage.REPORT):
        params = ReportParams.model_validate(row["message"]["params"])
        assert [str(place) for place in params.values] == list(row["message"]["params"]["values"])
        assert {str(Place.parse(name)) for name in row["message"]["inputs"] if name not in ("labels", "images")}
    assert Place.parse("after.worst.3.12") == Place(AttackFile.WORST, 12, 3, Whose.AFTER)
    assert Place.of_attack(3, 12).file(AttackFile.EXAMPLES) == Place.parse("examples.3.12")
    assert Place.parse("pairs.7") == Place.of_neurons(7).file(NeuronsFile.PAIRS)


@pytest.mark.parametrize(
    "name", ["", "labels", "samples", "samples.1", "sums.1.2", "samples.01.2", "samples.-1.2", "y.0"]
)
def test_other_names_are_no_places(name: str) -> None:
    with pytest.raises(ValueError):
        Place.parse(name)


def test_a_row_of_every_work_is_stored() -> None:
    """``python -m tests.tools.stored_works NAME`` adds what is missing for an analysis."""
    stored_works = {row["message"]["params"]["work"] for row in stored(Stage.ANALYSIS)}
    assert stored_works == {work.name for analysis in (*ANALYSES.values(), *OWN.values()) for work in analysis.works}


def test_a_work_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="'swep' is the work of no analysis; there are sweep"):
        form_of(Stage.ANALYSIS, {"work": "swep"})
