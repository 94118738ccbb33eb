"""What becomes of an exception that nobody foresaw while an uploaded file was read."""

from collections.abc import Iterator
from contextlib import contextmanager

from openapi.problems import TremorError

_OUT_OF_MEMORY = (
    "can't allocate memory", "cannot allocate memory", "not enough memory", "out of memory", "outofmemoryerror",
    "bad alloc", "bad_alloc",
)  # fmt: skip


def out_of_memory(error: BaseException) -> bool:
    """Whether the error says that memory was refused, in one of the ways of Python, torch, CUDA and the C++ library."""
    text = f"{type(error).__name__}: {error}".lower()
    return isinstance(error, MemoryError) or any(words in text for words in _OUT_OF_MEMORY)


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
        first = (str(error).strip().splitlines() or [""])[0][:300]
        raise kind(f"{what}: {type(error).__name__}: {first}") from error
