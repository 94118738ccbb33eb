"""An eps or a step that rounding undoes is refused, and the field is named."""

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from openapi.audits import AuditRequest
from openapi.base import LEAST_CHANGE
from openapi.hardenings import HardeningRequest
from openapi.threat_models import ThreatModel


def test_the_least_change_is_where_float32_begins_to_move() -> None:
    bright = np.linspace(0.5, 1, 1001, dtype=np.float32)[1:]
    assert (bright - np.float32(LEAST_CHANGE * 0.99) == bright).all()
    assert (bright - np.float32(LEAST_CHANGE * 1.01) != bright).all()


@pytest.mark.parametrize(
    "attack",
    [
        {"name": "pgd", "eps": 1e-300},
        {"name": "fgsm", "eps": 1e-9},
        {"name": "fgsm", "eps": "1e-9/1"},
        {"name": "pgd", "norm": "l2", "eps": 1e-9},
        {"name": "pgd", "step_size": 1e-300},
        {"name": "ifgsm", "step_size": 1e-9},
        {"name": "fmn", "step_size": 1e-300},
        {"name": "ddn", "init_eps": 1e-300},
        {"name": "strattack", "max_change": 1e-9},
    ],
    ids=str,
)
def test_an_attack_that_changes_nothing_is_refused(attack: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="changes nothing: pixels are float32") as error:
        AuditRequest.model_validate({"model_id": "m", "dataset_id": "d", "attacks": [attack]})
    assert error.value.errors()[0]["loc"][-1] == [*attack][-1]


def test_so_are_analyses_and_hardenings() -> None:
    for field in ("eps", "step_size"):
        with pytest.raises(ValidationError, match="changes nothing"):
            AuditRequest.model_validate({"model_id": "m", "dataset_id": "d", "neurons": {field: 1e-9}})
        with pytest.raises(ValidationError, match="changes nothing"):
            HardeningRequest.model_validate({"model_id": "m", "train_dataset_id": "d", "method": "at", field: 1e-9})


def test_what_was_reported_before_is_still_read() -> None:
    assert ThreatModel(kind="ball", norm="linf", eps=1e-9).eps == 1e-9
