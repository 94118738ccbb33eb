"""One trained network a session; each test hardens its own copy."""

import copy
from collections.abc import Callable

import pytest
from torch import nn

from openapi.models import InputSpec
from tests.workers.hardening.nets import shipped, trained
from workers.hardening.data import TrainingSet
from workers.models.audited import AuditedModel
from workers.models.from_module import audit_module


@pytest.fixture(scope="session")
def vanilla() -> nn.Module:
    return trained()


@pytest.fixture(scope="session")
def vanilla_norm() -> nn.Module:
    return trained(norm=True)


@pytest.fixture(scope="session")
def _audited(vanilla: nn.Module, vanilla_norm: nn.Module) -> dict[bool, AuditedModel]:
    spec = InputSpec(shape=(1, 28, 28))
    return {False: audit_module(vanilla, spec), True: audit_module(vanilla_norm, spec)}


@pytest.fixture
def fresh(_audited: dict[bool, AuditedModel]) -> Callable[..., AuditedModel]:
    """A new copy of the audited vanilla network."""
    return lambda norm=False: copy.deepcopy(_audited[norm])


@pytest.fixture
def train_set() -> TrainingSet:
    return TrainingSet(*shipped("train", 400))
