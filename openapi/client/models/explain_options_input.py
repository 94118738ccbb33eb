from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.explain_options_input_map_type_0 import ExplainOptionsInputMapType0
from ..models.explain_options_input_targets_type_0 import (
    ExplainOptionsInputTargetsType0,
)
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.apgd_input import ApgdInput
    from ..models.apgd_t_input import ApgdTInput
    from ..models.auto_attack_input import AutoAttackInput
    from ..models.corruption_input import CorruptionInput
    from ..models.cw_input import CwInput
    from ..models.ddn_input import DdnInput
    from ..models.deepfool_input import DeepfoolInput
    from ..models.dissection_options import DissectionOptions
    from ..models.ead_input import EadInput
    from ..models.fab_t_input import FabTInput
    from ..models.fgsm_input import FgsmInput
    from ..models.fmn_input import FmnInput
    from ..models.gaussian_noise_input import GaussianNoiseInput
    from ..models.ifgsm_input import IfgsmInput
    from ..models.masking_options_input import MaskingOptionsInput
    from ..models.nattack_input import NattackInput
    from ..models.one_pixel_input import OnePixelInput
    from ..models.other import Other
    from ..models.pgd_input import PgdInput
    from ..models.spsa_input import SpsaInput
    from ..models.square_input import SquareInput
    from ..models.str_attack_input import StrAttackInput


T = TypeVar("T", bound="ExplainOptionsInput")


@_attrs_define
class ExplainOptionsInput:
    """The adversarial examples of one attack, taken apart.

    Attributes:
        attack (ApgdInput | ApgdTInput | AutoAttackInput | CorruptionInput | CwInput | DdnInput | DeepfoolInput |
            EadInput | FabTInput | FgsmInput | FmnInput | GaussianNoiseInput | IfgsmInput | NattackInput | OnePixelInput |
            Other | PgdInput | SpsaInput | SquareInput | StrAttackInput | Unset): Whose examples are explained; any attack
            of the suite
        compare (list[ApgdInput | ApgdTInput | AutoAttackInput | CorruptionInput | CwInput | DdnInput | DeepfoolInput |
            EadInput | FabTInput | FgsmInput | FmnInput | GaussianNoiseInput | IfgsmInput | NattackInput | OnePixelInput |
            Other | PgdInput | SpsaInput | SquareInput | StrAttackInput] | Unset): Further attacks whose examples are
            explained alike, and set beside it
        targets (ExplainOptionsInputTargetsType0 | None | Unset): A class for each sample to aim at, for attacks that
            take a `target`; null: as each attack says
        grid (int | None | Unset): Side of a group in pixels; null: 2 up to 32 pixels, else 13
        kappa (float | Unset): Effects on a logit below this count as none Default: 0.001.
        map_ (ExplainOptionsInputMapType0 | None | Unset): Class activation maps, or adversarial saliency maps; null is
            the first where the model has them, else none
        layer (None | str | Unset): Layer of Grad-CAM; null: the last map, see definitions
        quantile (float | Unset): Of a map, above which a pixel belongs to its class Default: 0.7.
        refinement (bool | Unset): Whether perturbations are pruned to what their success needs Default: True.
        masking (MaskingOptionsInput | None | Unset): Units zeroed as a defence, the sensitive ones beside random ones;
            null leaves it out
        dissection (DissectionOptions | None | Unset): Units beside the concepts of the data set's masks; null leaves it
            out
        max_samples (int | None | Unset): Images; null is every evaluated sample Default: 100.
    """

    attack: (
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
        | Unset
    ) = UNSET
    compare: (
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
        | Unset
    ) = UNSET
    targets: ExplainOptionsInputTargetsType0 | None | Unset = UNSET
    grid: int | None | Unset = UNSET
    kappa: float | Unset = 0.001
    map_: ExplainOptionsInputMapType0 | None | Unset = UNSET
    layer: None | str | Unset = UNSET
    quantile: float | Unset = 0.7
    refinement: bool | Unset = True
    masking: MaskingOptionsInput | None | Unset = UNSET
    dissection: DissectionOptions | None | Unset = UNSET
    max_samples: int | None | Unset = 100

    def to_dict(self) -> dict[str, Any]:
        from ..models.apgd_input import ApgdInput  # noqa: PLC0415
        from ..models.apgd_t_input import ApgdTInput  # noqa: PLC0415
        from ..models.auto_attack_input import AutoAttackInput  # noqa: PLC0415
        from ..models.corruption_input import CorruptionInput  # noqa: PLC0415
        from ..models.cw_input import CwInput  # noqa: PLC0415
        from ..models.ddn_input import DdnInput  # noqa: PLC0415
        from ..models.deepfool_input import DeepfoolInput  # noqa: PLC0415
        from ..models.dissection_options import DissectionOptions  # noqa: PLC0415
        from ..models.ead_input import EadInput  # noqa: PLC0415
        from ..models.fab_t_input import FabTInput  # noqa: PLC0415
        from ..models.fgsm_input import FgsmInput  # noqa: PLC0415
        from ..models.fmn_input import FmnInput  # noqa: PLC0415
        from ..models.gaussian_noise_input import GaussianNoiseInput  # noqa: PLC0415
        from ..models.ifgsm_input import IfgsmInput  # noqa: PLC0415
        from ..models.masking_options_input import MaskingOptionsInput  # noqa: PLC0415
        from ..models.nattack_input import NattackInput  # noqa: PLC0415
        from ..models.one_pixel_input import OnePixelInput  # noqa: PLC0415
        from ..models.pgd_input import PgdInput  # noqa: PLC0415
        from ..models.spsa_input import SpsaInput  # noqa: PLC0415
        from ..models.square_input import SquareInput  # noqa: PLC0415
        from ..models.str_attack_input import StrAttackInput  # noqa: PLC0415

        attack: dict[str, Any] | Unset
        if isinstance(self.attack, Unset):
            attack = UNSET
        elif isinstance(self.attack, FgsmInput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, PgdInput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, IfgsmInput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, ApgdInput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, ApgdTInput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, FabTInput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, AutoAttackInput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, SquareInput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, OnePixelInput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, SpsaInput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, NattackInput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, GaussianNoiseInput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, CorruptionInput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, CwInput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, DeepfoolInput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, DdnInput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, FmnInput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, EadInput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, StrAttackInput):
            attack = self.attack.to_dict()
        else:
            attack = self.attack.to_dict()

        compare: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.compare, Unset):
            compare = []
            for compare_item_data in self.compare:
                compare_item: dict[str, Any]
                if isinstance(compare_item_data, FgsmInput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, PgdInput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, IfgsmInput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, ApgdInput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, ApgdTInput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, FabTInput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, AutoAttackInput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, SquareInput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, OnePixelInput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, SpsaInput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, NattackInput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, GaussianNoiseInput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, CorruptionInput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, CwInput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, DeepfoolInput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, DdnInput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, FmnInput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, EadInput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, StrAttackInput):
                    compare_item = compare_item_data.to_dict()
                else:
                    compare_item = compare_item_data.to_dict()

                compare.append(compare_item)

        targets: None | str | Unset
        if isinstance(self.targets, Unset):
            targets = UNSET
        elif isinstance(self.targets, ExplainOptionsInputTargetsType0):
            targets = self.targets.value
        else:
            targets = self.targets

        grid: int | None | Unset
        if isinstance(self.grid, Unset):
            grid = UNSET
        else:
            grid = self.grid

        kappa = self.kappa

        map_: None | str | Unset
        if isinstance(self.map_, Unset):
            map_ = UNSET
        elif isinstance(self.map_, ExplainOptionsInputMapType0):
            map_ = self.map_.value
        else:
            map_ = self.map_

        layer: None | str | Unset
        if isinstance(self.layer, Unset):
            layer = UNSET
        else:
            layer = self.layer

        quantile = self.quantile

        refinement = self.refinement

        masking: dict[str, Any] | None | Unset
        if isinstance(self.masking, Unset):
            masking = UNSET
        elif isinstance(self.masking, MaskingOptionsInput):
            masking = self.masking.to_dict()
        else:
            masking = self.masking

        dissection: dict[str, Any] | None | Unset
        if isinstance(self.dissection, Unset):
            dissection = UNSET
        elif isinstance(self.dissection, DissectionOptions):
            dissection = self.dissection.to_dict()
        else:
            dissection = self.dissection

        max_samples: int | None | Unset
        if isinstance(self.max_samples, Unset):
            max_samples = UNSET
        else:
            max_samples = self.max_samples

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if attack is not UNSET:
            field_dict["attack"] = attack
        if compare is not UNSET:
            field_dict["compare"] = compare
        if targets is not UNSET:
            field_dict["targets"] = targets
        if grid is not UNSET:
            field_dict["grid"] = grid
        if kappa is not UNSET:
            field_dict["kappa"] = kappa
        if map_ is not UNSET:
            field_dict["map"] = map_
        if layer is not UNSET:
            field_dict["layer"] = layer
        if quantile is not UNSET:
            field_dict["quantile"] = quantile
        if refinement is not UNSET:
            field_dict["refinement"] = refinement
        if masking is not UNSET:
            field_dict["masking"] = masking
        if dissection is not UNSET:
            field_dict["dissection"] = dissection
        if max_samples is not UNSET:
            field_dict["max_samples"] = max_samples

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.apgd_input import ApgdInput  # noqa: PLC0415
        from ..models.apgd_t_input import ApgdTInput  # noqa: PLC0415
        from ..models.auto_attack_input import AutoAttackInput  # noqa: PLC0415
        from ..models.corruption_input import CorruptionInput  # noqa: PLC0415
        from ..models.cw_input import CwInput  # noqa: PLC0415
        from ..models.ddn_input import DdnInput  # noqa: PLC0415
        from ..models.deepfool_input import DeepfoolInput  # noqa: PLC0415
        from ..models.dissection_options import DissectionOptions  # noqa: PLC0415
        from ..models.ead_input import EadInput  # noqa: PLC0415
        from ..models.fab_t_input import FabTInput  # noqa: PLC0415
        from ..models.fgsm_input import FgsmInput  # noqa: PLC0415
        from ..models.fmn_input import FmnInput  # noqa: PLC0415
        from ..models.gaussian_noise_input import GaussianNoiseInput  # noqa: PLC0415
        from ..models.ifgsm_input import IfgsmInput  # noqa: PLC0415
        from ..models.masking_options_input import MaskingOptionsInput  # noqa: PLC0415
        from ..models.nattack_input import NattackInput  # noqa: PLC0415
        from ..models.one_pixel_input import OnePixelInput  # noqa: PLC0415
        from ..models.other import Other  # noqa: PLC0415
        from ..models.pgd_input import PgdInput  # noqa: PLC0415
        from ..models.spsa_input import SpsaInput  # noqa: PLC0415
        from ..models.square_input import SquareInput  # noqa: PLC0415
        from ..models.str_attack_input import StrAttackInput  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_attack(
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
            | Unset
        ):
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_0 = FgsmInput.from_dict(data)

                return attack_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_1 = PgdInput.from_dict(data)

                return attack_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_2 = IfgsmInput.from_dict(data)

                return attack_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_3 = ApgdInput.from_dict(data)

                return attack_type_3
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_4 = ApgdTInput.from_dict(data)

                return attack_type_4
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_5 = FabTInput.from_dict(data)

                return attack_type_5
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_6 = AutoAttackInput.from_dict(data)

                return attack_type_6
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_7 = SquareInput.from_dict(data)

                return attack_type_7
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_8 = OnePixelInput.from_dict(data)

                return attack_type_8
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_9 = SpsaInput.from_dict(data)

                return attack_type_9
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_10 = NattackInput.from_dict(data)

                return attack_type_10
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_11 = GaussianNoiseInput.from_dict(data)

                return attack_type_11
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_12 = CorruptionInput.from_dict(data)

                return attack_type_12
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_13 = CwInput.from_dict(data)

                return attack_type_13
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_14 = DeepfoolInput.from_dict(data)

                return attack_type_14
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_15 = DdnInput.from_dict(data)

                return attack_type_15
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_16 = FmnInput.from_dict(data)

                return attack_type_16
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_17 = EadInput.from_dict(data)

                return attack_type_17
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_18 = StrAttackInput.from_dict(data)

                return attack_type_18
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            attack_type_19 = Other.from_dict(data)

            return attack_type_19

        attack = _parse_attack(d.pop("attack", UNSET))

        _compare = d.pop("compare", UNSET)
        compare: (
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
            | Unset
        ) = UNSET
        if _compare is not UNSET:
            compare = []
            for compare_item_data in _compare:

                def _parse_compare_item(
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
                        compare_item_type_0 = FgsmInput.from_dict(data)

                        return compare_item_type_0
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_1 = PgdInput.from_dict(data)

                        return compare_item_type_1
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_2 = IfgsmInput.from_dict(data)

                        return compare_item_type_2
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_3 = ApgdInput.from_dict(data)

                        return compare_item_type_3
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_4 = ApgdTInput.from_dict(data)

                        return compare_item_type_4
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_5 = FabTInput.from_dict(data)

                        return compare_item_type_5
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_6 = AutoAttackInput.from_dict(data)

                        return compare_item_type_6
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_7 = SquareInput.from_dict(data)

                        return compare_item_type_7
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_8 = OnePixelInput.from_dict(data)

                        return compare_item_type_8
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_9 = SpsaInput.from_dict(data)

                        return compare_item_type_9
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_10 = NattackInput.from_dict(data)

                        return compare_item_type_10
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_11 = GaussianNoiseInput.from_dict(data)

                        return compare_item_type_11
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_12 = CorruptionInput.from_dict(data)

                        return compare_item_type_12
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_13 = CwInput.from_dict(data)

                        return compare_item_type_13
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_14 = DeepfoolInput.from_dict(data)

                        return compare_item_type_14
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_15 = DdnInput.from_dict(data)

                        return compare_item_type_15
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_16 = FmnInput.from_dict(data)

                        return compare_item_type_16
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_17 = EadInput.from_dict(data)

                        return compare_item_type_17
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_18 = StrAttackInput.from_dict(data)

                        return compare_item_type_18
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    if not isinstance(data, dict):
                        raise TypeError()
                    compare_item_type_19 = Other.from_dict(data)

                    return compare_item_type_19

                compare_item = _parse_compare_item(compare_item_data)

                compare.append(compare_item)

        def _parse_targets(data: object) -> ExplainOptionsInputTargetsType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                targets_type_0 = ExplainOptionsInputTargetsType0(data)

                return targets_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ExplainOptionsInputTargetsType0 | None | Unset, data)

        targets = _parse_targets(d.pop("targets", UNSET))

        def _parse_grid(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        grid = _parse_grid(d.pop("grid", UNSET))

        kappa = d.pop("kappa", UNSET)

        def _parse_map_(data: object) -> ExplainOptionsInputMapType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                map_type_0 = ExplainOptionsInputMapType0(data)

                return map_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ExplainOptionsInputMapType0 | None | Unset, data)

        map_ = _parse_map_(d.pop("map", UNSET))

        def _parse_layer(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        layer = _parse_layer(d.pop("layer", UNSET))

        quantile = d.pop("quantile", UNSET)

        refinement = d.pop("refinement", UNSET)

        def _parse_masking(data: object) -> MaskingOptionsInput | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                masking_type_0 = MaskingOptionsInput.from_dict(data)

                return masking_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(MaskingOptionsInput | None | Unset, data)

        masking = _parse_masking(d.pop("masking", UNSET))

        def _parse_dissection(data: object) -> DissectionOptions | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                dissection_type_0 = DissectionOptions.from_dict(data)

                return dissection_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(DissectionOptions | None | Unset, data)

        dissection = _parse_dissection(d.pop("dissection", UNSET))

        def _parse_max_samples(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_samples = _parse_max_samples(d.pop("max_samples", UNSET))

        explain_options_input = cls(
            attack=attack,
            compare=compare,
            targets=targets,
            grid=grid,
            kappa=kappa,
            map_=map_,
            layer=layer,
            quantile=quantile,
            refinement=refinement,
            masking=masking,
            dissection=dissection,
            max_samples=max_samples,
        )

        return explain_options_input
