"""Stage `inspect_model`: admit, translate and probe an uploaded model file.

See `openapi.stages.inspect_model`. A file that cannot be
audited raises one of the `ModelRejected` family, which becomes the model's `problem`.
"""

from openapi.problems import FieldError, ModelMalformed, ModelRejected
from openapi.spelling import misnamed
from openapi.stages.inspect_model import InspectModelParams, InspectModelValue
from openapi.text import counted
from workers.explain.told import maps_of
from workers.jobs.context import JobContext
from workers.models.audited import AuditedModel
from workers.models.foreign import recognise_name
from workers.models.inspection import inspect_audited
from workers.models.load import load_model
from workers.models.outputs import STRUCTURE
from workers.neurons.heads.told import head_of
from workers.refusals import refused_as


def run(ctx: JobContext[InspectModelParams]) -> InspectModelValue:
    """Inspect the file and return what was found."""
    metadata = ctx.params
    ctx.progress(0, 2, "steps", "translate")
    try:
        model = load_model(ctx.inputs["file"], metadata.format, metadata.input, metadata.output)
    except ModelMalformed as error:
        raise _by_name(error, metadata.filename) from error
    _check_labels(metadata.labels, model)
    ctx.progress(1, 2, "steps", "probe")
    with refused_as(ModelRejected, "the model cannot be tried out"):
        accepted = metadata.accept_disagreement
        inspection = inspect_audited(model.to(ctx.device), ctx.inputs["file"], accept_disagreement=accepted)
    ctx.progress(2, 2, "steps", "probe")
    maps = maps_of(model, inspection.differentiable)
    return InspectModelValue(**{**dict(inspection), "head": head_of(model), "maps": maps})


def _by_name(error: ModelMalformed, filename: str) -> ModelMalformed:
    """The refusal of a file that its content does not tell, by its name where that says more."""
    known = recognise_name(filename)
    if known is None or error.detail.startswith("this is"):
        return error
    return ModelMalformed(f"this is, by its name, {known} ({error.detail})", errors=error.errors, **error.extra)


def _check_labels(labels: tuple[str, ...] | None, model: AuditedModel) -> None:
    """A wrong number of names would call every class by another's in the report, one name twice two classes by one.

    Where the file has several heads, the message names them, and the option that chooses another.
    """
    if labels is None:
        return
    pointer = "/labels"
    if len(labels) != model.num_classes:
        heads = "".join(f"; {said}" for said in model.warnings if said.startswith(STRUCTURE))
        detail = (
            f"{counted(len(labels), 'name')}, but the model has {counted(model.num_classes, 'logit')}: "
            f"give one name a class, in their order{heads}"
        )
    elif (wrong := misnamed(labels)) is not None:
        i, detail = wrong
        pointer += "" if i is None else f"/{i}"
    else:
        return
    where = pointer.strip("/").replace("/", ".")
    raise ModelRejected(f"{where}: {detail}", errors=(FieldError(pointer=pointer, detail=detail),))
