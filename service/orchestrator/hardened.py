"""What a hardening leaves: a model of its own, and facts for the audit that asked for it."""

from typing import Any

from openapi.hardenings import HardeningRequest
from openapi.wire.jobs import OutputFile, ShardResult
from service.orchestrator.plan import Child, Subject


def hardened_file(trained: ShardResult) -> OutputFile:
    """The checkpoint in the format of the upload, where it can be written."""
    return trained.files[trained.value["uploaded_format"]]


def hardened_subject(parent: Subject, trained: ShardResult, request: HardeningRequest) -> Subject:
    """The hardened model, in the format of the upload where it can be written; it takes what the parent took."""
    file = hardened_file(trained)
    name = request.name or f"{parent.name} ({request.method} hardened)"
    return Subject(
        id="",
        name=name[:200],
        sha256=file.blob.sha256,
        size=file.blob.size,
        inspection=trained.value["inspection"],
        # Where the upload's format cannot be written the checkpoint has another; it returns its logits alone.
        meta={**parent.meta, "name": name[:200], "format": None, "output": None},
    )


def hardening_facts(child: Child, trained: ShardResult) -> dict[str, Any]:
    """What an audit's report says of its hardening."""
    return {
        "id": child.id,
        "model_id": child.model_id,
        "verdict": child.verdict,
        **{name: trained.value.get(name) for name in ("layers", "frozen", "log")},
        **(child.metrics or {}),
    }
