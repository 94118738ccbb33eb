"""What a TorchScript program writes into its attributes: later reads of the same call see it, the next call does not.

Every call begins with the attributes as the file has them, so that logits do not depend on the images before.
"""

from collections.abc import Callable
from typing import Any

Step = Callable[[Any, list[Any]], None]


def is_mutable(value: Any) -> bool:
    """Whether the program may change an attribute's value in place, as it appends to a list."""
    return isinstance(value, (list, dict))


def read(path: str, out: int, first: Step) -> Step:
    """Read an attribute into a slot: what the call wrote, else what `first` puts there, kept for later reads."""

    def step(program: Any, values: list[Any]) -> None:
        if path not in program.state:
            first(program, values)
            program.state[path] = _copied(values[out])
        values[out] = program.state[path]

    return step


def write(path: str, value: int) -> Step:
    """Write a slot into an attribute."""

    def step(program: Any, values: list[Any]) -> None:
        program.state[path] = values[value]

    return step


def set_on_object(name: str, owner: int, value: int) -> Step:
    """Write a slot into an attribute of an object that the program made itself."""

    def step(program: Any, values: list[Any]) -> None:
        setattr(values[owner], name, values[value])

    return step


def _copied(value: Any) -> Any:
    """Lists and dictionaries anew, since the program may change them; what they hold as it is."""
    if isinstance(value, list):
        return [_copied(item) for item in value]
    return {key: _copied(item) for key, item in value.items()} if isinstance(value, dict) else value
