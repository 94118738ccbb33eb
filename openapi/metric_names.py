"""How a path into a report names what may hold dots itself."""

from collections.abc import Iterable, Sequence


def longest(names: Iterable[str], path: str) -> tuple[str | None, str]:
    """The longest name that the path begins with, up to a dot or its end; and the rest of the path."""
    found = max((name for name in names if path == name or path.startswith(f"{name}.")), key=len, default=None)
    return found, "" if found is None else path[len(found) + 1 :]


def called(names: Sequence[str], path: str) -> tuple[list[str], str]:
    """The members that the path's beginning names: one by its whole name, else all of that family; and the rest."""
    name, rest = longest(names, path)
    if name is not None:
        return [name], rest
    for cut in [i for i, c in enumerate(path) if c == "."][::-1]:  # the longest beginning first
        stem = path[:cut]
        family = [name for name in names if name.startswith((f"{stem}-", f"{stem} "))]
        if family:
            return family, path[cut + 1 :]
    return [], path
