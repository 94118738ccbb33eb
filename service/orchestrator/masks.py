"""Attacks that may change a part of the image alone: the masks of a data set that they name."""

from collections.abc import Sequence

from openapi.attacks import AttackSpec
from openapi.near_misses import named, near_misses
from openapi.problems import InvalidField
from openapi.wire.jobs import Blob
from service.orchestrator.subjects import DatasetSubject


def check_masks(specs: Sequence[AttackSpec], dataset: DatasetSubject, pointer: str) -> None:
    """Raise `InvalidField` when a data set has none of the masks that an attack names; pointer: of the list."""
    for i, spec in enumerate(specs):
        check_mask(spec, dataset, f"{pointer}/{i}/mask")


def check_mask(spec: AttackSpec, dataset: DatasetSubject, pointer: str) -> None:
    """The same of one attack."""
    if spec.mask is None:
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


def refuse_masks(specs: Sequence[AttackSpec], pointer: str) -> None:
    """Raise `InvalidField` when one of the attacks has a mask, where that is not understood."""
    for i, spec in enumerate(specs):
        if spec.mask is not None:
            raise InvalidField(
                f"{pointer}/{i}/mask", "attacks on networks that are changed meet whole images; set null"
            )


def masks_of(dataset: DatasetSubject, spec: AttackSpec) -> dict[str, Blob]:
    """The masks of a data set as an input, where an attack is to stay inside of some."""
    return {} if spec.mask is None else dataset.masks()


def regions_of(dataset: DatasetSubject, spec: AttackSpec) -> tuple[int, ...] | None:
    """The numbers of the concepts of an attack's mask."""
    names = dataset.inspection.concepts or ()
    return None if spec.mask is None else tuple(names.index(name) for name in spec.mask.concepts)
