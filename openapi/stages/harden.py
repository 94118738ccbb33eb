"""Stage `harden`: train a robust model and write it in every format that can hold it. Inputs: ``model``, ``x``, ``y``."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, SerializerFunctionWrapHandler, WrapSerializer

from openapi.base import JsonObject
from openapi.hardening_options import OF_COMPARISON, Criticality, Goal, HardenOptions
from openapi.models import ModelFormat, ModelInspection
from openapi.stages.base import Wire, is_none
from openapi.stages.model_contract import ModelContract
from openapi.stages.prepare import LabelMapping


class HardenFile(StrEnum):
    """Checkpoints that take what the uploaded file took, their `manifest` (JSON), the `log` (a line an epoch), and an
    `example` of their use in Python."""

    ONNX = "onnx"
    INT8 = "int8"
    TORCHSCRIPT = "torchscript"
    SAFETENSORS = "safetensors"
    MANIFEST = "manifest"
    LOG = "log"
    EXAMPLE = "example"


def _without_data(options: HardenOptions, handler: SerializerFunctionWrapHandler) -> JsonObject:
    """The options that the training depends on: its data are an input, and what is compared comes after it."""
    left_out = {"train_dataset_id", *OF_COMPARISON}
    return {name: value for name, value in handler(options).items() if name not in left_out}


class Origin(Wire):
    """What a checkpoint comes from, as the manifest names it."""

    id: str = ""
    sha256: str = ""
    name: str = ""


class TrainingData(Origin):
    """The training set, and how its labels became logits where they are not the same."""

    label_mapping: LabelMapping | None = Field(None, exclude_if=is_none)


class HardenParams(Wire):
    """How to train on all of the data set; `parent` and `dataset` stand in the manifest."""

    model: ModelContract
    harden: Annotated[HardenOptions, WrapSerializer(_without_data)]
    seed: int = 0
    parent: Origin = Origin()
    dataset: TrainingData = TrainingData()


class Epoch(Wire):
    """One line of the log; epoch 0 is the model as it came.

    loss = l_adv + λ l_sns, means over the batches. clean_accuracy, robust_accuracy (PGD at the training eps) and
    sensitivity (mean σ over Ω) are of a few fixed training images: for watching, not for judging. `validation_…`: the
    same accuracies on the validation split, where there is one. note: what happened on the way.
    """

    epoch: int
    loss: float | None
    l_adv: float | None
    l_sns: float | None
    clean_accuracy: float
    robust_accuracy: float
    sensitivity: float
    lr: float
    seconds: float
    validation_clean: float | None = Field(None, exclude_if=is_none)
    validation_robust: float | None = Field(None, exclude_if=is_none)
    note: str | None = Field(None, exclude_if=is_none)


class BestSoFar(Wire):
    """The best epoch of a training that is not at its end, on the `validation` split or the `monitored` training images."""

    epoch: int
    clean_accuracy: float
    robust_accuracy: float
    judged_on: Literal["validation", "monitored"]


class Underway(Wire):
    """A training by a `method` as it runs, in its `epoch` of so many `epochs`; where two are compared, the one that runs.

    loss = l_adv + λ l_sns, means over the batches of this epoch so far; the accuracies are of the last epoch that was
    judged (see `Epoch`).
    """

    epoch: int
    epochs: int
    loss: float | None = None
    l_adv: float | None = None
    l_sns: float | None = None
    clean_accuracy: float | None = None
    robust_accuracy: float | None = None
    validation_clean: float | None = None
    validation_robust: float | None = None
    best: BestSoFar | None = None
    method: str | None = None


class FrontierPoint(Wire):
    """Weights at a `share` of the way from the uploaded (0) to the hardened ones (1), on the validation split."""

    share: float
    clean_accuracy: float
    robust_accuracy: float


class EpochPoint(Wire):
    """The weights at the end of an epoch, on the validation split."""

    epoch: int
    clean_accuracy: float
    robust_accuracy: float


class Frontier(Wire):
    """The trade-off that was walked for a goal, in order of the shares, and along the run by its `epochs`.

    delivered: the share that was chosen; delivered_epoch: the epoch whose weights serve the goal better than any share,
    and are delivered instead.
    """

    goal: Goal
    met: bool
    delivered: float
    points: tuple[FrontierPoint, ...]
    epochs: tuple[EpochPoint, ...] = Field((), exclude_if=lambda points: not points)
    delivered_epoch: int | None = Field(None, exclude_if=is_none)


class LayerCriticality(Wire):
    """How much a layer matters for robustness: what is lost of the accuracy on adversarial images that were made
    before, and by how much their mean cross-entropy rises, with the layer at its worst weights or back at its uploaded
    ones.
    """

    layer: str
    accuracy_lost: float
    loss_rise: float


class MeasuredCriticality(Wire):
    """`by`: the worst `weights` or the `restoration` of the uploaded ones. eps: the radius of the images, at which the
    network still had `accuracy` to lose."""

    by: Criticality
    eps: float
    accuracy: float
    layers: tuple[LayerCriticality, ...]


class LambdaTrial(Wire):
    """A λ that was tried: accuracies on the validation split after a short training."""

    lambda_: float = Field(alias="lambda")
    clean_accuracy: float
    robust_accuracy: float


class Sparsified(Wire):
    """A sparsity that was looked at: accuracies on the images that judged it, under PGD at the training eps with the
    network's own gradients, and under that as well as PGD with straight-through ones, which do not vanish where features
    are brought to their mean.
    """

    sparsity: float
    clean_accuracy: float
    robust_accuracy: float
    straight_through: float


class Planned(Wire):
    """How many epochs fit into a budget: by the measured seconds of a batch and of what stands around them."""

    seconds: float
    seconds_per_batch: float
    seconds_per_judgement: float
    epochs: int


class Decided(Wire):
    """What was found out before the training began, where its options leave it open; None is as the options say.

    layers: S, or the one layer that is trained.
    """

    layers: tuple[str, ...] | None = Field(None, exclude_if=is_none)
    lambda_: float | None = Field(None, alias="lambda", exclude_if=is_none)
    criticality: MeasuredCriticality | None = Field(None, exclude_if=is_none)
    trials: tuple[LambdaTrial, ...] | None = Field(None, exclude_if=is_none)
    plan: Planned | None = Field(None, exclude_if=is_none)
    sparsity: float | None = Field(None, exclude_if=is_none)
    looked_at: tuple[Sparsified, ...] | None = Field(None, exclude_if=is_none)


class Quantised(Wire):
    """The 8-bit ONNX file beside the one in floats, on `n` images that `judged_on` names; agreement: images of which both
    say the same class.

    The robust accuracies are under PGD at the training eps by the gradients of the network in floats, so that for the
    8-bit file, which has none of its own, they are those of a transfer.
    """

    calibrated_on: int
    n: int
    judged_on: Literal["validation", "training"]
    accuracy: float
    float_accuracy: float
    agreement: float
    robust_accuracy: float | None = Field(None, exclude_if=is_none)
    float_robust_accuracy: float | None = Field(None, exclude_if=is_none)


class Halved(Wire):
    """What it cost to bring the weights, trained in float32, to the half precision of the upload: accuracies before
    (`float_…`) and after, on `n` images that `judged_on` names; robust under PGD at the training eps."""

    precision: Literal["float16", "bfloat16"]
    n: int
    judged_on: Literal["validation", "training"]
    accuracy: float
    float_accuracy: float
    robust_accuracy: float
    float_robust_accuracy: float


def unwritten(missing: Mapping[str, str]) -> tuple[str, ...]:
    """What to tell of formats that could not be written (format → reason), a line each."""
    return tuple(f"the hardened model could not be written as {key}: {why}" for key, why in missing.items())


class HardenValue(Wire):
    """The hardened model's inspection, and what the training did.

    uploaded_format: in which the hardened model is audited, another than the upload's where that one cannot hold it.
    delivered: the epoch whose weights were chosen, where one was. not_written: format → why it is missing. layers: S. frozen: parameters left as they were. omega:
    layer → neurons. factors: what each layer's term of L_sns was multiplied by.
    """

    inspection: ModelInspection
    uploaded_format: ModelFormat
    not_written: dict[str, str]
    log: tuple[Epoch, ...]
    layers: tuple[str, ...]
    frozen: tuple[str, ...]
    omega: dict[str, tuple[int, ...]]
    quantised: Quantised | None = Field(None, exclude_if=is_none)
    halved: Halved | None = Field(None, exclude_if=is_none)
    delivered: int | None = Field(None, exclude_if=is_none)
    frontier: Frontier | None = Field(None, exclude_if=is_none)
    decided: Decided | None = Field(None, exclude_if=is_none)
    factors: dict[str, float] | None = Field(None, exclude_if=is_none)
