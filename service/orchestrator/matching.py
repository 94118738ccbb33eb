"""How a data set becomes what a model takes: which logit a label is, and grey or colour. Workers do what is planned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from openapi.class_names import Reading, readings
from openapi.problems import DatasetMismatch, FieldError
from openapi.stages.base import Given, Stage
from openapi.stages.prepare import LabelMapping, PrepareParams, PrepareValue
from service.orchestrator.plan import Done, Known, Step
from service.orchestrator.subjects import DatasetSubject, Matched, ModelSubject, Part

PREPARING = "preparing"
#: Where a request names another data set with masks of concepts.
CONCEPTS_POINTER = "/explain/dissection/dataset_id"


@dataclass(frozen=True)
class Match:
    """What a data set needs for a model: `readings` of its labels (several: evidence decides), and its `channels`."""

    readings: tuple[Reading, ...]
    channels: int | None = None

    @property
    def is_plain(self) -> bool:
        """True when the decoded arrays serve as they are."""
        return self.channels is None and len(self.readings) == 1 and self.readings[0].is_identity()


def match(model: ModelSubject, dataset: DatasetSubject, pointer: str) -> Match:
    """Bring labels and channels together. Raises `DatasetMismatch` that names the field when nobody can."""
    channels = match_images(model, dataset, pointer)
    try:
        several = readings(model.name, model.inspection.num_classes, model.meta.labels, dataset.inspection)
    except DatasetMismatch as error:
        raise _mismatch(pointer, str(error)) from error
    return Match(several, channels)


def match_images(model: ModelSubject, dataset: DatasetSubject, pointer: str) -> int | None:
    """The channels that images must be brought to; None where they serve as they are. Raises as `match` does."""
    wanted, found = model.inspection.input.shape, dataset.inspection.shape
    if wanted and wanted != found:
        if wanted[1:] != found[1:] or {wanted[0], found[0]} != {1, 3}:
            raise _mismatch(
                pointer,
                f"the images are {_shape(found)}, the model {model.name!r} takes {_shape(wanted)} (channels × height × "
                "width); upload the data in that shape, or with `resize` in its metadata, e.g. "
                f'{{"size": {max(wanted[1:])}, "crop": [{wanted[-2]}, {wanted[-1]}]}}',
            )
        return wanted[0]
    return None


def _of_part(model: ModelSubject, part: Part, dataset: DatasetSubject) -> Match:
    """What a data set needs for its part: of images with concepts nobody reads the labels."""
    if part is not Part.CONCEPTS:
        return match(model, dataset, "")
    as_they_are = Reading(order="numeric", logits=tuple(range(dataset.inspection.num_classes)))
    return Match((as_they_are,), match_images(model, dataset, CONCEPTS_POINTER))


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(str(s) for s in shape)


def _mismatch(pointer: str, detail: str) -> DatasetMismatch:
    return DatasetMismatch(detail, errors=(FieldError(pointer=pointer, detail=detail),))


def prepare_steps(model: ModelSubject, datasets: Mapping[Part, DatasetSubject]) -> list[Step]:
    """The phase ``preparing``: a step for each data set whose arrays do not serve as they are."""
    planned = []
    for part, dataset in datasets.items():
        found = _of_part(model, part, dataset)
        if not found.is_plain:
            evidence = len(found.readings) > 1
            params = PrepareParams(
                readings=found.readings, channels=found.channels, model=model.contract() if evidence else None
            )
            inputs = dataset.arrays()
            if evidence:
                inputs[Given.MODEL] = model.blob
            planned.append(Step(PREPARING, _step(part), Stage.PREPARE, inputs, params))
    return planned


def _step(part: Part) -> str:
    """The name of the step that prepares a data set."""
    return f"prepare.{part}"


def as_taken(known: Known[Any], part: Part) -> DatasetSubject:
    """A data set as the job's model takes it, by what its preparation found where it needs one."""
    dataset, done = known.datasets[part], known.done.get(_step(part))
    if part is Part.CONCEPTS:
        return dataset if done is None else replace(dataset, files={**dataset.files, **done.result.files})
    return prepared(known.model, dataset, done)


def prepared(model: ModelSubject, dataset: DatasetSubject, done: Done | None) -> DatasetSubject:
    """The data set as the model takes it, with what the report says of it in `matched`."""
    if done is None:
        (reading,) = match(model, dataset, "").readings
        return replace(dataset, matched=_matched(PrepareValue(**dict(reading), evidence=None, channels=None), dataset))
    files = {**dataset.files, **done.result.files}
    return replace(dataset, files=files, matched=_matched(done.value(PrepareValue), dataset))


def _matched(value: PrepareValue, dataset: DatasetSubject) -> Matched:
    mapping = LabelMapping(order=value.order, logits=value.logits, evidence=value.evidence)
    return Matched(
        label_mapping=None if value.is_identity() and value.evidence is None else mapping,
        channels=value.channels or dataset.inspection.channels,
        notes=(*_colour_note(value.channels, dataset), *value.notes),
        labels=_names_of_logits(value, dataset),
    )


def _colour_note(rule: str | None, dataset: DatasetSubject) -> tuple[str, ...]:
    """What was chosen where the model takes grey of colour, or colour of grey, by the rule of the preparation."""
    if rule is None:
        return ()
    stored, taken = ("grey", "colour") if dataset.inspection.shape[0] == 1 else ("colour", "grey")
    return (f"the images are {stored} and the model takes {taken}: every number is of {rule}",)


def class_names(model: ModelSubject, dataset: DatasetSubject) -> Sequence[str] | None:
    """The class names that a report uses: the model's own, else the data set's in the order of the logits.

    None where neither side has names, or where evidence must still say which logit is which.
    """
    if model.meta.labels:
        return model.meta.labels
    if dataset.matched is not None:
        return dataset.matched.labels
    several = match(model, dataset, "").readings
    return _names_of_logits(several[0], dataset) if len(several) == 1 else None


def _names_of_logits(reading: Reading, dataset: DatasetSubject) -> tuple[str, ...] | None:
    """The data set's class names in the order of the model's logits."""
    labels = dataset.meta.labels or dataset.inspection.labels
    if reading.is_identity():
        return labels or None
    written = {int(name): name for name in dataset.inspection.numbered_names or ()}
    names = {
        logit: labels[label] if labels else written.get(label, str(label)) for label, logit in enumerate(reading.logits)
    }
    return tuple(names.get(logit, str(logit)) for logit in range(max(reading.logits) + 1))
