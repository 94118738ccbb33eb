"""Attacks that may change a part of the image alone: the masks of a data set that they name."""

from collections.abc import Sequence

from openapi.attacks import AttackSpec
from openapi.audits import AuditRequest
from openapi.hardenings import HardeningRequest
from openapi.near_misses import named, near_misses
from openapi.problems import InvalidField
from openapi.stages.base import Given
from openapi.wire.jobs import Blob
from service.orchestrator.subjects import DatasetSubject, MaskFile

#: The kinds of artifacts that hold masks.
_KINDS = ("regions",)


def check_masks(specs: Sequence[AttackSpec], dataset: DatasetSubject, pointer: str) -> None:
    """Raise `InvalidField` when a data set has none of the masks that an attack names; pointer: of the list."""
    for i, spec in enumerate(specs):
        check_mask(spec, dataset, f"{pointer}/{i}/mask")


def check_mask(spec: AttackSpec, dataset: DatasetSubject, pointer: str) -> None:
    """The same of one attack."""
    if spec.mask is None:
        return
    if spec.mask.artifact_id is not None:
        _check_artifact(dataset.mask_files.get(spec.mask.artifact_id), dataset, f"{pointer}/artifact_id")
        return
    names = dataset.inspection.concepts
    if not names:
        raise InvalidField(
            pointer, f"the data set {dataset.name!r} carries no masks; upload `masks` and their `names` with the images"
        )
    for j, name in enumerate(spec.mask.concepts):
        if name not in names:
            near = near_misses(name, names)
            rest = f"did you mean {named(near)}?" if near else f"there are {', '.join(names[:12])}"
            raise InvalidField(f"{pointer}/concepts/{j}", f"the data set has no mask {name!r}; {rest}")


def _check_artifact(found: MaskFile | None, dataset: DatasetSubject, pointer: str) -> None:
    if found is None:
        raise InvalidField(pointer, "there is no such artifact")
    if found.kind not in _KINDS:
        raise InvalidField(pointer, f"the artifact is of kind {found.kind!r}; masks are read of {', '.join(_KINDS)}")
    if found.dataset_id != dataset.id:
        raise InvalidField(pointer, f"the artifact is of other images than those of the data set {dataset.name!r}")


def mask_artifacts(request: AuditRequest | HardeningRequest) -> tuple[str, ...]:
    """The ids of the artifacts that the attacks of a request take masks from."""
    explain = request.explain if isinstance(request, AuditRequest) else None
    specs = [*(request.attacks or ()), *((explain.attack, *explain.compare) if explain else ())]
    masks = (spec.mask for spec in specs if spec.mask is not None)
    return tuple(dict.fromkeys(mask.artifact_id for mask in masks if mask.artifact_id is not None))


def refuse_masks(specs: Sequence[AttackSpec], pointer: str) -> None:
    """Raise `InvalidField` when one of the attacks has a mask, where that is not understood."""
    for i, spec in enumerate(specs):
        if spec.mask is not None:
            raise InvalidField(
                f"{pointer}/{i}/mask", "attacks on networks that are changed meet whole images; set null"
            )


def masks_of(dataset: DatasetSubject, spec: AttackSpec) -> dict[str, Blob]:
    """The masks as an input, where an attack is to stay inside of some: of the data set, or an artifact."""
    if spec.mask is not None and spec.mask.artifact_id is not None:
        return {Given.MASKS: dataset.mask_files[spec.mask.artifact_id].blob}
    return {} if spec.mask is None else dataset.masks()


def regions_of(dataset: DatasetSubject, spec: AttackSpec) -> tuple[int, ...] | None:
    """The numbers of the concepts of an attack's mask; None where they do not come with the images."""
    if spec.mask is None or spec.mask.artifact_id is not None:
        return None
    names = dataset.inspection.concepts or ()
    return tuple(names.index(name) for name in spec.mask.concepts)
