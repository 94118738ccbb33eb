"""What becomes of an exception that nobody foresaw while an uploaded file was read."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from openapi.places import without_places
from openapi.problems import TremorError

_OUT_OF_MEMORY = (
    "can't allocate memory", "cannot allocate memory", "not enough memory", "out of memory", "outofmemoryerror",
    "bad alloc", "bad_alloc",
)  # fmt: skip

#: How terminals are told to change colour.
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def out_of_memory(error: BaseException) -> bool:
    """Whether the error says that memory was refused, in one of the ways of Python, torch, CUDA and the C++ library."""
    text = f"{type(error).__name__}: {error}".lower()
    return isinstance(error, MemoryError) or any(words in text for words in _OUT_OF_MEMORY)


def said(error: BaseException, most: int = 300) -> str:
    """The first line of a foreign error, at most so many characters, without colours and our folders; else its type."""
    return (whole(error).splitlines() or [type(error).__name__])[0][:most]


def whole(error: BaseException) -> str:
    """All lines of a foreign error, without colours and our folders."""
    return without_places(_COLOUR.sub("", str(error)).strip())


_INSPECTED = {
    "inspect_model": "a smaller model or a smaller `input.shape`",
    "inspect_dataset": "smaller images or fewer of them",
}


def less_memory(stage: str) -> str:
    """What a job that needed too much memory can be asked with instead."""
    return f"use {_INSPECTED.get(stage, 'a smaller `batch_size`, fewer samples, or a smaller model')}"


@contextmanager
def refused_as(kind: type[TremorError], what: str) -> Iterator[None]:
    """Turn an unforeseen exception of the block into a refusal of the file: ``{what}: ZeroDivisionError: …``.

    Errors of ours and want of memory pass as they are.
    """
    try:
        yield
    except TremorError:
        raise
    except Exception as error:
        if out_of_memory(error):
            raise
        raise kind(f"{what}: {type(error).__name__}: {said(error)}") from error
