from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.hardening_request_input_adversary import HardeningRequestInputAdversary
from ..models.hardening_request_input_augment_item import (
    HardeningRequestInputAugmentItem,
)
from ..models.hardening_request_input_batch_norm import HardeningRequestInputBatchNorm
from ..models.hardening_request_input_choose_by_type_0 import (
    HardeningRequestInputChooseByType0,
)
from ..models.hardening_request_input_criticality import (
    HardeningRequestInputCriticality,
)
from ..models.hardening_request_input_eval_samples_type_0 import (
    HardeningRequestInputEvalSamplesType0,
)
from ..models.hardening_request_input_lambda_choice import (
    HardeningRequestInputLambdaChoice,
)
from ..models.hardening_request_input_layers_type_0 import (
    HardeningRequestInputLayersType0,
)
from ..models.hardening_request_input_method import HardeningRequestInputMethod
from ..models.hardening_request_input_optimizer import HardeningRequestInputOptimizer
from ..models.hardening_request_input_precision import HardeningRequestInputPrecision
from ..models.hardening_request_input_schedule import HardeningRequestInputSchedule
from ..models.hardening_request_input_selection import HardeningRequestInputSelection
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.apgd_input import ApgdInput
    from ..models.apgd_t_input import ApgdTInput
    from ..models.auto_attack_input import AutoAttackInput
    from ..models.budget import Budget
    from ..models.corruption_input import CorruptionInput
    from ..models.cw_input import CwInput
    from ..models.ddn_input import DdnInput
    from ..models.deepfool_input import DeepfoolInput
    from ..models.ead_input import EadInput
    from ..models.execution import Execution
    from ..models.exports import Exports
    from ..models.fab_t_input import FabTInput
    from ..models.fgsm_input import FgsmInput
    from ..models.fmn_input import FmnInput
    from ..models.gaussian_noise_input import GaussianNoiseInput
    from ..models.goal import Goal
    from ..models.hardening_request_input_labels import HardeningRequestInputLabels
    from ..models.ifgsm_input import IfgsmInput
    from ..models.nattack_input import NattackInput
    from ..models.one_pixel_input import OnePixelInput
    from ..models.other import Other
    from ..models.pgd_input import PgdInput
    from ..models.scrutiny import Scrutiny
    from ..models.spsa_input import SpsaInput
    from ..models.square_input import SquareInput
    from ..models.str_attack_input import StrAttackInput


T = TypeVar("T", bound="HardeningRequestInput")


@_attrs_define
class HardeningRequestInput:
    """The body of `POST /v1/hardenings`.

    Attributes:
        train_dataset_id (str):
        model_id (str):
        method (HardeningRequestInputMethod | Unset): sns: PAT + lambda L_sns (Eq. 13); the others are baselines with
            the same interface Default: HardeningRequestInputMethod.SNS.
        selection (HardeningRequestInputSelection | Unset): sensitive: Omega of the vanilla model; dynamic: chosen again
            after each epoch on 200 samples; all: every neuron; random: as many neurons as Omega holds, drawn by the seed
            Default: HardeningRequestInputSelection.SENSITIVE.
        layers (float | HardeningRequestInputLayersType0 | list[str] | Unset): S: the layers whose neurons are
            stabilised; parameters below the lowest of them are frozen. A number is the upper share of the convolutions:
            0.46 of a VGG-16's 13 are conv8-conv13; names are the file's own, or the papers' (conv8, fc1, l3b2c1, l1b1).
            `auto`: those that matter more for robustness than the mean layer (`criticality`) Default:
            HardeningRequestInputLayersType0.ALL.
        criticality (HardeningRequestInputCriticality | Unset): By what `auto` and rift judge a layer: robust accuracy
            lost at its worst-case weights (a move of 2 % of their norm), or when its uploaded weights come back after a
            short adversarial training Default: HardeningRequestInputCriticality.WEIGHTS.
        lambda_ (float | Unset): Weight of L_sns in Eq. 13. L_sns grows with layers, neurons and the scale of
            activations: the paper has 5 for conv8-conv13 of a VGG-16; without batch norm and over all layers much less is
            stable Default: 0.05.
        lambda_choice (HardeningRequestInputLambdaChoice | Unset): `adaptive` (ours): each layer's term is weighed so
            that all layers count alike at the beginning, and together what they count with `fixed`; `search`: of lambda /
            5, lambda and 5 lambda, the best by the mean of clean and robust accuracy on the validation split after a short
            training each Default: HardeningRequestInputLambdaChoice.FIXED.
        eps (float | str | Unset): L-infinity eps of the training pairs Default: 0.03137254901960784.
        steps (int | Unset):  Default: 10.
        step_size (float | None | str | Unset):
        adversary (HardeningRequestInputAdversary | Unset): Of a training batch: `fresh`: made anew by PGD; `fixed`:
            stored ones of the uploaded model; `free`, of `at`: each batch is trained on `steps` times, and the gradients of
            one time move the weights and the examples of the next (Shafahi et al., NeurIPS 2019): no pass is for the
            examples alone. step_size null is then eps Default: HardeningRequestInputAdversary.FRESH.
        epochs (int | Unset):  Default: 6.
        budget (Budget | None | Unset): Train for as many epochs as fit, instead of `epochs`: planned from the measured
            cost of a step
        batch_size (int | Unset):  Default: 64.
        optimizer (HardeningRequestInputOptimizer | Unset): muon: weights move by their momentum with its singular
            values made equal, biases by Adam (Jordan et al. 2024; ours: of a spectral norm of 5 lr, so that lr is of Adam's
            size) Default: HardeningRequestInputOptimizer.ADAM.
        lr (float | Unset):  Default: 0.002.
        batch_norm (HardeningRequestInputBatchNorm | Unset): train: norms from the lowest layer of S upwards use and
            update the batch's statistics; eval: they keep theirs; inserted: as train, and convolutions without a norm, as
            exporters leave them that fold norms, have one while the network trains, which is folded into them again
            Default: HardeningRequestInputBatchNorm.TRAIN.
        top_fraction (float | Unset):  Default: 0.1.
        pairs (int | Unset): Training images whose dual pairs choose Omega Default: 1000.
        max_samples (int | None | Unset):
        schedule (HardeningRequestInputSchedule | Unset): Of the learning rate, over all epochs Default:
            HardeningRequestInputSchedule.COSINE.
        warmup (float | Unset): Share of the training over which eps and lambda rise linearly to their values Default:
            0.3.
        precision (HardeningRequestInputPrecision | Unset): `mixed`: passes in bfloat16 on a GPU; a worker without one
            trains in float32, and the log says so Default: HardeningRequestInputPrecision.FLOAT32.
        momentum (float | Unset): Of sgd and muon Default: 0.9.
        weight_decay (float | Unset):  Default: 0.0.
        max_grad_norm (float | None | Unset): Longer gradients are cut to this L2 norm
        regulariser (float | None | Unset): Weight of the pairing term: null is 0.5 for alp, 6 for trades, 5 for mart
        max_clean_drop (float | Unset): A larger loss of clean accuracy fails the verdict Default: 0.15.
        awp (float | None | Unset): Adversarial weight perturbation (Wu et al., NeurIPS 2020): gamma, the length of the
            weights' own worst move as a share of each weight's norm, e.g. 0.005; costs one more forward and backward pass a
            batch
        averaging (float | None | Unset): Decay of an exponential moving average of the weights over steps, e.g. 0.995;
            the average is judged and delivered, with batch-norm statistics computed anew for it
        augment (list[HardeningRequestInputAugmentItem] | Unset): Of training images, drawn anew for each batch: `flip`
            left to right; `crop` a shift by up to an eighth of the side; `cutout` a grey square of half the side; `cutmix`
            a patch of another image and its share of the label
        label_smoothing (float | Unset): Share of the label that is spread evenly over all classes Default: 0.0.
        accumulate (int | Unset): Batches whose gradients make one step: the effective batch is accumulate * batch_size
            Default: 1.
        validation (float | Unset): Share of the training set, drawn by the seed, that is not trained on and judges each
            epoch Default: 0.0.
        choose_by (HardeningRequestInputChooseByType0 | None | Unset): Deliver the epoch that is best by this number of
            the validation split; null delivers the last
        patience (int | None | Unset): Stop after so many epochs without a better one
        goal (Goal | None | Unset): After training, weights between the uploaded and the hardened ones are measured on
            the validation split, and those that serve this goal best are delivered; null delivers the hardened ones
        keep_frontier (bool | Unset): Leave the weights at every point between as safetensors too Default: False.
        sparsity (float | None | Unset): Of meansparse: alpha, the features within alpha standard deviations of their
            mean become the mean; null takes the most robust of 0.05 to 0.5 that costs at most 1 % of clean accuracy on the
            validation split
        exports (Exports | Unset): What checkpoints are written beside ONNX, TorchScript and safetensors, and how.
        compare (bool | Unset): Train by `pat` too (by `sns` where the method is `pat`), with the same options and seed,
            and report both side by side Default: False.
        scrutiny (None | Scrutiny | Unset): Before against after also by AutoAttack, more steps, transfer and straight-
            through gradients, and by the neurons; needs held-out data. `{}` is all of it on 128 samples; null leaves it out
        eval_dataset_id (None | str | Unset): Held-out data for before/after; null leaves the comparison out
        attacks (list[ApgdInput | ApgdTInput | AutoAttackInput | CorruptionInput | CwInput | DdnInput | DeepfoolInput |
            EadInput | FabTInput | FgsmInput | FmnInput | GaussianNoiseInput | IfgsmInput | NattackInput | OnePixelInput |
            Other | PgdInput | SpsaInput | SquareInput | StrAttackInput] | None | Unset): For before/after; null is FGSM and
            PGD-20 at the training eps
        eval_max_samples (int | None | Unset):
        eval_samples (HardeningRequestInputEvalSamplesType0 | list[int] | Unset): Which samples: `first` so many,
            `random` ones, `per_class` (the same number of each class, or all it has) with `eval_max_samples` as their
            number, drawn by `seed`; or a list of indices Default: HardeningRequestInputEvalSamplesType0.FIRST.
        seed (int | Unset):  Default: 0.
        name (None | str | Unset): Name of the hardened model
        labels (HardeningRequestInputLabels | Unset):
        execution (Execution | Unset): How work is cut up, and when its turn comes. It never changes a result.
    """

    train_dataset_id: str
    model_id: str
    method: HardeningRequestInputMethod | Unset = HardeningRequestInputMethod.SNS
    selection: HardeningRequestInputSelection | Unset = HardeningRequestInputSelection.SENSITIVE
    layers: float | HardeningRequestInputLayersType0 | list[str] | Unset = HardeningRequestInputLayersType0.ALL
    criticality: HardeningRequestInputCriticality | Unset = HardeningRequestInputCriticality.WEIGHTS
    lambda_: float | Unset = 0.05
    lambda_choice: HardeningRequestInputLambdaChoice | Unset = HardeningRequestInputLambdaChoice.FIXED
    eps: float | str | Unset = 0.03137254901960784
    steps: int | Unset = 10
    step_size: float | None | str | Unset = UNSET
    adversary: HardeningRequestInputAdversary | Unset = HardeningRequestInputAdversary.FRESH
    epochs: int | Unset = 6
    budget: Budget | None | Unset = UNSET
    batch_size: int | Unset = 64
    optimizer: HardeningRequestInputOptimizer | Unset = HardeningRequestInputOptimizer.ADAM
    lr: float | Unset = 0.002
    batch_norm: HardeningRequestInputBatchNorm | Unset = HardeningRequestInputBatchNorm.TRAIN
    top_fraction: float | Unset = 0.1
    pairs: int | Unset = 1000
    max_samples: int | None | Unset = UNSET
    schedule: HardeningRequestInputSchedule | Unset = HardeningRequestInputSchedule.COSINE
    warmup: float | Unset = 0.3
    precision: HardeningRequestInputPrecision | Unset = HardeningRequestInputPrecision.FLOAT32
    momentum: float | Unset = 0.9
    weight_decay: float | Unset = 0.0
    max_grad_norm: float | None | Unset = UNSET
    regulariser: float | None | Unset = UNSET
    max_clean_drop: float | Unset = 0.15
    awp: float | None | Unset = UNSET
    averaging: float | None | Unset = UNSET
    augment: list[HardeningRequestInputAugmentItem] | Unset = UNSET
    label_smoothing: float | Unset = 0.0
    accumulate: int | Unset = 1
    validation: float | Unset = 0.0
    choose_by: HardeningRequestInputChooseByType0 | None | Unset = UNSET
    patience: int | None | Unset = UNSET
    goal: Goal | None | Unset = UNSET
    keep_frontier: bool | Unset = False
    sparsity: float | None | Unset = UNSET
    exports: Exports | Unset = UNSET
    compare: bool | Unset = False
    scrutiny: None | Scrutiny | Unset = UNSET
    eval_dataset_id: None | str | Unset = UNSET
    attacks: (
        list[
            ApgdInput
            | ApgdTInput
            | AutoAttackInput
            | CorruptionInput
            | CwInput
            | DdnInput
            | DeepfoolInput
            | EadInput
            | FabTInput
            | FgsmInput
            | FmnInput
            | GaussianNoiseInput
            | IfgsmInput
            | NattackInput
            | OnePixelInput
            | Other
            | PgdInput
            | SpsaInput
            | SquareInput
            | StrAttackInput
        ]
        | None
        | Unset
    ) = UNSET
    eval_max_samples: int | None | Unset = UNSET
    eval_samples: HardeningRequestInputEvalSamplesType0 | list[int] | Unset = (
        HardeningRequestInputEvalSamplesType0.FIRST
    )
    seed: int | Unset = 0
    name: None | str | Unset = UNSET
    labels: HardeningRequestInputLabels | Unset = UNSET
    execution: Execution | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.apgd_input import ApgdInput  # noqa: PLC0415
        from ..models.apgd_t_input import ApgdTInput  # noqa: PLC0415
        from ..models.auto_attack_input import AutoAttackInput  # noqa: PLC0415
        from ..models.budget import Budget  # noqa: PLC0415
        from ..models.corruption_input import CorruptionInput  # noqa: PLC0415
        from ..models.cw_input import CwInput  # noqa: PLC0415
        from ..models.ddn_input import DdnInput  # noqa: PLC0415
        from ..models.deepfool_input import DeepfoolInput  # noqa: PLC0415
        from ..models.ead_input import EadInput  # noqa: PLC0415
        from ..models.fab_t_input import FabTInput  # noqa: PLC0415
        from ..models.fgsm_input import FgsmInput  # noqa: PLC0415
        from ..models.fmn_input import FmnInput  # noqa: PLC0415
        from ..models.gaussian_noise_input import GaussianNoiseInput  # noqa: PLC0415
        from ..models.goal import Goal  # noqa: PLC0415
        from ..models.ifgsm_input import IfgsmInput  # noqa: PLC0415
        from ..models.nattack_input import NattackInput  # noqa: PLC0415
        from ..models.one_pixel_input import OnePixelInput  # noqa: PLC0415
        from ..models.pgd_input import PgdInput  # noqa: PLC0415
        from ..models.scrutiny import Scrutiny  # noqa: PLC0415
        from ..models.spsa_input import SpsaInput  # noqa: PLC0415
        from ..models.square_input import SquareInput  # noqa: PLC0415
        from ..models.str_attack_input import StrAttackInput  # noqa: PLC0415

        train_dataset_id = self.train_dataset_id

        model_id = self.model_id

        method: str | Unset = UNSET
        if not isinstance(self.method, Unset):
            method = self.method.value

        selection: str | Unset = UNSET
        if not isinstance(self.selection, Unset):
            selection = self.selection.value

        layers: float | list[str] | str | Unset
        if isinstance(self.layers, Unset):
            layers = UNSET
        elif isinstance(self.layers, HardeningRequestInputLayersType0):
            layers = self.layers.value
        elif isinstance(self.layers, list):
            layers = self.layers

        else:
            layers = self.layers

        criticality: str | Unset = UNSET
        if not isinstance(self.criticality, Unset):
            criticality = self.criticality.value

        lambda_ = self.lambda_

        lambda_choice: str | Unset = UNSET
        if not isinstance(self.lambda_choice, Unset):
            lambda_choice = self.lambda_choice.value

        eps: float | str | Unset
        if isinstance(self.eps, Unset):
            eps = UNSET
        else:
            eps = self.eps

        steps = self.steps

        step_size: float | None | str | Unset
        if isinstance(self.step_size, Unset):
            step_size = UNSET
        else:
            step_size = self.step_size

        adversary: str | Unset = UNSET
        if not isinstance(self.adversary, Unset):
            adversary = self.adversary.value

        epochs = self.epochs

        budget: dict[str, Any] | None | Unset
        if isinstance(self.budget, Unset):
            budget = UNSET
        elif isinstance(self.budget, Budget):
            budget = self.budget.to_dict()
        else:
            budget = self.budget

        batch_size = self.batch_size

        optimizer: str | Unset = UNSET
        if not isinstance(self.optimizer, Unset):
            optimizer = self.optimizer.value

        lr = self.lr

        batch_norm: str | Unset = UNSET
        if not isinstance(self.batch_norm, Unset):
            batch_norm = self.batch_norm.value

        top_fraction = self.top_fraction

        pairs = self.pairs

        max_samples: int | None | Unset
        if isinstance(self.max_samples, Unset):
            max_samples = UNSET
        else:
            max_samples = self.max_samples

        schedule: str | Unset = UNSET
        if not isinstance(self.schedule, Unset):
            schedule = self.schedule.value

        warmup = self.warmup

        precision: str | Unset = UNSET
        if not isinstance(self.precision, Unset):
            precision = self.precision.value

        momentum = self.momentum

        weight_decay = self.weight_decay

        max_grad_norm: float | None | Unset
        if isinstance(self.max_grad_norm, Unset):
            max_grad_norm = UNSET
        else:
            max_grad_norm = self.max_grad_norm

        regulariser: float | None | Unset
        if isinstance(self.regulariser, Unset):
            regulariser = UNSET
        else:
            regulariser = self.regulariser

        max_clean_drop = self.max_clean_drop

        awp: float | None | Unset
        if isinstance(self.awp, Unset):
            awp = UNSET
        else:
            awp = self.awp

        averaging: float | None | Unset
        if isinstance(self.averaging, Unset):
            averaging = UNSET
        else:
            averaging = self.averaging

        augment: list[str] | Unset = UNSET
        if not isinstance(self.augment, Unset):
            augment = []
            for augment_item_data in self.augment:
                augment_item = augment_item_data.value
                augment.append(augment_item)

        label_smoothing = self.label_smoothing

        accumulate = self.accumulate

        validation = self.validation

        choose_by: None | str | Unset
        if isinstance(self.choose_by, Unset):
            choose_by = UNSET
        elif isinstance(self.choose_by, HardeningRequestInputChooseByType0):
            choose_by = self.choose_by.value
        else:
            choose_by = self.choose_by

        patience: int | None | Unset
        if isinstance(self.patience, Unset):
            patience = UNSET
        else:
            patience = self.patience

        goal: dict[str, Any] | None | Unset
        if isinstance(self.goal, Unset):
            goal = UNSET
        elif isinstance(self.goal, Goal):
            goal = self.goal.to_dict()
        else:
            goal = self.goal

        keep_frontier = self.keep_frontier

        sparsity: float | None | Unset
        if isinstance(self.sparsity, Unset):
            sparsity = UNSET
        else:
            sparsity = self.sparsity

        exports: dict[str, Any] | Unset = UNSET
        if not isinstance(self.exports, Unset):
            exports = self.exports.to_dict()

        compare = self.compare

        scrutiny: dict[str, Any] | None | Unset
        if isinstance(self.scrutiny, Unset):
            scrutiny = UNSET
        elif isinstance(self.scrutiny, Scrutiny):
            scrutiny = self.scrutiny.to_dict()
        else:
            scrutiny = self.scrutiny

        eval_dataset_id: None | str | Unset
        if isinstance(self.eval_dataset_id, Unset):
            eval_dataset_id = UNSET
        else:
            eval_dataset_id = self.eval_dataset_id

        attacks: list[dict[str, Any]] | None | Unset
        if isinstance(self.attacks, Unset):
            attacks = UNSET
        elif isinstance(self.attacks, list):
            attacks = []
            for attacks_type_0_item_data in self.attacks:
                attacks_type_0_item: dict[str, Any]
                if isinstance(attacks_type_0_item_data, FgsmInput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, PgdInput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, IfgsmInput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, ApgdInput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, ApgdTInput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, FabTInput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, AutoAttackInput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, SquareInput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, OnePixelInput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, SpsaInput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, NattackInput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, GaussianNoiseInput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, CorruptionInput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, CwInput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, DeepfoolInput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, DdnInput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, FmnInput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, EadInput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, StrAttackInput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                else:
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()

                attacks.append(attacks_type_0_item)

        else:
            attacks = self.attacks

        eval_max_samples: int | None | Unset
        if isinstance(self.eval_max_samples, Unset):
            eval_max_samples = UNSET
        else:
            eval_max_samples = self.eval_max_samples

        eval_samples: list[int] | str | Unset
        if isinstance(self.eval_samples, Unset):
            eval_samples = UNSET
        elif isinstance(self.eval_samples, HardeningRequestInputEvalSamplesType0):
            eval_samples = self.eval_samples.value
        else:
            eval_samples = self.eval_samples

        seed = self.seed

        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        labels: dict[str, Any] | Unset = UNSET
        if not isinstance(self.labels, Unset):
            labels = self.labels.to_dict()

        execution: dict[str, Any] | Unset = UNSET
        if not isinstance(self.execution, Unset):
            execution = self.execution.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "train_dataset_id": train_dataset_id,
                "model_id": model_id,
            }
        )
        if method is not UNSET:
            field_dict["method"] = method
        if selection is not UNSET:
            field_dict["selection"] = selection
        if layers is not UNSET:
            field_dict["layers"] = layers
        if criticality is not UNSET:
            field_dict["criticality"] = criticality
        if lambda_ is not UNSET:
            field_dict["lambda"] = lambda_
        if lambda_choice is not UNSET:
            field_dict["lambda_choice"] = lambda_choice
        if eps is not UNSET:
            field_dict["eps"] = eps
        if steps is not UNSET:
            field_dict["steps"] = steps
        if step_size is not UNSET:
            field_dict["step_size"] = step_size
        if adversary is not UNSET:
            field_dict["adversary"] = adversary
        if epochs is not UNSET:
            field_dict["epochs"] = epochs
        if budget is not UNSET:
            field_dict["budget"] = budget
        if batch_size is not UNSET:
            field_dict["batch_size"] = batch_size
        if optimizer is not UNSET:
            field_dict["optimizer"] = optimizer
        if lr is not UNSET:
            field_dict["lr"] = lr
        if batch_norm is not UNSET:
            field_dict["batch_norm"] = batch_norm
        if top_fraction is not UNSET:
            field_dict["top_fraction"] = top_fraction
        if pairs is not UNSET:
            field_dict["pairs"] = pairs
        if max_samples is not UNSET:
            field_dict["max_samples"] = max_samples
        if schedule is not UNSET:
            field_dict["schedule"] = schedule
        if warmup is not UNSET:
            field_dict["warmup"] = warmup
        if precision is not UNSET:
            field_dict["precision"] = precision
        if momentum is not UNSET:
            field_dict["momentum"] = momentum
        if weight_decay is not UNSET:
            field_dict["weight_decay"] = weight_decay
        if max_grad_norm is not UNSET:
            field_dict["max_grad_norm"] = max_grad_norm
        if regulariser is not UNSET:
            field_dict["regulariser"] = regulariser
        if max_clean_drop is not UNSET:
            field_dict["max_clean_drop"] = max_clean_drop
        if awp is not UNSET:
            field_dict["awp"] = awp
        if averaging is not UNSET:
            field_dict["averaging"] = averaging
        if augment is not UNSET:
            field_dict["augment"] = augment
        if label_smoothing is not UNSET:
            field_dict["label_smoothing"] = label_smoothing
        if accumulate is not UNSET:
            field_dict["accumulate"] = accumulate
        if validation is not UNSET:
            field_dict["validation"] = validation
        if choose_by is not UNSET:
            field_dict["choose_by"] = choose_by
        if patience is not UNSET:
            field_dict["patience"] = patience
        if goal is not UNSET:
            field_dict["goal"] = goal
        if keep_frontier is not UNSET:
            field_dict["keep_frontier"] = keep_frontier
        if sparsity is not UNSET:
            field_dict["sparsity"] = sparsity
        if exports is not UNSET:
            field_dict["exports"] = exports
        if compare is not UNSET:
            field_dict["compare"] = compare
        if scrutiny is not UNSET:
            field_dict["scrutiny"] = scrutiny
        if eval_dataset_id is not UNSET:
            field_dict["eval_dataset_id"] = eval_dataset_id
        if attacks is not UNSET:
            field_dict["attacks"] = attacks
        if eval_max_samples is not UNSET:
            field_dict["eval_max_samples"] = eval_max_samples
        if eval_samples is not UNSET:
            field_dict["eval_samples"] = eval_samples
        if seed is not UNSET:
            field_dict["seed"] = seed
        if name is not UNSET:
            field_dict["name"] = name
        if labels is not UNSET:
            field_dict["labels"] = labels
        if execution is not UNSET:
            field_dict["execution"] = execution

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.apgd_input import ApgdInput  # noqa: PLC0415
        from ..models.apgd_t_input import ApgdTInput  # noqa: PLC0415
        from ..models.auto_attack_input import AutoAttackInput  # noqa: PLC0415
        from ..models.budget import Budget  # noqa: PLC0415
        from ..models.corruption_input import CorruptionInput  # noqa: PLC0415
        from ..models.cw_input import CwInput  # noqa: PLC0415
        from ..models.ddn_input import DdnInput  # noqa: PLC0415
        from ..models.deepfool_input import DeepfoolInput  # noqa: PLC0415
        from ..models.ead_input import EadInput  # noqa: PLC0415
        from ..models.execution import Execution  # noqa: PLC0415
        from ..models.exports import Exports  # noqa: PLC0415
        from ..models.fab_t_input import FabTInput  # noqa: PLC0415
        from ..models.fgsm_input import FgsmInput  # noqa: PLC0415
        from ..models.fmn_input import FmnInput  # noqa: PLC0415
        from ..models.gaussian_noise_input import GaussianNoiseInput  # noqa: PLC0415
        from ..models.goal import Goal  # noqa: PLC0415
        from ..models.hardening_request_input_labels import HardeningRequestInputLabels  # noqa: PLC0415
        from ..models.ifgsm_input import IfgsmInput  # noqa: PLC0415
        from ..models.nattack_input import NattackInput  # noqa: PLC0415
        from ..models.one_pixel_input import OnePixelInput  # noqa: PLC0415
        from ..models.other import Other  # noqa: PLC0415
        from ..models.pgd_input import PgdInput  # noqa: PLC0415
        from ..models.scrutiny import Scrutiny  # noqa: PLC0415
        from ..models.spsa_input import SpsaInput  # noqa: PLC0415
        from ..models.square_input import SquareInput  # noqa: PLC0415
        from ..models.str_attack_input import StrAttackInput  # noqa: PLC0415

        d = dict(src_dict)
        train_dataset_id = d.pop("train_dataset_id")

        model_id = d.pop("model_id")

        _method = d.pop("method", UNSET)
        method: HardeningRequestInputMethod | Unset
        if isinstance(_method, Unset):
            method = UNSET
        else:
            method = HardeningRequestInputMethod(_method)

        _selection = d.pop("selection", UNSET)
        selection: HardeningRequestInputSelection | Unset
        if isinstance(_selection, Unset):
            selection = UNSET
        else:
            selection = HardeningRequestInputSelection(_selection)

        def _parse_layers(data: object) -> float | HardeningRequestInputLayersType0 | list[str] | Unset:
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                layers_type_0 = HardeningRequestInputLayersType0(data)

                return layers_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, list):
                    raise TypeError()
                layers_type_2 = cast(list[str], data)

                return layers_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(float | HardeningRequestInputLayersType0 | list[str] | Unset, data)

        layers = _parse_layers(d.pop("layers", UNSET))

        _criticality = d.pop("criticality", UNSET)
        criticality: HardeningRequestInputCriticality | Unset
        if isinstance(_criticality, Unset):
            criticality = UNSET
        else:
            criticality = HardeningRequestInputCriticality(_criticality)

        lambda_ = d.pop("lambda", UNSET)

        _lambda_choice = d.pop("lambda_choice", UNSET)
        lambda_choice: HardeningRequestInputLambdaChoice | Unset
        if isinstance(_lambda_choice, Unset):
            lambda_choice = UNSET
        else:
            lambda_choice = HardeningRequestInputLambdaChoice(_lambda_choice)

        def _parse_eps(data: object) -> float | str | Unset:
            if isinstance(data, Unset):
                return data
            return cast(float | str | Unset, data)

        eps = _parse_eps(d.pop("eps", UNSET))

        steps = d.pop("steps", UNSET)

        def _parse_step_size(data: object) -> float | None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | str | Unset, data)

        step_size = _parse_step_size(d.pop("step_size", UNSET))

        _adversary = d.pop("adversary", UNSET)
        adversary: HardeningRequestInputAdversary | Unset
        if isinstance(_adversary, Unset):
            adversary = UNSET
        else:
            adversary = HardeningRequestInputAdversary(_adversary)

        epochs = d.pop("epochs", UNSET)

        def _parse_budget(data: object) -> Budget | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                budget_type_0 = Budget.from_dict(data)

                return budget_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Budget | None | Unset, data)

        budget = _parse_budget(d.pop("budget", UNSET))

        batch_size = d.pop("batch_size", UNSET)

        _optimizer = d.pop("optimizer", UNSET)
        optimizer: HardeningRequestInputOptimizer | Unset
        if isinstance(_optimizer, Unset):
            optimizer = UNSET
        else:
            optimizer = HardeningRequestInputOptimizer(_optimizer)

        lr = d.pop("lr", UNSET)

        _batch_norm = d.pop("batch_norm", UNSET)
        batch_norm: HardeningRequestInputBatchNorm | Unset
        if isinstance(_batch_norm, Unset):
            batch_norm = UNSET
        else:
            batch_norm = HardeningRequestInputBatchNorm(_batch_norm)

        top_fraction = d.pop("top_fraction", UNSET)

        pairs = d.pop("pairs", UNSET)

        def _parse_max_samples(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_samples = _parse_max_samples(d.pop("max_samples", UNSET))

        _schedule = d.pop("schedule", UNSET)
        schedule: HardeningRequestInputSchedule | Unset
        if isinstance(_schedule, Unset):
            schedule = UNSET
        else:
            schedule = HardeningRequestInputSchedule(_schedule)

        warmup = d.pop("warmup", UNSET)

        _precision = d.pop("precision", UNSET)
        precision: HardeningRequestInputPrecision | Unset
        if isinstance(_precision, Unset):
            precision = UNSET
        else:
            precision = HardeningRequestInputPrecision(_precision)

        momentum = d.pop("momentum", UNSET)

        weight_decay = d.pop("weight_decay", UNSET)

        def _parse_max_grad_norm(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        max_grad_norm = _parse_max_grad_norm(d.pop("max_grad_norm", UNSET))

        def _parse_regulariser(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        regulariser = _parse_regulariser(d.pop("regulariser", UNSET))

        max_clean_drop = d.pop("max_clean_drop", UNSET)

        def _parse_awp(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        awp = _parse_awp(d.pop("awp", UNSET))

        def _parse_averaging(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        averaging = _parse_averaging(d.pop("averaging", UNSET))

        _augment = d.pop("augment", UNSET)
        augment: list[HardeningRequestInputAugmentItem] | Unset = UNSET
        if _augment is not UNSET:
            augment = []
            for augment_item_data in _augment:
                augment_item = HardeningRequestInputAugmentItem(augment_item_data)

                augment.append(augment_item)

        label_smoothing = d.pop("label_smoothing", UNSET)

        accumulate = d.pop("accumulate", UNSET)

        validation = d.pop("validation", UNSET)

        def _parse_choose_by(data: object) -> HardeningRequestInputChooseByType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                choose_by_type_0 = HardeningRequestInputChooseByType0(data)

                return choose_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(HardeningRequestInputChooseByType0 | None | Unset, data)

        choose_by = _parse_choose_by(d.pop("choose_by", UNSET))

        def _parse_patience(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        patience = _parse_patience(d.pop("patience", UNSET))

        def _parse_goal(data: object) -> Goal | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                goal_type_0 = Goal.from_dict(data)

                return goal_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Goal | None | Unset, data)

        goal = _parse_goal(d.pop("goal", UNSET))

        keep_frontier = d.pop("keep_frontier", UNSET)

        def _parse_sparsity(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        sparsity = _parse_sparsity(d.pop("sparsity", UNSET))

        _exports = d.pop("exports", UNSET)
        exports: Exports | Unset
        if isinstance(_exports, Unset):
            exports = UNSET
        else:
            exports = Exports.from_dict(_exports)

        compare = d.pop("compare", UNSET)

        def _parse_scrutiny(data: object) -> None | Scrutiny | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                scrutiny_type_0 = Scrutiny.from_dict(data)

                return scrutiny_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Scrutiny | Unset, data)

        scrutiny = _parse_scrutiny(d.pop("scrutiny", UNSET))

        def _parse_eval_dataset_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        eval_dataset_id = _parse_eval_dataset_id(d.pop("eval_dataset_id", UNSET))

        def _parse_attacks(
            data: object,
        ) -> (
            list[
                ApgdInput
                | ApgdTInput
                | AutoAttackInput
                | CorruptionInput
                | CwInput
                | DdnInput
                | DeepfoolInput
                | EadInput
                | FabTInput
                | FgsmInput
                | FmnInput
                | GaussianNoiseInput
                | IfgsmInput
                | NattackInput
                | OnePixelInput
                | Other
                | PgdInput
                | SpsaInput
                | SquareInput
                | StrAttackInput
            ]
            | None
            | Unset
        ):
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                attacks_type_0 = []
                _attacks_type_0 = data
                for attacks_type_0_item_data in _attacks_type_0:

                    def _parse_attacks_type_0_item(
                        data: object,
                    ) -> (
                        ApgdInput
                        | ApgdTInput
                        | AutoAttackInput
                        | CorruptionInput
                        | CwInput
                        | DdnInput
                        | DeepfoolInput
                        | EadInput
                        | FabTInput
                        | FgsmInput
                        | FmnInput
                        | GaussianNoiseInput
                        | IfgsmInput
                        | NattackInput
                        | OnePixelInput
                        | Other
                        | PgdInput
                        | SpsaInput
                        | SquareInput
                        | StrAttackInput
                    ):
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_0 = FgsmInput.from_dict(data)

                            return attacks_type_0_item_type_0
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_1 = PgdInput.from_dict(data)

                            return attacks_type_0_item_type_1
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_2 = IfgsmInput.from_dict(data)

                            return attacks_type_0_item_type_2
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_3 = ApgdInput.from_dict(data)

                            return attacks_type_0_item_type_3
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_4 = ApgdTInput.from_dict(data)

                            return attacks_type_0_item_type_4
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_5 = FabTInput.from_dict(data)

                            return attacks_type_0_item_type_5
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_6 = AutoAttackInput.from_dict(data)

                            return attacks_type_0_item_type_6
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_7 = SquareInput.from_dict(data)

                            return attacks_type_0_item_type_7
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_8 = OnePixelInput.from_dict(data)

                            return attacks_type_0_item_type_8
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_9 = SpsaInput.from_dict(data)

                            return attacks_type_0_item_type_9
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_10 = NattackInput.from_dict(data)

                            return attacks_type_0_item_type_10
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_11 = GaussianNoiseInput.from_dict(data)

                            return attacks_type_0_item_type_11
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_12 = CorruptionInput.from_dict(data)

                            return attacks_type_0_item_type_12
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_13 = CwInput.from_dict(data)

                            return attacks_type_0_item_type_13
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_14 = DeepfoolInput.from_dict(data)

                            return attacks_type_0_item_type_14
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_15 = DdnInput.from_dict(data)

                            return attacks_type_0_item_type_15
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_16 = FmnInput.from_dict(data)

                            return attacks_type_0_item_type_16
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_17 = EadInput.from_dict(data)

                            return attacks_type_0_item_type_17
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_18 = StrAttackInput.from_dict(data)

                            return attacks_type_0_item_type_18
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_type_0_item_type_19 = Other.from_dict(data)

                        return attacks_type_0_item_type_19

                    attacks_type_0_item = _parse_attacks_type_0_item(attacks_type_0_item_data)

                    attacks_type_0.append(attacks_type_0_item)

                return attacks_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(
                list[
                    ApgdInput
                    | ApgdTInput
                    | AutoAttackInput
                    | CorruptionInput
                    | CwInput
                    | DdnInput
                    | DeepfoolInput
                    | EadInput
                    | FabTInput
                    | FgsmInput
                    | FmnInput
                    | GaussianNoiseInput
                    | IfgsmInput
                    | NattackInput
                    | OnePixelInput
                    | Other
                    | PgdInput
                    | SpsaInput
                    | SquareInput
                    | StrAttackInput
                ]
                | None
                | Unset,
                data,
            )

        attacks = _parse_attacks(d.pop("attacks", UNSET))

        def _parse_eval_max_samples(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        eval_max_samples = _parse_eval_max_samples(d.pop("eval_max_samples", UNSET))

        def _parse_eval_samples(data: object) -> HardeningRequestInputEvalSamplesType0 | list[int] | Unset:
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                eval_samples_type_0 = HardeningRequestInputEvalSamplesType0(data)

                return eval_samples_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, list):
                raise TypeError()
            eval_samples_type_1 = cast(list[int], data)

            return eval_samples_type_1

        eval_samples = _parse_eval_samples(d.pop("eval_samples", UNSET))

        seed = d.pop("seed", UNSET)

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        _labels = d.pop("labels", UNSET)
        labels: HardeningRequestInputLabels | Unset
        if isinstance(_labels, Unset):
            labels = UNSET
        else:
            labels = HardeningRequestInputLabels.from_dict(_labels)

        _execution = d.pop("execution", UNSET)
        execution: Execution | Unset
        if isinstance(_execution, Unset):
            execution = UNSET
        else:
            execution = Execution.from_dict(_execution)

        hardening_request_input = cls(
            train_dataset_id=train_dataset_id,
            model_id=model_id,
            method=method,
            selection=selection,
            layers=layers,
            criticality=criticality,
            lambda_=lambda_,
            lambda_choice=lambda_choice,
            eps=eps,
            steps=steps,
            step_size=step_size,
            adversary=adversary,
            epochs=epochs,
            budget=budget,
            batch_size=batch_size,
            optimizer=optimizer,
            lr=lr,
            batch_norm=batch_norm,
            top_fraction=top_fraction,
            pairs=pairs,
            max_samples=max_samples,
            schedule=schedule,
            warmup=warmup,
            precision=precision,
            momentum=momentum,
            weight_decay=weight_decay,
            max_grad_norm=max_grad_norm,
            regulariser=regulariser,
            max_clean_drop=max_clean_drop,
            awp=awp,
            averaging=averaging,
            augment=augment,
            label_smoothing=label_smoothing,
            accumulate=accumulate,
            validation=validation,
            choose_by=choose_by,
            patience=patience,
            goal=goal,
            keep_frontier=keep_frontier,
            sparsity=sparsity,
            exports=exports,
            compare=compare,
            scrutiny=scrutiny,
            eval_dataset_id=eval_dataset_id,
            attacks=attacks,
            eval_max_samples=eval_max_samples,
            eval_samples=eval_samples,
            seed=seed,
            name=name,
            labels=labels,
            execution=execution,
        )

        return hardening_request_input
