"""Presets that ask for analyses of neurons, and what becomes of them where a model does not allow one."""

import pytest

from openapi.analyses import artifacts, further
from openapi.analyses.importance import IMPORTANCE
from openapi.audits import AuditRequest
from openapi.presets import PRESETS
from openapi.problems import InvalidField
from service.orchestrator.analyses import check_neurons, check_own, left_out
from service.orchestrator.requests import stored, with_attacks
from tests.analyses.in_process import InProcess

BODY = {"model_id": "m", "dataset_id": "d"}


@pytest.mark.parametrize("preset", PRESETS)
def test_what_a_preset_asks_for_is_what_its_entry_says_and_survives_storage(preset: str) -> None:
    filled = with_attacks(AuditRequest.model_validate({**BODY, "preset": preset}))
    again = AuditRequest.model_validate(stored(filled))
    assert again == filled
    assert again.neurons == PRESETS[preset].neurons
    assert again.max_samples == PRESETS[preset].max_samples
    assert (again.explain, again.regions) == (PRESETS[preset].explain, PRESETS[preset].regions)
    assert (again.explain is None) == (again.regions is None) == (preset not in ("paper", "deep"))
    assert not {"neurons", "explain", "regions", "max_samples"} & again.model_fields_set
    asked = [a.name for a in further() if a.asked(again.neurons) is not None]
    assert asked == ([a.name for a in further()] if preset in ("paper", "deep") else [])


def test_what_the_request_says_goes_before_the_preset() -> None:
    body = {**BODY, "preset": "deep", "neurons": {"steps": 3}, "max_samples": None}
    asked = with_attacks(AuditRequest.model_validate(body))
    assert asked.neurons is not None
    assert IMPORTANCE.asked(asked.neurons) is None
    assert asked.max_samples is None


def test_a_list_of_attacks_replaces_all_of_the_preset() -> None:
    filled = with_attacks(AuditRequest.model_validate({**BODY, "preset": "deep", "attacks": [{"name": "fgsm"}]}))
    assert filled == AuditRequest.model_validate(stored(filled))
    assert (filled.preset, filled.max_samples) == (None, None)
    assert IMPORTANCE.asked(filled.neurons) is None


def test_an_analysis_that_a_model_does_not_allow_is_left_out_with_the_reason(small: InProcess) -> None:
    wide = small.model.inspection.model_copy(update={"num_classes": 1000})
    model = type(small.model)(small.model.id, small.model.name, small.model.sha256, small.model.size, wide)
    asked = with_attacks(AuditRequest.model_validate({**BODY, "preset": "deep"}))
    kept = check_neurons(asked, model, small.data)
    assert IMPORTANCE.asked(kept.neurons) is None
    reasons = left_out(asked, kept, model, small.data)
    assert reasons is not None
    assert set(reasons) == {"importance", "similarity"}
    assert "1000 classes" in reasons["importance"]


def test_regions_that_cannot_be_searched_are_left_out_of_a_preset_and_refused_when_asked_for(small: InProcess) -> None:
    wide = small.data.inspection.model_copy(update={"shape": (9, 8, 8)})
    data = type(small.data)("dst_1", "set", "d" * 64, 1, wide, files=small.data.files)
    asked = with_attacks(AuditRequest.model_validate({**BODY, "preset": "deep"}))
    spec = small.model.inspection.input.model_copy(update={"shape": (9, 8, 8), "mean": None, "std": None})
    inspection = small.model.inspection.model_copy(update={"input": spec})
    model = type(small.model)("mdl_1", "net", small.model.sha256, small.model.size, inspection)
    kept = check_own(asked, model, data)
    assert kept.regions is None
    assert kept.explain is not None
    assert set(left_out(asked, kept, model, data) or ()) == {"regions", "explain.dissection"}
    with pytest.raises(InvalidField, match="corners"):
        check_own(AuditRequest.model_validate({**BODY, "regions": {}}), model, data)


def test_parts_that_cannot_be_done_leave_the_rest_of_a_preset(small: InProcess) -> None:
    asked = with_attacks(AuditRequest.model_validate({**BODY, "preset": "deep"}))
    kept = check_own(asked, small.model, small.data)
    assert asked.explain is not None
    assert kept.explain == asked.explain.model_copy(update={"dissection": None})  # the data carries no masks
    reasons = left_out(asked, kept, small.model, small.data) or {}
    assert {name: "carries no masks" in why for name, why in reasons.items()} == {"explain.dissection": True}
    silent = check_own(asked.model_copy(update={"neurons": None}), small.model, small.data)
    assert silent.explain is not None
    assert (silent.explain.masking, silent.explain.dissection) == (None, None)
    with pytest.raises(InvalidField, match="carries no masks"):
        check_own(AuditRequest.model_validate({**BODY, "explain": {"dissection": {}}}), small.model, small.data)


@pytest.mark.slow
def test_the_deep_preset_has_every_section(small: InProcess) -> None:
    found = small.audit(preset="deep", keep_examples=True)
    assert all(found.report["neurons"][a.name] is not None for a in further())
    assert found.report["explain"]["n"] > 0
    assert found.report["regions"]["n"] > 0
    assert [len(found.report["explain"][part]) > 1 for part in ("attacks", "masking")] == [True, True]
    assert "dissection left out: the data set 'set' carries no masks" in found.check("explain")["detail"]
    assert {check["status"] for check in found.report["checks"] if check["id"].startswith("neurons")} == {"pass"}
    left = {artifact["kind"] for artifact in found.report["artifacts"]}
    assert artifacts() == left - {"examples", "pairs"}
