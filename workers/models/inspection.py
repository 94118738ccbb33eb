"""Probes a translated model: is it a deterministic, finite, differentiable classifier, and what does an image cost?"""

from pathlib import Path

import torch
from torch import Tensor

from openapi.models import ModelInspection
from openapi.problems import FieldError, ModelNumerics, ModelRejected, NotAClassifier
from workers.models.agreement import NOTABLE, Agreement, agreement
from workers.models.audited import AuditedModel
from workers.models.differentiability import judge
from workers.refusals import said


def inspect_audited(
    model: AuditedModel, path: Path | None = None, *, accept_disagreement: bool = False
) -> ModelInspection:
    """Probe a model on random images and describe it; with `path`, compare it with the file run by its own runtime.

    Raises `NotAClassifier` when logits are not (n, num_classes) at another batch size, `ModelNumerics` for NaN or
    infinite logits (`index`: the first such image), `ModelRejected` when the translation's logits differ from the
    file's by more than the file's precision explains, unless `accept_disagreement`.
    """
    warnings = list(model.warnings)
    randomised, dependent = _is_randomised_or_dependent(model)
    if randomised:
        warnings.append("randomised: two forward passes on the same images differ")
    elif dependent:
        warnings.append("batch-dependent: an image's logits change with the other images of its batch")
    gradient = judge(model)
    differentiable = model.differentiable and gradient.reason is None
    if gradient.reason is not None:
        warnings.append(f"{gradient.reason}: only black-box attacks apply")
    elif gradient.warning is not None:
        warnings.append(gradient.warning)
    compared = None if path is None else agreement(model, path)
    if compared is not None and "relative" in compared:
        if "optimised" in compared:
            warnings.append(_optimised(compared["runtime"], compared["optimised"]))
        if compared["relative"] > NOTABLE and not randomised:
            warnings.append(_disagreement(compared, accept_disagreement, dependent))
    return ModelInspection.model_validate(
        {
            "format": model.format,
            "input": model.input,
            "num_classes": model.num_classes,
            "num_parameters": model.num_parameters,
            "trainable": model.trainable and differentiable,
            "differentiable": differentiable,
            "layers": model.layers,
            "warnings": tuple(warnings),
            "producer": model.origin.producer,
            "logits": _where_logits_are(model),
            "cost_ms_per_image": gradient.cost,
            "agreement": compared or {},
        }
    )


def _is_randomised_or_dependent(model: AuditedModel) -> tuple[bool, bool]:
    """Whether two passes on the same images differ, and whether an image's logits change with the others' presence."""
    assert model.input.shape is not None
    generator = torch.Generator().manual_seed(0)
    images = torch.rand((2, *model.input.shape), generator=generator).to(model.transform.scale.device)
    with torch.no_grad():
        logits = _logits(model, images)
        randomised = not torch.equal(logits, _logits(model, images))
        single = _logits(model, images[-1:])  # the last: what goes through a batch in order spares the first
    return randomised, float((single - logits[-1:]).abs().max()) > 1e-2 * (float(logits.abs().max()) or 1.0)


def _where_logits_are(model: AuditedModel) -> str:
    """Behind which part of the file they are: its softmax, or the head that its output has."""
    if model.before_softmax:
        return "before_softmax"
    return f"before_{model.output.head}" if model.output.head else "output"


def _optimised(runtime: str | None, difference: float) -> str:
    """What is said of a file that onnxruntime changes before it runs it."""
    return (
        f"{runtime} computes other logits (by {difference:.1e} relative) once it has optimised "
        "the graph; the audit is of the file as it stands: run it with graph optimisation off, or export it anew"
    )


def _disagreement(compared: Agreement, accepted: bool, dependent: bool) -> str:
    """What is said of logits that differ from the original's; `ModelRejected` where nothing explains it."""
    said = f"logits differ from {compared['runtime']}'s by {compared['relative']:.1e} relative"
    if compared["relative"] <= compared["explained"]:
        return f"the translated model's {said}, as far as its precision explains"
    if not accepted and dependent:
        detail = (
            "the model is batch-dependent: an image's logits change with the other images of its batch, and so differ "
            f"from what the file gives for one image (by {compared['relative']:.1e} relative). Let it compute each "
            "image alone: masked_scatter, for one, hands out its source to the whole batch in order; torch.where(mask, "
            "source, x) keeps to the image. Or give accept_disagreement: true in the metadata to audit it all the same"
        )
        raise ModelRejected(detail, errors=(FieldError(pointer="/accept_disagreement", detail=detail),))
    if not accepted:
        detail = (
            f"the translated model's {said}, and the file's precision explains {compared['explained']:.1e}: numbers "
            "would be those of another model. Export the model in another format (ONNX, TorchScript, torch.export), "
            "or give accept_disagreement: true in the metadata to audit the translation all the same"
        )
        raise ModelRejected(detail, errors=(FieldError(pointer="/accept_disagreement", detail=detail),))
    return (
        f"accepted disagreement: what is audited is not the file itself: its {said}, more than the file's precision "
        f"explains ({compared['explained']:.1e})"
    )


def _logits(model: AuditedModel, images: Tensor) -> Tensor:
    try:
        logits: Tensor = model(images)
    except (RuntimeError, IndexError, ValueError) as error:
        raise NotAClassifier(f"the model fails on a batch of {len(images)} images: {said(error)}") from error
    if tuple(logits.shape) != (len(images), model.num_classes):
        raise NotAClassifier(f"a batch of {len(images)} images gave logits of shape {list(logits.shape)}")
    bad = (~torch.isfinite(logits)).any(1).nonzero().flatten().tolist()
    if bad:
        raise ModelNumerics("the model gives NaN or infinite logits for a random image", index=bad[0])
    return logits
