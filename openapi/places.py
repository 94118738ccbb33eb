"""Where this machine keeps its own files. Messages of foreign libraries name such places; nobody outside is to see them."""

import sys
import sysconfig
from pathlib import Path

_ROOT = Path(__file__).parents[1]
#: Installed packages, Python's own library, and this program.
_CODE = {
    *map(sysconfig.get_path, ("purelib", "platlib", "stdlib", "platstdlib")),
    sys.prefix,
    sys.exec_prefix,
    str(_ROOT),
}
#: Code that the whole machine shares lies in folders whose names say nothing.
_SHARED = {"/", "/usr", "/usr/local"}
_places = _CODE - _SHARED


def hide(folder: Path) -> None:
    """Have `without_places` leave out this folder of ours too, in this process and those that it forks."""
    place = str(folder.absolute())
    if place not in _SHARED:
        _places.add(place)


def without_places(text: str) -> str:
    """The text with every file of ours named from the folder of ours that it is in: ``torch/nn/modules/linear.py``."""
    if "/" not in text:
        return text
    for place in sorted(_places, key=len, reverse=True):
        if place in text:
            text = text.replace(f"{place}/", "").replace(place, Path(place).name)
    return text
