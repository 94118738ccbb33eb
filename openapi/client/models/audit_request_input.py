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

from ..models.audit_request_input_preset_type_0 import AuditRequestInputPresetType0
from ..models.audit_request_input_samples_type_0 import AuditRequestInputSamplesType0
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.apgd_input import ApgdInput
    from ..models.apgd_t_input import ApgdTInput
    from ..models.audit_request_input_labels import AuditRequestInputLabels
    from ..models.auto_attack_input import AutoAttackInput
    from ..models.corruption_input import CorruptionInput
    from ..models.cw_input import CwInput
    from ..models.ddn_input import DdnInput
    from ..models.deepfool_input import DeepfoolInput
    from ..models.ead_input import EadInput
    from ..models.execution import Execution
    from ..models.explain_options_input import ExplainOptionsInput
    from ..models.fab_t_input import FabTInput
    from ..models.fgsm_input import FgsmInput
    from ..models.fmn_input import FmnInput
    from ..models.gaussian_noise_input import GaussianNoiseInput
    from ..models.harden_options_input import HardenOptionsInput
    from ..models.ifgsm_input import IfgsmInput
    from ..models.nattack_input import NattackInput
    from ..models.neuron_options_input import NeuronOptionsInput
    from ..models.one_pixel_input import OnePixelInput
    from ..models.other import Other
    from ..models.pgd_input import PgdInput
    from ..models.policy import Policy
    from ..models.region_options import RegionOptions
    from ..models.spsa_input import SpsaInput
    from ..models.square_input import SquareInput
    from ..models.str_attack_input import StrAttackInput


T = TypeVar("T", bound="AuditRequestInput")


@_attrs_define
class AuditRequestInput:
    """The body of `POST /v1/audits`.

    Attributes:
        model_id (str):
        dataset_id (str):
        preset (AuditRequestInputPresetType0 | None | Unset): `standard` when neither preset nor attacks are given
        attacks (list[ApgdInput | ApgdTInput | AutoAttackInput | CorruptionInput | CwInput | DdnInput | DeepfoolInput |
            EadInput | FabTInput | FgsmInput | FmnInput | GaussianNoiseInput | IfgsmInput | NattackInput | OnePixelInput |
            Other | PgdInput | SpsaInput | SquareInput | StrAttackInput] | None | Unset): Replaces the preset's list
        neurons (NeuronOptionsInput | None | Unset): null leaves the analysis of neurons out; where nothing is said σ is
            measured, and what the preset names beside it
        regions (None | RegionOptions | Unset): One-pixel search by regions of the image; null leaves it out, and where
            nothing is said so do all presets but `paper` and `deep`
        explain (ExplainOptionsInput | None | Unset): How the examples of one attack work; left out likewise
        max_samples (int | None | Unset): So many samples (where the data set has fewer, all of them, and the report
            says so); null is all, and what is meant unless the preset says otherwise (`deep`: 200)
        samples (AuditRequestInputSamplesType0 | list[int] | Unset): Which samples: `first` so many, `random` ones,
            `per_class` (the same number of each class, or all it has) with `max_samples` as their number, drawn by `seed`;
            or a list of indices Default: AuditRequestInputSamplesType0.FIRST.
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
        harden (HardenOptionsInput | None | Unset):
        labels (AuditRequestInputLabels | Unset): Free labels for finding the audit again
        execution (Execution | Unset): How work is cut up, and when its turn comes. It never changes a result.
    """

    model_id: str
    dataset_id: str
    preset: AuditRequestInputPresetType0 | None | Unset = UNSET
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
    neurons: NeuronOptionsInput | None | Unset = UNSET
    regions: None | RegionOptions | Unset = UNSET
    explain: ExplainOptionsInput | None | Unset = UNSET
    max_samples: int | None | Unset = UNSET
    samples: AuditRequestInputSamplesType0 | list[int] | Unset = AuditRequestInputSamplesType0.FIRST
    seed: int | Unset = 0
    keep_examples: bool | Unset = False
    survivors_only: bool | Unset = False
    policy: Policy | Unset = UNSET
    policy_id: None | str | Unset = UNSET
    replay_of: None | str | Unset = UNSET
    time_budget: float | None | Unset = UNSET
    stop_on: Literal["fail"] | None | Unset = UNSET
    harden: HardenOptionsInput | None | Unset = UNSET
    labels: AuditRequestInputLabels | Unset = UNSET
    execution: Execution | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.apgd_input import ApgdInput  # noqa: PLC0415
        from ..models.apgd_t_input import ApgdTInput  # noqa: PLC0415
        from ..models.auto_attack_input import AutoAttackInput  # noqa: PLC0415
        from ..models.corruption_input import CorruptionInput  # noqa: PLC0415
        from ..models.cw_input import CwInput  # noqa: PLC0415
        from ..models.ddn_input import DdnInput  # noqa: PLC0415
        from ..models.deepfool_input import DeepfoolInput  # noqa: PLC0415
        from ..models.ead_input import EadInput  # noqa: PLC0415
        from ..models.explain_options_input import ExplainOptionsInput  # noqa: PLC0415
        from ..models.fab_t_input import FabTInput  # noqa: PLC0415
        from ..models.fgsm_input import FgsmInput  # noqa: PLC0415
        from ..models.fmn_input import FmnInput  # noqa: PLC0415
        from ..models.gaussian_noise_input import GaussianNoiseInput  # noqa: PLC0415
        from ..models.harden_options_input import HardenOptionsInput  # noqa: PLC0415
        from ..models.ifgsm_input import IfgsmInput  # noqa: PLC0415
        from ..models.nattack_input import NattackInput  # noqa: PLC0415
        from ..models.neuron_options_input import NeuronOptionsInput  # noqa: PLC0415
        from ..models.one_pixel_input import OnePixelInput  # noqa: PLC0415
        from ..models.pgd_input import PgdInput  # noqa: PLC0415
        from ..models.region_options import RegionOptions  # noqa: PLC0415
        from ..models.spsa_input import SpsaInput  # noqa: PLC0415
        from ..models.square_input import SquareInput  # noqa: PLC0415
        from ..models.str_attack_input import StrAttackInput  # noqa: PLC0415

        model_id = self.model_id

        dataset_id = self.dataset_id

        preset: None | str | Unset
        if isinstance(self.preset, Unset):
            preset = UNSET
        elif isinstance(self.preset, AuditRequestInputPresetType0):
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

        neurons: dict[str, Any] | None | Unset
        if isinstance(self.neurons, Unset):
            neurons = UNSET
        elif isinstance(self.neurons, NeuronOptionsInput):
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
        elif isinstance(self.explain, ExplainOptionsInput):
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
        elif isinstance(self.samples, AuditRequestInputSamplesType0):
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
        elif isinstance(self.harden, HardenOptionsInput):
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
        from ..models.apgd_input import ApgdInput  # noqa: PLC0415
        from ..models.apgd_t_input import ApgdTInput  # noqa: PLC0415
        from ..models.audit_request_input_labels import AuditRequestInputLabels  # noqa: PLC0415
        from ..models.auto_attack_input import AutoAttackInput  # noqa: PLC0415
        from ..models.corruption_input import CorruptionInput  # noqa: PLC0415
        from ..models.cw_input import CwInput  # noqa: PLC0415
        from ..models.ddn_input import DdnInput  # noqa: PLC0415
        from ..models.deepfool_input import DeepfoolInput  # noqa: PLC0415
        from ..models.ead_input import EadInput  # noqa: PLC0415
        from ..models.execution import Execution  # noqa: PLC0415
        from ..models.explain_options_input import ExplainOptionsInput  # noqa: PLC0415
        from ..models.fab_t_input import FabTInput  # noqa: PLC0415
        from ..models.fgsm_input import FgsmInput  # noqa: PLC0415
        from ..models.fmn_input import FmnInput  # noqa: PLC0415
        from ..models.gaussian_noise_input import GaussianNoiseInput  # noqa: PLC0415
        from ..models.harden_options_input import HardenOptionsInput  # noqa: PLC0415
        from ..models.ifgsm_input import IfgsmInput  # noqa: PLC0415
        from ..models.nattack_input import NattackInput  # noqa: PLC0415
        from ..models.neuron_options_input import NeuronOptionsInput  # noqa: PLC0415
        from ..models.one_pixel_input import OnePixelInput  # noqa: PLC0415
        from ..models.other import Other  # noqa: PLC0415
        from ..models.pgd_input import PgdInput  # noqa: PLC0415
        from ..models.policy import Policy  # noqa: PLC0415
        from ..models.region_options import RegionOptions  # noqa: PLC0415
        from ..models.spsa_input import SpsaInput  # noqa: PLC0415
        from ..models.square_input import SquareInput  # noqa: PLC0415
        from ..models.str_attack_input import StrAttackInput  # noqa: PLC0415

        d = dict(src_dict)
        model_id = d.pop("model_id")

        dataset_id = d.pop("dataset_id")

        def _parse_preset(data: object) -> AuditRequestInputPresetType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                preset_type_0 = AuditRequestInputPresetType0(data)

                return preset_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AuditRequestInputPresetType0 | None | Unset, data)

        preset = _parse_preset(d.pop("preset", UNSET))

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

        def _parse_neurons(data: object) -> NeuronOptionsInput | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                neurons_type_0 = NeuronOptionsInput.from_dict(data)

                return neurons_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NeuronOptionsInput | None | Unset, data)

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

        def _parse_explain(data: object) -> ExplainOptionsInput | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                explain_type_0 = ExplainOptionsInput.from_dict(data)

                return explain_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ExplainOptionsInput | None | Unset, data)

        explain = _parse_explain(d.pop("explain", UNSET))

        def _parse_max_samples(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_samples = _parse_max_samples(d.pop("max_samples", UNSET))

        def _parse_samples(data: object) -> AuditRequestInputSamplesType0 | list[int] | Unset:
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                samples_type_0 = AuditRequestInputSamplesType0(data)

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

        def _parse_harden(data: object) -> HardenOptionsInput | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                harden_type_0 = HardenOptionsInput.from_dict(data)

                return harden_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(HardenOptionsInput | None | Unset, data)

        harden = _parse_harden(d.pop("harden", UNSET))

        _labels = d.pop("labels", UNSET)
        labels: AuditRequestInputLabels | Unset
        if isinstance(_labels, Unset):
            labels = UNSET
        else:
            labels = AuditRequestInputLabels.from_dict(_labels)

        _execution = d.pop("execution", UNSET)
        execution: Execution | Unset
        if isinstance(_execution, Unset):
            execution = UNSET
        else:
            execution = Execution.from_dict(_execution)

        audit_request_input = cls(
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

        return audit_request_input
