"""The base of what stages take and give, and the pieces that several stages share."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from openapi.base import Frozen, JsonObject


class Stage(StrEnum):
    """One kind of work that a worker does; `openapi.stages.forms` says what each takes and gives."""

    INSPECT_MODEL = "inspect_model"
    INSPECT_DATASET = "inspect_dataset"
    PREPARE = "prepare"
    ATTACK = "attack"
    TRANSFER = "transfer"
    REPLAY = "replay"
    NEURONS = "neurons"
    ANALYSIS = "analysis"
    HARDEN = "harden"
    REPORT = "report"


class Given(StrEnum):
    """Names of a stage's input files. Those of earlier results have names of their own (`Place`, `fooled`)."""

    FILE = "file"
    MODEL = "model"
    X = "x"
    Y = "y"
    MASKS = "masks"
    LABELS = "labels"
    IMAGES = "images"
    TRAINED = "trained"
    EVALUATED = "evaluated"


class Wire(Frozen):
    """What a stage takes or gives."""

    def dump(self) -> JsonObject:
        """Its JSON, as result keys are made of it."""
        return self.model_dump(mode="json", by_alias=True)


def is_none(value: object) -> bool:
    """For `exclude_if`: a field that is None is no part of the JSON."""
    return value is None


def as_it_came(value: Frozen) -> dict[str, Any]:
    """The JSON of what was read from JSON, without the fields that were not there.

    The annotation is a part of the schemas that are made of it.
    """
    return value.model_dump(mode="json", by_alias=True, exclude_unset=True)


#: Numbers of the masks of a data set.
Regions = tuple[int, ...]


class Listed(Wire):
    """The samples themselves, ascending; each shard is told its own."""

    kind: Literal["indices"] = "indices"
    indices: tuple[int, ...]


class Drawn(Wire):
    """`count` samples drawn by `seed`: of all, or as many of each class as there are."""

    kind: Literal["random", "per_class"]
    count: int
    seed: int


#: Which samples of a data set are meant where it is not the first ones (see `openapi.samples`).
Choice = Annotated[Listed | Drawn, Field(discriminator="kind")]
