"""The masks of an attack, in every way that they may be written in a request."""

from typing import Any

import pytest

from openapi.audits import AuditRequest
from service.fields import parse


def masked(mask: Any) -> Any:
    body = {"model_id": "m", "dataset_id": "d", "attacks": [{"name": "pgd", "mask": mask}]}
    (attack,) = parse(AuditRequest, body).attacks or ()
    return attack


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("eye", "eye"),
        (["eye", "ear"], "ear+eye"),
        (["ear", "eye", "ear"], "ear+eye"),
        ({"concepts": ["eye", "ear"]}, "ear+eye"),
        ({"concepts": ["eye"], "outside": True}, "outside eye"),
        ({"concepts": "eye", "outside": True}, "outside eye"),
        ({"artifact_id": "art_1"}, "vulnerable of art_1"),
        ({"artifact_id": "art_1", "array": "tried", "outside": True}, "outside tried of art_1"),
    ],
)
def test_one_region_has_one_name(written: Any, region: str) -> None:
    """However it is written: the order of names must not make two threat models of one region."""
    attack = masked(written)
    assert str(attack.mask) == region
    again = attack.mask.model_dump(mode="json")
    assert attack.threat_model == masked({**again, "concepts": [*reversed(again["concepts"])]}).threat_model
