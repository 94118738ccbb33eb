"""The enumerations that an archive defines, such as torchvision's InterpolationMode, as Python classes of ours.

torch hands an attribute that holds a member of one out as a member of the Python class of that name, and refuses where
no such class has been imported. The names and values stand in the archive's (checked) sources.
"""

import ast
import enum
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch


@contextmanager
def known_enums(sources: Mapping[str, bytes]) -> Iterator[None]:
    """Let torch find the enumerations of an archive's sources, by ``code/a/b.py`` → ``a.b.Name``, in the block."""
    classes: dict[str, Any] = torch.jit._state._name_to_pyclass
    added = {name: made for name, made in _enums(sources) if name not in classes}
    classes.update(added)
    try:
        yield
    finally:
        for name in added:
            del classes[name]


def _enums(sources: Mapping[str, bytes]) -> Iterator[tuple[str, Any]]:
    for entry, source in sources.items():
        if b"(Enum)" not in source:
            continue
        module = entry.removeprefix("code/").removesuffix(".py").replace("/", ".")
        for node in ast.parse(source).body:
            if isinstance(node, ast.ClassDef) and [ast.unparse(base) for base in node.bases] == ["Enum"]:
                members = {
                    statement.targets[0].id: ast.literal_eval(statement.value)
                    for statement in node.body
                    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)
                }
                yield f"{module}.{node.name}", enum.Enum(node.name, members)
