"""In which module of the network a node stands, as exporters say it."""

import re
from collections.abc import Iterable

from onnx import NodeProto

_SCOPES = "pkg.torch.onnx.name_scopes"
_QUOTED = re.compile(r"'([^']*)'")


def scope_of(proto: NodeProto) -> str:
    """The dotted path of the module that a node stands in; '' where the file does not say it."""
    for entry in proto.metadata_props:
        if entry.key == _SCOPES:
            scopes = _QUOTED.findall(entry.value[:4096])
            return scopes[-2] if len(scopes) > 1 else ""
    return _from_path(proto.name.split("/")[1:-1]) if proto.name.startswith("/") else ""


def _from_path(parts: Iterable[str]) -> str:
    """``layer1``, ``layer1.0``, ``conv1`` → ``layer1.0.conv1``: members of a container repeat the container's name."""
    path: list[str] = []
    for part in parts:
        if path and part.startswith(path[-1] + "."):
            path[-1] = part
        else:
            path.append(part)
    return ".".join(path)
