"""Files that jobs leave."""

from pydantic import Field

from openapi.base import Frozen, Timestamp

#: The artifact of a hardening that was cancelled or failed: the best weights so far, under the file's own names.
BEST_SO_FAR = "best-so-far.safetensors"


class ArtifactInfo(Frozen):
    """A file that a job left."""

    id: str
    kind: str = Field(examples=["report", "checkpoint", "manifest", "examples", "pairs", "log"])
    format: str = Field(examples=["json", "html", "onnx", "torchscript", "safetensors", "npz", "zip"])
    name: str
    size: int
    sha256: str
    href: str
    created_at: Timestamp
