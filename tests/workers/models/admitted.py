"""What tests of the TorchScript front door share: archives that are changed, and refusals that are looked at."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openapi.models import InputSpec
from openapi.problems import ModelRejected
from tests.corpus.torchscript import rewritten
from workers.models.load import load_model

SPEC = InputSpec(shape=(3, 14, 14))


def rewrite(source: Path, target: Path, change: Callable[..., Any]) -> Path:
    """Copy an archive as `rewritten` says."""
    target.write_bytes(rewritten(source.read_bytes(), change))
    return target


def refused(path: Path, kind: type[ModelRejected], match: str) -> ModelRejected:
    with pytest.raises(kind, match=match) as caught:
        load_model(path, None, SPEC)
    return caught.value
