from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define

from ..models.audit_request_output_preset_type_0 import AuditRequestOutputPresetType0
from ..models.audit_request_output_samples_type_0 import AuditRequestOutputSamplesType0
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.apgd_output import ApgdOutput
    from ..models.apgd_t_output import ApgdTOutput
    from ..models.audit_request_output_labels import AuditRequestOutputLabels
    from ..models.auto_attack_output import AutoAttackOutput
    from ..models.corruption_output import CorruptionOutput
    from ..models.cw_output import CwOutput
    from ..models.ddn_output import DdnOutput
    from ..models.deepfool_output import DeepfoolOutput
    from ..models.ead_output import EadOutput
    from ..models.execution import Execution
    from ..models.explain_options_output import ExplainOptionsOutput
    from ..models.fab_t_output import FabTOutput
    from ..models.fgsm_output import FgsmOutput
    from ..models.fmn_output import FmnOutput
    from ..models.gaussian_noise_output import GaussianNoiseOutput
    from ..models.harden_options_output import HardenOptionsOutput
    from ..models.ifgsm_output import IfgsmOutput
    from ..models.nattack_output import NattackOutput
    from ..models.neuron_options_output import NeuronOptionsOutput
    from ..models.one_pixel_output import OnePixelOutput
    from ..models.other import Other
    from ..models.pgd_output import PgdOutput
    from ..models.policy import Policy
    from ..models.region_options import RegionOptions
    from ..models.spsa_output import SpsaOutput
    from ..models.square_output import SquareOutput
    from ..models.str_attack_output import StrAttackOutput


T = TypeVar("T", bound="AuditRequestOutput")


@_attrs_define
class AuditRequestOutput:
    """The body of `POST /v1/audits`.

    Attributes:
        model_id (str):
        dataset_id (str):
        preset (AuditRequestOutputPresetType0 | None | Unset): `standard` when neither preset nor attacks are given
        attacks (list[ApgdOutput | ApgdTOutput | AutoAttackOutput | CorruptionOutput | CwOutput | DdnOutput |
            DeepfoolOutput | EadOutput | FabTOutput | FgsmOutput | FmnOutput | GaussianNoiseOutput | IfgsmOutput |
            NattackOutput | OnePixelOutput | Other | PgdOutput | SpsaOutput | SquareOutput | StrAttackOutput] | None |
            Unset): Replaces the preset's list
        neurons (NeuronOptionsOutput | None | Unset): null leaves the analysis of neurons out; where nothing is said σ
            is measured, and what the preset names beside it
        regions (None | RegionOptions | Unset): One-pixel search by regions of the image; null leaves it out, and where
            nothing is said so do all presets but `paper` and `deep`
        explain (ExplainOptionsOutput | None | Unset): How the examples of one attack work; left out likewise
        max_samples (int | None | Unset): So many samples (where the data set has fewer, all of them, and the report
            says so); null is all, and what is meant unless the preset says otherwise (`deep`: 200)
        samples (AuditRequestOutputSamplesType0 | list[int] | Unset): Which samples: `first` so many, `random` ones,
            `per_class` (the same number of each class, or all it has) with `max_samples` as their number, drawn by `seed`;
            or a list of indices Default: AuditRequestOutputSamplesType0.FIRST.
        seed (int | Unset):  Default: 0.
        keep_examples (bool | Unset): Keep every adversarial example, as `.npz` and as `examples.zip` of PNG pairs
            Default: False.
        survivors_only (bool | Unset): Each attack gets only the samples that the cheaper ones of its threat model have
            not fooled: the same worst case, sooner; its robust accuracy is then that of all of them up to it Default:
            False.
        policy (Policy | Unset): Rules that all must hold for the verdict `pass`.
        policy_id (None | str | Unset): A named policy, whose rules are added to those of `policy`, as are those of
            policies that are bound to the model's name or tags
        replay_of (None | str | Unset): An earlier audit of the same data set that kept its examples: they are tried on
            this model first, in seconds, and `replay` says what came of it while the attacks run
        time_budget (float | None | Unset): Seconds of running after which the audit ends; its report says what did not
            run, and rules that need it are inconclusive
        stop_on (Literal['fail'] | None | Unset): `fail`: end as soon as a rule of the policy is broken whatever the
            rest would find
        harden (HardenOptionsOutput | None | Unset):
        labels (AuditRequestOutputLabels | Unset): Free labels for finding the audit again
        execution (Execution | Unset): How work is cut up, and when its turn comes. It never changes a result.
    """

    model_id: str
    dataset_id: str
    preset: AuditRequestOutputPresetType0 | None | Unset = UNSET
    attacks: (
        list[
            ApgdOutput
            | ApgdTOutput
            | AutoAttackOutput
            | CorruptionOutput
            | CwOutput
            | DdnOutput
            | DeepfoolOutput
            | EadOutput
            | FabTOutput
            | FgsmOutput
            | FmnOutput
            | GaussianNoiseOutput
            | IfgsmOutput
            | NattackOutput
            | OnePixelOutput
            | Other
            | PgdOutput
            | SpsaOutput
            | SquareOutput
            | StrAttackOutput
        ]
        | None
        | Unset
    ) = UNSET
    neurons: NeuronOptionsOutput | None | Unset = UNSET
    regions: None | RegionOptions | Unset = UNSET
    explain: ExplainOptionsOutput | None | Unset = UNSET
    max_samples: int | None | Unset = UNSET
    samples: AuditRequestOutputSamplesType0 | list[int] | Unset = AuditRequestOutputSamplesType0.FIRST
    seed: int | Unset = 0
    keep_examples: bool | Unset = False
    survivors_only: bool | Unset = False
    policy: Policy | Unset = UNSET
    policy_id: None | str | Unset = UNSET
    replay_of: None | str | Unset = UNSET
    time_budget: float | None | Unset = UNSET
    stop_on: Literal["fail"] | None | Unset = UNSET
    harden: HardenOptionsOutput | None | Unset = UNSET
    labels: AuditRequestOutputLabels | Unset = UNSET
    execution: Execution | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.apgd_output import ApgdOutput  # noqa: PLC0415
        from ..models.apgd_t_output import ApgdTOutput  # noqa: PLC0415
        from ..models.auto_attack_output import AutoAttackOutput  # noqa: PLC0415
        from ..models.corruption_output import CorruptionOutput  # noqa: PLC0415
        from ..models.cw_output import CwOutput  # noqa: PLC0415
        from ..models.ddn_output import DdnOutput  # noqa: PLC0415
        from ..models.deepfool_output import DeepfoolOutput  # noqa: PLC0415
        from ..models.ead_output import EadOutput  # noqa: PLC0415
        from ..models.explain_options_output import ExplainOptionsOutput  # noqa: PLC0415
        from ..models.fab_t_output import FabTOutput  # noqa: PLC0415
        from ..models.fgsm_output import FgsmOutput  # noqa: PLC0415
        from ..models.fmn_output import FmnOutput  # noqa: PLC0415
        from ..models.gaussian_noise_output import GaussianNoiseOutput  # noqa: PLC0415
        from ..models.harden_options_output import HardenOptionsOutput  # noqa: PLC0415
        from ..models.ifgsm_output import IfgsmOutput  # noqa: PLC0415
        from ..models.nattack_output import NattackOutput  # noqa: PLC0415
        from ..models.neuron_options_output import NeuronOptionsOutput  # noqa: PLC0415
        from ..models.one_pixel_output import OnePixelOutput  # noqa: PLC0415
        from ..models.pgd_output import PgdOutput  # noqa: PLC0415
        from ..models.region_options import RegionOptions  # noqa: PLC0415
        from ..models.spsa_output import SpsaOutput  # noqa: PLC0415
        from ..models.square_output import SquareOutput  # noqa: PLC0415
        from ..models.str_attack_output import StrAttackOutput  # noqa: PLC0415

        model_id = self.model_id

        dataset_id = self.dataset_id

        preset: None | str | Unset
        if isinstance(self.preset, Unset):
            preset = UNSET
        elif isinstance(self.preset, AuditRequestOutputPresetType0):
            preset = self.preset.value
        else:
            preset = self.preset

        attacks: list[dict[str, Any]] | None | Unset
        if isinstance(self.attacks, Unset):
            attacks = UNSET
        elif isinstance(self.attacks, list):
            attacks = []
            for attacks_type_0_item_data in self.attacks:
                attacks_type_0_item: dict[str, Any]
                if isinstance(attacks_type_0_item_data, FgsmOutput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, PgdOutput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, IfgsmOutput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, ApgdOutput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, ApgdTOutput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, FabTOutput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, AutoAttackOutput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, SquareOutput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, OnePixelOutput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, SpsaOutput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, NattackOutput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, GaussianNoiseOutput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, CorruptionOutput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, CwOutput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, DeepfoolOutput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, DdnOutput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, FmnOutput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, EadOutput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                elif isinstance(attacks_type_0_item_data, StrAttackOutput):
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()
                else:
                    attacks_type_0_item = attacks_type_0_item_data.to_dict()

                attacks.append(attacks_type_0_item)

        else:
            attacks = self.attacks

        neurons: dict[str, Any] | None | Unset
        if isinstance(self.neurons, Unset):
            neurons = UNSET
        elif isinstance(self.neurons, NeuronOptionsOutput):
            neurons = self.neurons.to_dict()
        else:
            neurons = self.neurons

        regions: dict[str, Any] | None | Unset
        if isinstance(self.regions, Unset):
            regions = UNSET
        elif isinstance(self.regions, RegionOptions):
            regions = self.regions.to_dict()
        else:
            regions = self.regions

        explain: dict[str, Any] | None | Unset
        if isinstance(self.explain, Unset):
            explain = UNSET
        elif isinstance(self.explain, ExplainOptionsOutput):
            explain = self.explain.to_dict()
        else:
            explain = self.explain

        max_samples: int | None | Unset
        if isinstance(self.max_samples, Unset):
            max_samples = UNSET
        else:
            max_samples = self.max_samples

        samples: list[int] | str | Unset
        if isinstance(self.samples, Unset):
            samples = UNSET
        elif isinstance(self.samples, AuditRequestOutputSamplesType0):
            samples = self.samples.value
        else:
            samples = self.samples

        seed = self.seed

        keep_examples = self.keep_examples

        survivors_only = self.survivors_only

        policy: dict[str, Any] | Unset = UNSET
        if not isinstance(self.policy, Unset):
            policy = self.policy.to_dict()

        policy_id: None | str | Unset
        if isinstance(self.policy_id, Unset):
            policy_id = UNSET
        else:
            policy_id = self.policy_id

        replay_of: None | str | Unset
        if isinstance(self.replay_of, Unset):
            replay_of = UNSET
        else:
            replay_of = self.replay_of

        time_budget: float | None | Unset
        if isinstance(self.time_budget, Unset):
            time_budget = UNSET
        else:
            time_budget = self.time_budget

        stop_on: Literal["fail"] | None | Unset
        if isinstance(self.stop_on, Unset):
            stop_on = UNSET
        else:
            stop_on = self.stop_on

        harden: dict[str, Any] | None | Unset
        if isinstance(self.harden, Unset):
            harden = UNSET
        elif isinstance(self.harden, HardenOptionsOutput):
            harden = self.harden.to_dict()
        else:
            harden = self.harden

        labels: dict[str, Any] | Unset = UNSET
        if not isinstance(self.labels, Unset):
            labels = self.labels.to_dict()

        execution: dict[str, Any] | Unset = UNSET
        if not isinstance(self.execution, Unset):
            execution = self.execution.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "model_id": model_id,
                "dataset_id": dataset_id,
            }
        )
        if preset is not UNSET:
            field_dict["preset"] = preset
        if attacks is not UNSET:
            field_dict["attacks"] = attacks
        if neurons is not UNSET:
            field_dict["neurons"] = neurons
        if regions is not UNSET:
            field_dict["regions"] = regions
        if explain is not UNSET:
            field_dict["explain"] = explain
        if max_samples is not UNSET:
            field_dict["max_samples"] = max_samples
        if samples is not UNSET:
            field_dict["samples"] = samples
        if seed is not UNSET:
            field_dict["seed"] = seed
        if keep_examples is not UNSET:
            field_dict["keep_examples"] = keep_examples
        if survivors_only is not UNSET:
            field_dict["survivors_only"] = survivors_only
        if policy is not UNSET:
            field_dict["policy"] = policy
        if policy_id is not UNSET:
            field_dict["policy_id"] = policy_id
        if replay_of is not UNSET:
            field_dict["replay_of"] = replay_of
        if time_budget is not UNSET:
            field_dict["time_budget"] = time_budget
        if stop_on is not UNSET:
            field_dict["stop_on"] = stop_on
        if harden is not UNSET:
            field_dict["harden"] = harden
        if labels is not UNSET:
            field_dict["labels"] = labels
        if execution is not UNSET:
            field_dict["execution"] = execution

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.apgd_output import ApgdOutput  # noqa: PLC0415
        from ..models.apgd_t_output import ApgdTOutput  # noqa: PLC0415
        from ..models.audit_request_output_labels import AuditRequestOutputLabels  # noqa: PLC0415
        from ..models.auto_attack_output import AutoAttackOutput  # noqa: PLC0415
        from ..models.corruption_output import CorruptionOutput  # noqa: PLC0415
        from ..models.cw_output import CwOutput  # noqa: PLC0415
        from ..models.ddn_output import DdnOutput  # noqa: PLC0415
        from ..models.deepfool_output import DeepfoolOutput  # noqa: PLC0415
        from ..models.ead_output import EadOutput  # noqa: PLC0415
        from ..models.execution import Execution  # noqa: PLC0415
        from ..models.explain_options_output import ExplainOptionsOutput  # noqa: PLC0415
        from ..models.fab_t_output import FabTOutput  # noqa: PLC0415
        from ..models.fgsm_output import FgsmOutput  # noqa: PLC0415
        from ..models.fmn_output import FmnOutput  # noqa: PLC0415
        from ..models.gaussian_noise_output import GaussianNoiseOutput  # noqa: PLC0415
        from ..models.harden_options_output import HardenOptionsOutput  # noqa: PLC0415
        from ..models.ifgsm_output import IfgsmOutput  # noqa: PLC0415
        from ..models.nattack_output import NattackOutput  # noqa: PLC0415
        from ..models.neuron_options_output import NeuronOptionsOutput  # noqa: PLC0415
        from ..models.one_pixel_output import OnePixelOutput  # noqa: PLC0415
        from ..models.other import Other  # noqa: PLC0415
        from ..models.pgd_output import PgdOutput  # noqa: PLC0415
        from ..models.policy import Policy  # noqa: PLC0415
        from ..models.region_options import RegionOptions  # noqa: PLC0415
        from ..models.spsa_output import SpsaOutput  # noqa: PLC0415
        from ..models.square_output import SquareOutput  # noqa: PLC0415
        from ..models.str_attack_output import StrAttackOutput  # noqa: PLC0415

        d = dict(src_dict)
        model_id = d.pop("model_id")

        dataset_id = d.pop("dataset_id")

        def _parse_preset(data: object) -> AuditRequestOutputPresetType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                preset_type_0 = AuditRequestOutputPresetType0(data)

                return preset_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AuditRequestOutputPresetType0 | None | Unset, data)

        preset = _parse_preset(d.pop("preset", UNSET))

        def _parse_attacks(
            data: object,
        ) -> (
            list[
                ApgdOutput
                | ApgdTOutput
                | AutoAttackOutput
                | CorruptionOutput
                | CwOutput
                | DdnOutput
                | DeepfoolOutput
                | EadOutput
                | FabTOutput
                | FgsmOutput
                | FmnOutput
                | GaussianNoiseOutput
                | IfgsmOutput
                | NattackOutput
                | OnePixelOutput
                | Other
                | PgdOutput
                | SpsaOutput
                | SquareOutput
                | StrAttackOutput
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
                        ApgdOutput
                        | ApgdTOutput
                        | AutoAttackOutput
                        | CorruptionOutput
                        | CwOutput
                        | DdnOutput
                        | DeepfoolOutput
                        | EadOutput
                        | FabTOutput
                        | FgsmOutput
                        | FmnOutput
                        | GaussianNoiseOutput
                        | IfgsmOutput
                        | NattackOutput
                        | OnePixelOutput
                        | Other
                        | PgdOutput
                        | SpsaOutput
                        | SquareOutput
                        | StrAttackOutput
                    ):
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_0 = FgsmOutput.from_dict(data)

                            return attacks_type_0_item_type_0
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_1 = PgdOutput.from_dict(data)

                            return attacks_type_0_item_type_1
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_2 = IfgsmOutput.from_dict(data)

                            return attacks_type_0_item_type_2
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_3 = ApgdOutput.from_dict(data)

                            return attacks_type_0_item_type_3
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_4 = ApgdTOutput.from_dict(data)

                            return attacks_type_0_item_type_4
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_5 = FabTOutput.from_dict(data)

                            return attacks_type_0_item_type_5
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_6 = AutoAttackOutput.from_dict(data)

                            return attacks_type_0_item_type_6
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_7 = SquareOutput.from_dict(data)

                            return attacks_type_0_item_type_7
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_8 = OnePixelOutput.from_dict(data)

                            return attacks_type_0_item_type_8
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_9 = SpsaOutput.from_dict(data)

                            return attacks_type_0_item_type_9
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_10 = NattackOutput.from_dict(data)

                            return attacks_type_0_item_type_10
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_11 = GaussianNoiseOutput.from_dict(data)

                            return attacks_type_0_item_type_11
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_12 = CorruptionOutput.from_dict(data)

                            return attacks_type_0_item_type_12
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_13 = CwOutput.from_dict(data)

                            return attacks_type_0_item_type_13
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_14 = DeepfoolOutput.from_dict(data)

                            return attacks_type_0_item_type_14
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_15 = DdnOutput.from_dict(data)

                            return attacks_type_0_item_type_15
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_16 = FmnOutput.from_dict(data)

                            return attacks_type_0_item_type_16
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_17 = EadOutput.from_dict(data)

                            return attacks_type_0_item_type_17
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            attacks_type_0_item_type_18 = StrAttackOutput.from_dict(data)

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
                    ApgdOutput
                    | ApgdTOutput
                    | AutoAttackOutput
                    | CorruptionOutput
                    | CwOutput
                    | DdnOutput
                    | DeepfoolOutput
                    | EadOutput
                    | FabTOutput
                    | FgsmOutput
                    | FmnOutput
                    | GaussianNoiseOutput
                    | IfgsmOutput
                    | NattackOutput
                    | OnePixelOutput
                    | Other
                    | PgdOutput
                    | SpsaOutput
                    | SquareOutput
                    | StrAttackOutput
                ]
                | None
                | Unset,
                data,
            )

        attacks = _parse_attacks(d.pop("attacks", UNSET))

        def _parse_neurons(data: object) -> NeuronOptionsOutput | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                neurons_type_0 = NeuronOptionsOutput.from_dict(data)

                return neurons_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NeuronOptionsOutput | None | Unset, data)

        neurons = _parse_neurons(d.pop("neurons", UNSET))

        def _parse_regions(data: object) -> None | RegionOptions | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                regions_type_0 = RegionOptions.from_dict(data)

                return regions_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RegionOptions | Unset, data)

        regions = _parse_regions(d.pop("regions", UNSET))

        def _parse_explain(data: object) -> ExplainOptionsOutput | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                explain_type_0 = ExplainOptionsOutput.from_dict(data)

                return explain_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ExplainOptionsOutput | None | Unset, data)

        explain = _parse_explain(d.pop("explain", UNSET))

        def _parse_max_samples(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_samples = _parse_max_samples(d.pop("max_samples", UNSET))

        def _parse_samples(data: object) -> AuditRequestOutputSamplesType0 | list[int] | Unset:
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                samples_type_0 = AuditRequestOutputSamplesType0(data)

                return samples_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, list):
                raise TypeError()
            samples_type_1 = cast(list[int], data)

            return samples_type_1

        samples = _parse_samples(d.pop("samples", UNSET))

        seed = d.pop("seed", UNSET)

        keep_examples = d.pop("keep_examples", UNSET)

        survivors_only = d.pop("survivors_only", UNSET)

        _policy = d.pop("policy", UNSET)
        policy: Policy | Unset
        if isinstance(_policy, Unset):
            policy = UNSET
        else:
            policy = Policy.from_dict(_policy)

        def _parse_policy_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        policy_id = _parse_policy_id(d.pop("policy_id", UNSET))

        def _parse_replay_of(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        replay_of = _parse_replay_of(d.pop("replay_of", UNSET))

        def _parse_time_budget(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        time_budget = _parse_time_budget(d.pop("time_budget", UNSET))

        def _parse_stop_on(data: object) -> Literal["fail"] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                stop_on_type_0 = cast(Literal["fail"], data)

                return stop_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Literal["fail"] | None | Unset, data)

        stop_on = _parse_stop_on(d.pop("stop_on", UNSET))

        def _parse_harden(data: object) -> HardenOptionsOutput | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                harden_type_0 = HardenOptionsOutput.from_dict(data)

                return harden_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(HardenOptionsOutput | None | Unset, data)

        harden = _parse_harden(d.pop("harden", UNSET))

        _labels = d.pop("labels", UNSET)
        labels: AuditRequestOutputLabels | Unset
        if isinstance(_labels, Unset):
            labels = UNSET
        else:
            labels = AuditRequestOutputLabels.from_dict(_labels)

        _execution = d.pop("execution", UNSET)
        execution: Execution | Unset
        if isinstance(_execution, Unset):
            execution = UNSET
        else:
            execution = Execution.from_dict(_execution)

        audit_request_output = cls(
            model_id=model_id,
            dataset_id=dataset_id,
            preset=preset,
            attacks=attacks,
            neurons=neurons,
            regions=regions,
            explain=explain,
            max_samples=max_samples,
            samples=samples,
            seed=seed,
            keep_examples=keep_examples,
            survivors_only=survivors_only,
            policy=policy,
            policy_id=policy_id,
            replay_of=replay_of,
            time_budget=time_budget,
            stop_on=stop_on,
            harden=harden,
            labels=labels,
            execution=execution,
        )

        return audit_request_output
