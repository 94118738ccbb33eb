"""Unforeseen exceptions while a file is read are refusals of it, but for want of memory."""

import pytest
import torch

from openapi.problems import ModelRejected, ModelUnsafe
from workers.refusals import out_of_memory, refused_as


@pytest.mark.parametrize("error", [ZeroDivisionError("by nothing"), OSError(22, "Invalid argument"), KeyError("x")])
def test_a_refusal_says_what_happened(error: Exception) -> None:
    with pytest.raises(ModelRejected) as caught, refused_as(ModelRejected, "the file cannot be read"):
        raise error
    assert caught.value.detail == f"the file cannot be read: {type(error).__name__}: {error}"
    assert caught.value.__cause__ is error


def test_errors_of_ours_pass() -> None:
    with pytest.raises(ModelUnsafe, match="no"), refused_as(ModelRejected, "x"):
        raise ModelUnsafe("no")


def test_want_of_memory_passes() -> None:
    with pytest.raises(RuntimeError) as caught, refused_as(ModelRejected, "x"):
        torch.empty(2**60)
    assert out_of_memory(caught.value)
    with pytest.raises(MemoryError), refused_as(ModelRejected, "x"):
        raise MemoryError
    assert not out_of_memory(ValueError("memory of an elephant"))
