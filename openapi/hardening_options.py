"""How a model is hardened; shared by `POST /hardenings` and the `harden` block of an audit."""

from typing import Annotated, Literal

from pydantic import Field

from openapi.base import MOST, Eps, Frozen, Id, Radius
from openapi.hardening_methods import MethodName, regularisers

_LayerNames = Annotated[tuple[Annotated[str, Field(max_length=500)], ...], Field(max_length=5_000, fail_fast=True)]


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
    layers: Literal["all", "top_half"] | _LayerNames = Field(
        "all", description="S: the layers whose neurons are stabilised; parameters below the lowest of them are frozen"
    )
    lambda_: float = Field(
        0.05,
        ge=0,
        le=MOST,
        alias="lambda",
        description="Weight of L_sns in Eq. 13. L_sns grows with layers, neurons and the scale of activations: the paper "
        "has 5 for conv8-conv13 of a VGG-16; without batch norm and over all layers much less is stable",
    )
    eps: Eps = Field(8 / 255, description="L-infinity eps of the training pairs")
    steps: int = Field(10, ge=1, le=1000)
    step_size: Radius | None = None
    adversary: Literal["fresh", "fixed"] = "fresh"
    epochs: int = Field(6, ge=1, le=1000)
    batch_size: int = Field(64, ge=1, le=65_536)
    optimizer: Literal["sgd", "adam"] = "adam"
    lr: float = Field(0.002, gt=0, le=1000)
    batch_norm: Literal["train", "eval"] = "train"
    top_fraction: float = Field(0.1, gt=0, le=1)
    pairs: int = Field(1000, ge=1, le=MOST, description="Training images whose dual pairs choose Omega")
    max_samples: int | None = Field(None, ge=1, le=MOST)
    schedule: Literal["cosine", "constant"] = Field("cosine", description="Of the learning rate, over all epochs")
    warmup: float = Field(
        0.3, ge=0, le=1, description="Share of the training over which eps and lambda rise linearly to their values"
    )
    momentum: float = Field(0.9, ge=0, lt=1, description="Of sgd")
    weight_decay: float = Field(0.0, ge=0, le=1000)
    max_grad_norm: float | None = Field(None, gt=0, le=MOST, description="Longer gradients are cut to this L2 norm")
    regulariser: float | None = Field(
        None, ge=0, le=MOST, description=f"Weight of the pairing term: null is {regularisers()}"
    )
    max_clean_drop: float = Field(0.15, ge=0, le=1, description="A larger loss of clean accuracy fails the verdict")
