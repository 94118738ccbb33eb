"""What went wrong at the other end: problems as texts, answers that are none, and what is behind a lost connection."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from openapi.client.models.problem import Problem

#: What reading an answer raises that is another than the document says.
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError)


def describe(problem: "Problem") -> str:
    """One readable text for a problem."""
    said = problem.detail or problem.title
    more = [error for error in problem.errors or () if error.detail not in said]
    return "\n".join([said, *(f"  {error.pointer}: {error.detail}" for error in more)])


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what is behind it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def problem_of(response: httpx.Response) -> "Problem | None":
    """What a Tremor server says; None where something between answered."""
    from openapi.client.models.problem import Problem

    try:
        return Problem.from_dict(response.json())
    except UNREADABLE:
        return None
