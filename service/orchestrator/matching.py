"""How a data set becomes what a model takes: which logit a label is, and grey or colour. Workers do what is planned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from openapi.class_names import Reading, readings
from openapi.problems import DatasetMismatch, FieldError
from openapi.stages.base import Stage
from openapi.wire.jobs import ShardResult
from service.orchestrator.plan import Known, Step, Subject

PREPARING = "preparing"


@dataclass(frozen=True)
class Match:
    """What a data set needs for a model: `readings` of its labels (several: evidence decides), and its `channels`."""

    readings: tuple[Reading, ...]
    channels: int | None = None

    @property
    def is_plain(self) -> bool:
        """True when the decoded arrays serve as they are."""
        return self.channels is None and len(self.readings) == 1 and self.readings[0].is_identity()


def match(model: Subject, dataset: Subject, pointer: str) -> Match:
    """Bring labels and channels together. Raises `DatasetMismatch` that names the field when nobody can."""
    wanted, found = tuple(model.inspection["input"].get("shape") or ()), tuple(dataset.inspection["shape"])
    channels = None
    if wanted and wanted != found:
        if wanted[1:] != found[1:] or {wanted[0], found[0]} != {1, 3}:
            raise _mismatch(
                pointer,
                f"the images are {_shape(found)}, the model {model.name!r} takes {_shape(wanted)} (channels × height × "
                "width); upload the data in that shape, or with `resize` in its metadata, e.g. "
                f'{{"size": {max(wanted[1:])}, "crop": [{wanted[-2]}, {wanted[-1]}]}}',
            )
        channels = wanted[0]
    about = {"name": model.name, "num_classes": model.inspection["num_classes"]}
    try:
        return Match(readings(about, model.meta.get("labels"), dataset.inspection), channels)
    except DatasetMismatch as error:
        raise _mismatch(pointer, str(error)) from error


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(str(s) for s in shape)


def _mismatch(pointer: str, detail: str) -> DatasetMismatch:
    return DatasetMismatch(detail, errors=(FieldError(pointer=pointer, detail=detail),))


def prepare_steps(model: Subject, datasets: Mapping[str, Subject]) -> list[Step]:
    """The phase ``preparing``: a step ``prepare.<name>`` for each data set whose arrays do not serve as they are."""
    planned = []
    for name, dataset in datasets.items():
        found = match(model, dataset, "")
        if not found.is_plain:
            params: dict[str, Any] = {
                "readings": [r.model_dump(mode="json") for r in found.readings],
                "channels": found.channels,
            }
            evidence = len(found.readings) > 1
            inputs = {**dataset.arrays(), **({"model": model.blob} if evidence else {})}
            params |= {"model": model.contract()} if evidence else {}
            planned.append(Step(PREPARING, f"prepare.{name}", Stage.PREPARE, inputs, params))
    return planned


def as_taken(known: Known, name: str) -> Subject:
    """The data set of a part as the job's model takes it, by what its preparation found where it needs one."""
    return prepared(known.subjects["model"], known.subjects[name], known.result(f"prepare.{name}"))


def prepared(model: Subject, dataset: Subject, result: ShardResult | None) -> Subject:
    """The data set as the model takes it, with what the report says of it in `matched`."""
    if result is None:
        (reading,) = match(model, dataset, "").readings
        return replace(dataset, matched=_facts(reading.model_dump(mode="json"), dataset))
    return replace(dataset, files={**dataset.files, **result.files}, matched=_facts(result.value, dataset))


def _facts(value: Mapping[str, Any], dataset: Subject) -> dict[str, Any]:
    order, logits = value["order"], value["logits"]
    plain = all(logit in (-1, label) for label, logit in enumerate(logits))
    mapping = {"order": order, "logits": list(logits), "evidence": value.get("evidence")}
    return {
        "label_mapping": None if plain and value.get("evidence") is None else mapping,
        "channels": value.get("channels") or dataset.inspection.get("channels", "as stored"),
        "notes": list(value.get("notes") or ()),
        "labels": _names_of_logits(logits, dataset),
    }


def known_names(model: Subject, dataset: Subject) -> dict[str, Any]:
    """What `matched` will say of class names before the data is prepared: nothing where evidence must decide."""
    several = match(model, dataset, "").readings
    return {"labels": _names_of_logits(several[0].logits, dataset)} if len(several) == 1 else {}


def _names_of_logits(logits: Sequence[int], dataset: Subject) -> list[str] | None:
    """The data set's class names in the order of the model's logits."""
    labels = dataset.meta.get("labels") or dataset.inspection.get("labels")
    plain = all(logit in (-1, label) for label, logit in enumerate(logits))
    if plain:
        return list(labels) if labels else None
    written = {int(name): name for name in dataset.inspection.get("numbered_names") or ()}
    names = {logit: labels[label] if labels else written.get(label, str(label)) for label, logit in enumerate(logits)}
    return [names.get(logit, str(logit)) for logit in range(max(logits) + 1)]
