"""Unforeseen exceptions while a file is read are refusals of it, but for want of memory."""

from pathlib import Path

import pytest
import torch

from openapi.problems import FieldError, ModelRejected, ModelUnsafe
from workers.refusals import out_of_memory, refused_as, said
from workers.sandbox.child import _problem


@pytest.mark.parametrize("error", [ZeroDivisionError("by nothing"), OSError(22, "Invalid argument"), KeyError("x")])
def test_a_refusal_says_what_happened(error: Exception) -> None:
    with pytest.raises(ModelRejected) as caught, refused_as(ModelRejected, "the file cannot be read"):
        raise error
    assert caught.value.detail == f"the file cannot be read: {type(error).__name__}: {error}"
    assert caught.value.__cause__ is error


def test_errors_of_ours_pass() -> None:
    with pytest.raises(ModelUnsafe, match="no"), refused_as(ModelRejected, "x"):
        raise ModelUnsafe("no")


@pytest.mark.parametrize(
    ("stage", "advice"),
    [
        ("inspect_model", "a smaller model or a smaller `input.shape`"),
        ("inspect_dataset", "smaller images or fewer of them"),
        ("attack", "a smaller `batch_size`, fewer samples, or a smaller model"),
    ],
)
def test_want_of_memory_says_what_can_be_asked_instead(stage: str, advice: str) -> None:
    told = _problem(MemoryError("no room"), stage)
    assert str(told).endswith(f"; use {advice}, or raise TREMOR_MEMORY_BYTES")


def test_foreign_errors_do_not_tell_where_this_machine_keeps_files() -> None:
    assert said(ValueError(f"\x1b[31mat {torch.__file__}:7, {__file__}\x1b[0m\nmore")) == (
        "at torch/__init__.py:7, tests/workers/test_refusals.py"
    )
    assert said(ValueError("the node /layer1/conv/Conv")) == "the node /layer1/conv/Conv"
    assert said(ValueError()) == "ValueError"
    lines = f"File {torch.nn.__file__}\n  File {__file__}"
    for refusal in (ModelRejected(lines), ModelRejected("x", errors=(FieldError(pointer="", detail=lines),))):
        told = refusal.problem().model_dump_json()
        assert ".py" in told
        assert str(Path(torch.__file__).parents[1]) not in told
        assert str(Path(__file__).parents[2]) not in told


def test_want_of_memory_passes() -> None:
    with pytest.raises(RuntimeError) as caught, refused_as(ModelRejected, "x"):
        torch.empty(2**60)
    assert out_of_memory(caught.value)
    with pytest.raises(MemoryError), refused_as(ModelRejected, "x"):
        raise MemoryError
    assert not out_of_memory(ValueError("memory of an elephant"))
