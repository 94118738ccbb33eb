"""What a hardening leaves: a model of its own, and what the report of the audit that asked for it says."""

from openapi.hardenings import HardeningRequest
from openapi.problems import problem
from openapi.stages.comparison import AuditHardening, NotHardened
from openapi.stages.harden import HardenValue
from openapi.status import JobStatus
from openapi.wire.jobs import OutputFile
from service.orchestrator.plan import Child, Done
from service.orchestrator.subjects import ModelSubject

#: The step that trains by the method which a hardening is compared with.
RIVAL = "train.rival"


def hardened_file(trained: Done) -> OutputFile:
    """The checkpoint in the format of the upload, where it can be written."""
    return trained.result.files[trained.value(HardenValue).uploaded_format]


def hardened_subject(parent: ModelSubject, trained: Done, request: HardeningRequest) -> ModelSubject:
    """The hardened model, in the format of the upload where it can be written; it takes what the parent took."""
    file = hardened_file(trained)
    name = (request.name or f"{parent.name} ({request.method} hardened)")[:200]
    return ModelSubject(
        id="",
        name=name,
        sha256=file.blob.sha256,
        size=file.blob.size,
        # Training changes no layer.
        inspection=trained.value(HardenValue).inspection.model_copy(update={"head": parent.inspection.head}),
        # Where the upload's format cannot be written the checkpoint has another; it returns its logits alone.
        meta=parent.meta.model_copy(update={"name": name, "format": None, "output": None}),
    )


def of_audit(child: Child) -> AuditHardening | NotHardened:
    """What an audit's report says of its hardening; where that came to nothing the audit's own results stand."""
    if child.status == JobStatus.SUCCEEDED and child.trained is not None and child.metrics is not None:
        value = child.trained.value(HardenValue)
        return AuditHardening(
            id=child.id,
            model_id=child.model_id,
            verdict=child.verdict,
            layers=value.layers,
            frozen=value.frozen,
            log=value.log,
            frontier=value.frontier,
            decided=value.decided,
            **dict(child.metrics),
        )
    why = "It was cancelled" if child.ended else "It was not begun: the audit ended early"
    return NotHardened(id=child.id, problem=child.problem or problem("job-failed", why))
