"""The typed client sends what it was told: requests come out of its classes as they went in."""

import json
import subprocess
import sys
from typing import Any

import pytest

from openapi.attacks import ATTACKS
from openapi.audits import AuditRequest
from openapi.client.models import (
    AuditRequestInput,
    DatasetMetadataInput,
    HardeningRequestInput,
    ModelMetadata,
    PolicyRequest,
)
from openapi.hardening_methods import METHODS
from openapi.hardenings import HardeningRequest
from openapi.presets import PRESETS
from service.catalog.controller import attack_info

AUDIT = {"model_id": "mdl_x", "dataset_id": "dst_x"}
HARDENING = {"model_id": "mdl_x", "train_dataset_id": "dst_x"}
WHOLE = {
    **AUDIT,
    "neurons": {},
    "explain": {},
    "regions": {},
    "harden": {"method": "sns", "train_dataset_id": "dst_y"},
    "policy": {"rules": [{"metric": "clean.accuracy", "op": ">=", "value": 0.4}]},
}


def same(kind: Any, body: Any) -> None:
    """Hold what is sent of a request against what was written."""
    plain = json.loads(json.dumps(body))
    assert json.loads(json.dumps(kind.from_dict(plain).to_dict())) == plain


def dumped(kind: Any, body: Any) -> Any:
    """A request with every field that it may have."""
    return kind.model_validate(body).model_dump(mode="json", by_alias=True)


@pytest.mark.parametrize("name", ATTACKS)
def test_every_attack(name: str) -> None:
    defaults = attack_info(ATTACKS[name]).model_dump(mode="json")["defaults"]
    for attack in ({"name": name}, defaults):
        same(AuditRequestInput, {**AUDIT, "attacks": [attack, {"name": "pgd", "eps": "8/255", "norm": "l2"}]})


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset(preset: str) -> None:
    more = {"neurons": None, "seed": 3, "samples": [0, 5], "labels": {"team": "vision"}}
    same(AuditRequestInput, {**AUDIT, "preset": preset, **more})


def test_a_whole_audit() -> None:
    same(AuditRequestInput, WHOLE)
    same(AuditRequestInput, dumped(AuditRequest, WHOLE))


@pytest.mark.parametrize("method", METHODS)
def test_every_hardening_method(method: str) -> None:
    body = {**HARDENING, "method": method, "validation": 0.1, "lambda": 0.5}
    same(HardeningRequestInput, body)
    same(HardeningRequestInput, dumped(HardeningRequest, body))


def test_metadata_and_policies() -> None:
    same(ModelMetadata, {"input": {"mean": [0.5], "std": [0.25], "shape": [1, 28, 28]}, "labels": ["cat", "dog"]})
    same(ModelMetadata, {"name": "m", "tags": {"stage": "canary"}})
    same(DatasetMetadataInput, {"resize": {"size": 256, "crop": 224}, "split": "test"})
    rules = [{"metric": "worst_case.robust_accuracy", "op": ">=", "value": 0.4}]
    same(PolicyRequest, {"name": "p", "rules": rules, "applies_to": {"names": ["a*"], "tags": {"stage": "canary"}}})


def test_the_client_is_imported_with_the_first_call() -> None:
    """Help and wrong options cost nothing of it."""
    program = (
        "import sys, service.cli.audit, service.cli.study, service.cli.harden, service.cli.follow\n"
        "print(*(name for name in sys.modules if name.startswith('openapi.client')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout == "\n"
