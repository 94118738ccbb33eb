"""How a model is hardened; shared by `POST /hardenings` and the `harden` block of an audit."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from openapi.base import MOST, Change, EpsChange, Frozen, Id
from openapi.hardening_methods import MethodName, regularisers
from openapi.hardening_misfits import misplaced
from openapi.scrutiny import Scrutiny

Augmentation = Literal["flip", "crop", "cutout", "cutmix"]
#: By which number of the validation split a checkpoint is chosen; `mean` is that of the two accuracies.
Metric = Literal["robust_accuracy", "clean_accuracy", "mean"]

Precision = Literal["float32", "mixed"]
#: How λ is found, and how a layer is said to matter.
LambdaChoice = Literal["fixed", "adaptive", "search"]
Criticality = Literal["weights", "restoration"]

_Share = Annotated[float, Field(gt=0, le=1)]
_LayerNames = Annotated[tuple[Annotated[str, Field(max_length=500)], ...], Field(max_length=5_000, fail_fast=True)]


class Exports(Frozen):
    """What checkpoints are written beside ONNX, TorchScript and safetensors, and how."""

    opset: int | None = Field(None, ge=18, le=23, description="Of the ONNX file; null is torch's own choice, 20")
    pt2: bool = Field(False, description="A `torch.export` program too, where the upload was none")
    int8: bool = Field(
        False,
        description="The ONNX file in 8 bits too (QDQ, static, calibrated on training images), with its accuracy beside "
        "that of the one in floats",
    )


class Goal(Frozen):
    """What the hardened model is to be worth, on the validation split. One of the two."""

    clean_drop: float | None = Field(
        None, ge=0, le=1, description="The most robust weights whose clean accuracy is at most so much lower"
    )
    robust_accuracy: float | None = Field(
        None,
        ge=0,
        le=1,
        description="The most accurate weights with at least this accuracy under PGD at the training eps",
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.clean_drop is None) == (self.robust_accuracy is None):
            raise PydanticCustomError("one_goal", "give clean_drop or robust_accuracy, one of the two")
        return self


class Budget(Frozen):
    """How long a training may take."""

    seconds: float = Field(gt=0, le=10_000_000, description="Of the training itself, on the worker that begins it")


def _unset(value: object) -> bool:
    """For `exclude_if`: options that came later are no part of the JSON, and of result keys, unless they are used."""
    return not value


class HardenOptions(Frozen):
    """Sensitive Neuron Stabilizing and its baseline (SNS, section 5, Eq. 12-13, Algorithm 1)."""

    train_dataset_id: Id | None = Field(
        None, description="Required; null only inside POST /hardenings, which has its own field"
    )
    method: MethodName = Field(
        "sns", description="sns: PAT + lambda L_sns (Eq. 13); the others are baselines with the same interface"
    )
    selection: Literal["sensitive", "dynamic", "all", "random"] = Field(
        "sensitive",
        description="sensitive: Omega of the vanilla model; dynamic: chosen again after each epoch on 200 samples; "
        "all: every neuron; random: as many neurons as Omega holds, drawn by the seed",
    )
    layers: Literal["all", "top_half", "auto"] | _Share | _LayerNames = Field(
        "all",
        description="S: the layers whose neurons are stabilised; parameters below the lowest of them are frozen. A number "
        "is the upper share of the convolutions: 0.46 of a VGG-16's 13 are conv8-conv13; names are the file's own, or the papers'"
        " (conv8, fc1, l3b2c1, l1b1). `auto`: those that matter more for robustness than the mean layer (`criticality`)",
    )
    criticality: Criticality = Field(
        "weights",
        exclude_if=lambda value: value == "weights",
        description="By what `auto` and rift judge a layer: robust accuracy lost at its worst-case weights (a move of "
        "2 % of their norm), or when its uploaded weights come back after a short adversarial training",
    )
    lambda_: float = Field(
        0.05,
        ge=0,
        le=MOST,
        alias="lambda",
        description="Weight of L_sns in Eq. 13. L_sns grows with layers, neurons and the scale of activations: the paper "
        "has 5 for conv8-conv13 of a VGG-16; without batch norm and over all layers much less is stable",
    )
    lambda_choice: LambdaChoice = Field(
        "fixed",
        exclude_if=lambda value: value == "fixed",
        description="`adaptive` (ours): each layer's term is weighed so that all layers count alike at the beginning, "
        "and together what they count with `fixed`; `search`: of lambda / 5, lambda and 5 lambda, the best by the mean of clean and "
        "robust accuracy on the validation split after a short training each",
    )
    eps: EpsChange = Field(8 / 255, description="L-infinity eps of the training pairs")
    steps: int = Field(10, ge=1, le=1000)
    step_size: Change | None = None
    adversary: Literal["fresh", "fixed", "free"] = Field(
        "fresh",
        description="Of a training batch: `fresh`: made anew by PGD; `fixed`: stored ones of the uploaded model; `free`, of "
        "`at`: each batch is trained on `steps` times, and the gradients of one time move the weights and the examples of "
        "the next (Shafahi et al., NeurIPS 2019): no pass is for the examples alone. step_size null is then eps",
    )
    epochs: int = Field(6, ge=1, le=1000)
    budget: Budget | None = Field(
        None,
        exclude_if=_unset,
        description="Train for as many epochs as fit, instead of `epochs`: planned from the measured cost of a step",
    )
    batch_size: int = Field(64, ge=1, le=65_536)
    optimizer: Literal["sgd", "adam", "muon"] = Field(
        "adam",
        description="muon: weights move by their momentum with its singular values made equal, biases by Adam (Jordan et al. "
        "2024; ours: of a spectral norm of 5 lr, so that lr is of Adam's size)",
    )
    lr: float = Field(0.002, gt=0, le=1000)
    batch_norm: Literal["train", "eval", "inserted"] = Field(
        "train",
        description="train: norms from the lowest layer of S upwards use and update the batch's statistics; eval: they keep "
        "theirs; inserted: as train, and convolutions without a norm, as exporters leave them that fold norms, have one "
        "while the network trains, which is folded into them again",
    )
    top_fraction: float = Field(0.1, gt=0, le=1)
    pairs: int = Field(1000, ge=1, le=MOST, description="Training images whose dual pairs choose Omega")
    max_samples: int | None = Field(None, ge=1, le=MOST)
    schedule: Literal["cosine", "constant"] = Field("cosine", description="Of the learning rate, over all epochs")
    warmup: float = Field(
        0.3, ge=0, le=1, description="Share of the training over which eps and lambda rise linearly to their values"
    )
    precision: Precision = Field(
        "float32",
        exclude_if=lambda value: value == "float32",
        description="`mixed`: passes in bfloat16 on a GPU; a worker without one trains in float32, and the log says so",
    )
    momentum: float = Field(0.9, ge=0, lt=1, description="Of sgd and muon")
    weight_decay: float = Field(0.0, ge=0, le=1000)
    max_grad_norm: float | None = Field(None, gt=0, le=MOST, description="Longer gradients are cut to this L2 norm")
    regulariser: float | None = Field(
        None, ge=0, le=MOST, description=f"Weight of the pairing term: null is {regularisers()}"
    )
    max_clean_drop: float = Field(0.15, ge=0, le=1, description="A larger loss of clean accuracy fails the verdict")
    awp: float | None = Field(
        None,
        gt=0,
        le=1,
        exclude_if=_unset,
        description="Adversarial weight perturbation (Wu et al., NeurIPS 2020): gamma, the length of the weights' own "
        "worst move as a share of each weight's norm, e.g. 0.005; costs one more forward and backward pass a batch",
    )
    averaging: float | None = Field(
        None,
        gt=0,
        lt=1,
        exclude_if=_unset,
        description="Decay of an exponential moving average of the weights over steps, e.g. 0.995; the average is "
        "judged and delivered, with batch-norm statistics computed anew for it",
    )
    augment: tuple[Augmentation, ...] = Field(
        (),
        max_length=4,
        exclude_if=_unset,
        description="Of training images, drawn anew for each batch: `flip` left to right; `crop` a shift by up to an "
        "eighth of the side; `cutout` a grey square of half the side; `cutmix` a patch of another image and its share "
        "of the label",
    )
    label_smoothing: float = Field(
        0.0, ge=0, lt=1, exclude_if=_unset, description="Share of the label that is spread evenly over all classes"
    )
    accumulate: int = Field(
        1,
        ge=1,
        le=1024,
        exclude_if=lambda value: value == 1,
        description="Batches whose gradients make one step: the effective batch is accumulate * batch_size",
    )
    validation: float = Field(
        0.0,
        ge=0,
        le=0.5,
        exclude_if=_unset,
        description="Share of the training set, drawn by the seed, that is not trained on and judges each epoch",
    )
    choose_by: Metric | None = Field(
        None,
        exclude_if=_unset,
        description="Deliver the epoch that is best by this number of the validation split; null delivers the last",
    )
    patience: int | None = Field(
        None, ge=1, le=1000, exclude_if=_unset, description="Stop after so many epochs without a better one"
    )
    goal: Goal | None = Field(
        None,
        exclude_if=_unset,
        description="After training, weights between the uploaded and the hardened ones are measured on the validation "
        "split, and those that serve this goal best are delivered; null delivers the hardened ones",
    )
    keep_frontier: bool = Field(
        False, exclude_if=_unset, description="Leave the weights at every point between as safetensors too"
    )
    sparsity: float | None = Field(
        None,
        ge=0,
        le=3,
        exclude_if=_unset,
        description="Of meansparse: alpha, the features within alpha standard deviations of their mean become the mean; "
        "null takes the most robust of 0.05 to 0.5 that costs at most 1 % of clean accuracy on the validation split",
    )
    exports: Exports = Field(
        Exports(), exclude_if=lambda value: value == Exports(), description="Which checkpoints are written, and how"
    )
    compare: bool = Field(
        False,
        exclude_if=_unset,
        description="Train by `pat` too (by `sns` where the method is `pat`), with the same options and seed, and report "
        "both side by side",
    )
    scrutiny: Scrutiny | None = Field(
        None,
        exclude_if=_unset,
        description="Before against after also by AutoAttack, more steps, transfer and straight-through gradients, and "
        "by the neurons; needs held-out data. `{}` is all of it on 128 samples; null leaves it out",
    )

    @model_validator(mode="after")
    def _together(self) -> Self:
        """Refuse options that contradict each other, by the field that must change."""
        judged = next((name for name in ("choose_by", "patience", "goal") if getattr(self, name)), None)
        if judged and not self.validation:
            raise _wrong(
                judged,
                "needs_validation",
                "choose_by, patience and goal are judged on held-out training images: set validation, e.g. 0.1",
            )
        if self.patience and not self.choose_by:
            raise _wrong("patience", "needs_choose_by", "patience needs choose_by, which says what a better epoch is")
        if len(set(self.augment)) < len(self.augment):
            raise _wrong("augment", "augment_twice", "augment names the same augmentation twice")
        if self.augment and self.adversary == "fixed":
            raise _wrong(
                "augment",
                "augment_fixed",
                "fixed adversaries belong to the images as they are: leave augment empty, or take adversary fresh",
            )
        if found := misplaced(self):
            raise _wrong(found[0], "option_of_another_method", found[1])
        if self.method == "mart" and (self.label_smoothing or "cutmix" in self.augment):
            raise _wrong(
                "label_smoothing" if self.label_smoothing else "augment",
                "mart_labels",
                "mart needs one right class an image: it takes neither label_smoothing nor cutmix",
            )
        return self


#: Options of the comparison of before and after, which the training does not depend on.
OF_COMPARISON = frozenset({"compare", "scrutiny"})


def _wrong(field: str, kind: str, message: str) -> PydanticCustomError:
    """The error of options that do not go together, placed at the field that must change."""
    return PydanticCustomError(kind, "{message}", {"message": message, "field": field})
