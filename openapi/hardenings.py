"""Hardenings: the request and the API's answer."""

from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from openapi.attacks import AttackSpec
from openapi.audits import Execution, JobInfo
from openapi.base import MOST, Frozen, Id, Json, Labels, Name, Timestamp
from openapi.hardening_methods import METHODS, RIVALS
from openapi.hardening_misfits import unread
from openapi.hardening_options import HardenOptions
from openapi.problems import InvalidField
from openapi.samples import DESCRIPTION, SampleChoice
from openapi.stages.harden import Underway


class HardeningRequest(HardenOptions):
    """The body of `POST /v1/hardenings`."""

    model_id: Id
    train_dataset_id: Id
    eval_dataset_id: Id | None = Field(
        None, description="Held-out data for before/after; null leaves the comparison out"
    )
    attacks: tuple[AttackSpec, ...] | None = Field(
        None, max_length=64, description="For before/after; null is FGSM and PGD-20 at the training eps"
    )
    eval_max_samples: int | None = Field(None, ge=1, le=MOST)
    eval_samples: SampleChoice = Field("first", description=DESCRIPTION.format(count="eval_max_samples"))
    seed: int = Field(0, ge=0, lt=2**63)
    name: Name | None = Field(None, description="Name of the hardened model")
    labels: Labels = {}
    execution: Execution = Execution()

    @model_validator(mode="after")
    def _compares_with_data(self) -> Self:
        if self.eval_dataset_id is None and (self.compare or self.scrutiny is not None):
            raise PydanticCustomError(
                "needs_held_out",
                "compare and scrutiny compare models on held-out data: set eval_dataset_id",
                {"field": "compare" if self.compare else "scrutiny"},
            )
        return self


class Estimate(Frozen):
    """How long a training will take, as far as the inspection of its model tells."""

    seconds: float | None
    reason: str | None = Field(None, description="Why there is none, or what it is worth")


class SoFar(Frozen):
    """The best weights of a hardening that was cancelled or failed."""

    epoch: int | None = Field(description="Whose weights these are; null where the worker did not say")
    clean_accuracy: float | None
    robust_accuracy: float | None
    judged_on: Literal["validation", "monitored"] | None = Field(
        description="The accuracies are of the validation split, or of a few training images"
    )
    href: str = Field(description="The artifact: safetensors under the file's own names")


class HardeningInfo(JobInfo):
    """A hardening as the API answers it."""

    train_dataset_id: str
    eval_dataset_id: str | None = None
    model_id_hardened: str | None = None
    audit_id: str | None = None
    metrics: Json | None = Field(
        None, description="`before` and `after`, each with clean, attacks and worst_case as in a report"
    )
    estimate: Estimate | None = Field(None, description="In the answer to `POST` alone; later see `seconds_left`")
    training: Underway | None = Field(None, description="While it trains: loss terms, clean and robust accuracy")
    so_far: SoFar | None = Field(
        None, description="What a cancelled or failed hardening leaves, where an epoch had ended"
    )
    request: HardeningRequest | None = Field(
        description="null when it cannot be read any more; `problem` then says why"
    )
    labels: dict[str, str] = {}
    created_at: Timestamp
    started_at: Timestamp | None = None
    finished_at: Timestamp | None = None


def check_read(options: HardenOptions, pointer: str) -> None:
    """Raise `InvalidField` where an option is given that neither the method nor the rival beside it reads.

    Of new requests alone: those that were kept could have it.
    """
    trained = [options.method, *([RIVALS.get(options.method, "pat")] if options.compare else [])]
    if (found := unread(options, [METHODS[name] for name in trained])) is not None:
        field, what = found
        raise InvalidField(f"{pointer}/{field}", f"{what}: leave it out")
