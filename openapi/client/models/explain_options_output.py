from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.explain_options_output_map_type_0 import ExplainOptionsOutputMapType0
from ..models.explain_options_output_targets_type_0 import (
    ExplainOptionsOutputTargetsType0,
)
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.apgd_output import ApgdOutput
    from ..models.apgd_t_output import ApgdTOutput
    from ..models.auto_attack_output import AutoAttackOutput
    from ..models.corruption_output import CorruptionOutput
    from ..models.cw_output import CwOutput
    from ..models.ddn_output import DdnOutput
    from ..models.deepfool_output import DeepfoolOutput
    from ..models.dissection_options import DissectionOptions
    from ..models.ead_output import EadOutput
    from ..models.fab_t_output import FabTOutput
    from ..models.fgsm_output import FgsmOutput
    from ..models.fmn_output import FmnOutput
    from ..models.gaussian_noise_output import GaussianNoiseOutput
    from ..models.ifgsm_output import IfgsmOutput
    from ..models.masking_options_output import MaskingOptionsOutput
    from ..models.nattack_output import NattackOutput
    from ..models.one_pixel_output import OnePixelOutput
    from ..models.other import Other
    from ..models.pgd_output import PgdOutput
    from ..models.spsa_output import SpsaOutput
    from ..models.square_output import SquareOutput
    from ..models.str_attack_output import StrAttackOutput


T = TypeVar("T", bound="ExplainOptionsOutput")


@_attrs_define
class ExplainOptionsOutput:
    """The adversarial examples of one attack, taken apart.

    Attributes:
        attack (ApgdOutput | ApgdTOutput | AutoAttackOutput | CorruptionOutput | CwOutput | DdnOutput | DeepfoolOutput |
            EadOutput | FabTOutput | FgsmOutput | FmnOutput | GaussianNoiseOutput | IfgsmOutput | NattackOutput |
            OnePixelOutput | Other | PgdOutput | SpsaOutput | SquareOutput | StrAttackOutput | Unset): Whose examples are
            explained; any attack of the suite
        compare (list[ApgdOutput | ApgdTOutput | AutoAttackOutput | CorruptionOutput | CwOutput | DdnOutput |
            DeepfoolOutput | EadOutput | FabTOutput | FgsmOutput | FmnOutput | GaussianNoiseOutput | IfgsmOutput |
            NattackOutput | OnePixelOutput | Other | PgdOutput | SpsaOutput | SquareOutput | StrAttackOutput] | Unset):
            Further attacks whose examples are explained alike, and set beside it
        targets (ExplainOptionsOutputTargetsType0 | None | Unset): A class for each sample to aim at, for attacks that
            take a `target`; null: as each attack says
        grid (int | None | Unset): Side of a group in pixels; null: 2 up to 32 pixels, else 13
        kappa (float | Unset): Effects on a logit below this count as none Default: 0.001.
        map_ (ExplainOptionsOutputMapType0 | None | Unset): Class activation maps, or adversarial saliency maps; null is
            the first where the model has them, else none
        layer (None | str | Unset): Layer of Grad-CAM; null: the last map, see definitions
        quantile (float | Unset): Of a map, above which a pixel belongs to its class Default: 0.7.
        refinement (bool | Unset): Whether perturbations are pruned to what their success needs Default: True.
        masking (MaskingOptionsOutput | None | Unset): Units zeroed as a defence, the sensitive ones beside random ones;
            null leaves it out
        dissection (DissectionOptions | None | Unset): Units beside the concepts of the data set's masks; null leaves it
            out
        max_samples (int | None | Unset): Images; null is every evaluated sample Default: 100.
    """

    attack: (
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
        | Unset
    ) = UNSET
    compare: (
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
        | Unset
    ) = UNSET
    targets: ExplainOptionsOutputTargetsType0 | None | Unset = UNSET
    grid: int | None | Unset = UNSET
    kappa: float | Unset = 0.001
    map_: ExplainOptionsOutputMapType0 | None | Unset = UNSET
    layer: None | str | Unset = UNSET
    quantile: float | Unset = 0.7
    refinement: bool | Unset = True
    masking: MaskingOptionsOutput | None | Unset = UNSET
    dissection: DissectionOptions | None | Unset = UNSET
    max_samples: int | None | Unset = 100

    def to_dict(self) -> dict[str, Any]:
        from ..models.apgd_output import ApgdOutput  # noqa: PLC0415
        from ..models.apgd_t_output import ApgdTOutput  # noqa: PLC0415
        from ..models.auto_attack_output import AutoAttackOutput  # noqa: PLC0415
        from ..models.corruption_output import CorruptionOutput  # noqa: PLC0415
        from ..models.cw_output import CwOutput  # noqa: PLC0415
        from ..models.ddn_output import DdnOutput  # noqa: PLC0415
        from ..models.deepfool_output import DeepfoolOutput  # noqa: PLC0415
        from ..models.dissection_options import DissectionOptions  # noqa: PLC0415
        from ..models.ead_output import EadOutput  # noqa: PLC0415
        from ..models.fab_t_output import FabTOutput  # noqa: PLC0415
        from ..models.fgsm_output import FgsmOutput  # noqa: PLC0415
        from ..models.fmn_output import FmnOutput  # noqa: PLC0415
        from ..models.gaussian_noise_output import GaussianNoiseOutput  # noqa: PLC0415
        from ..models.ifgsm_output import IfgsmOutput  # noqa: PLC0415
        from ..models.masking_options_output import MaskingOptionsOutput  # noqa: PLC0415
        from ..models.nattack_output import NattackOutput  # noqa: PLC0415
        from ..models.one_pixel_output import OnePixelOutput  # noqa: PLC0415
        from ..models.pgd_output import PgdOutput  # noqa: PLC0415
        from ..models.spsa_output import SpsaOutput  # noqa: PLC0415
        from ..models.square_output import SquareOutput  # noqa: PLC0415
        from ..models.str_attack_output import StrAttackOutput  # noqa: PLC0415

        attack: dict[str, Any] | Unset
        if isinstance(self.attack, Unset):
            attack = UNSET
        elif isinstance(self.attack, FgsmOutput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, PgdOutput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, IfgsmOutput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, ApgdOutput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, ApgdTOutput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, FabTOutput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, AutoAttackOutput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, SquareOutput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, OnePixelOutput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, SpsaOutput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, NattackOutput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, GaussianNoiseOutput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, CorruptionOutput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, CwOutput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, DeepfoolOutput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, DdnOutput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, FmnOutput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, EadOutput):
            attack = self.attack.to_dict()
        elif isinstance(self.attack, StrAttackOutput):
            attack = self.attack.to_dict()
        else:
            attack = self.attack.to_dict()

        compare: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.compare, Unset):
            compare = []
            for compare_item_data in self.compare:
                compare_item: dict[str, Any]
                if isinstance(compare_item_data, FgsmOutput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, PgdOutput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, IfgsmOutput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, ApgdOutput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, ApgdTOutput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, FabTOutput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, AutoAttackOutput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, SquareOutput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, OnePixelOutput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, SpsaOutput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, NattackOutput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, GaussianNoiseOutput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, CorruptionOutput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, CwOutput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, DeepfoolOutput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, DdnOutput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, FmnOutput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, EadOutput):
                    compare_item = compare_item_data.to_dict()
                elif isinstance(compare_item_data, StrAttackOutput):
                    compare_item = compare_item_data.to_dict()
                else:
                    compare_item = compare_item_data.to_dict()

                compare.append(compare_item)

        targets: None | str | Unset
        if isinstance(self.targets, Unset):
            targets = UNSET
        elif isinstance(self.targets, ExplainOptionsOutputTargetsType0):
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
        elif isinstance(self.map_, ExplainOptionsOutputMapType0):
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
        elif isinstance(self.masking, MaskingOptionsOutput):
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
        from ..models.apgd_output import ApgdOutput  # noqa: PLC0415
        from ..models.apgd_t_output import ApgdTOutput  # noqa: PLC0415
        from ..models.auto_attack_output import AutoAttackOutput  # noqa: PLC0415
        from ..models.corruption_output import CorruptionOutput  # noqa: PLC0415
        from ..models.cw_output import CwOutput  # noqa: PLC0415
        from ..models.ddn_output import DdnOutput  # noqa: PLC0415
        from ..models.deepfool_output import DeepfoolOutput  # noqa: PLC0415
        from ..models.dissection_options import DissectionOptions  # noqa: PLC0415
        from ..models.ead_output import EadOutput  # noqa: PLC0415
        from ..models.fab_t_output import FabTOutput  # noqa: PLC0415
        from ..models.fgsm_output import FgsmOutput  # noqa: PLC0415
        from ..models.fmn_output import FmnOutput  # noqa: PLC0415
        from ..models.gaussian_noise_output import GaussianNoiseOutput  # noqa: PLC0415
        from ..models.ifgsm_output import IfgsmOutput  # noqa: PLC0415
        from ..models.masking_options_output import MaskingOptionsOutput  # noqa: PLC0415
        from ..models.nattack_output import NattackOutput  # noqa: PLC0415
        from ..models.one_pixel_output import OnePixelOutput  # noqa: PLC0415
        from ..models.other import Other  # noqa: PLC0415
        from ..models.pgd_output import PgdOutput  # noqa: PLC0415
        from ..models.spsa_output import SpsaOutput  # noqa: PLC0415
        from ..models.square_output import SquareOutput  # noqa: PLC0415
        from ..models.str_attack_output import StrAttackOutput  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_attack(
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
            | Unset
        ):
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_0 = FgsmOutput.from_dict(data)

                return attack_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_1 = PgdOutput.from_dict(data)

                return attack_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_2 = IfgsmOutput.from_dict(data)

                return attack_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_3 = ApgdOutput.from_dict(data)

                return attack_type_3
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_4 = ApgdTOutput.from_dict(data)

                return attack_type_4
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_5 = FabTOutput.from_dict(data)

                return attack_type_5
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_6 = AutoAttackOutput.from_dict(data)

                return attack_type_6
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_7 = SquareOutput.from_dict(data)

                return attack_type_7
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_8 = OnePixelOutput.from_dict(data)

                return attack_type_8
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_9 = SpsaOutput.from_dict(data)

                return attack_type_9
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_10 = NattackOutput.from_dict(data)

                return attack_type_10
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_11 = GaussianNoiseOutput.from_dict(data)

                return attack_type_11
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_12 = CorruptionOutput.from_dict(data)

                return attack_type_12
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_13 = CwOutput.from_dict(data)

                return attack_type_13
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_14 = DeepfoolOutput.from_dict(data)

                return attack_type_14
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_15 = DdnOutput.from_dict(data)

                return attack_type_15
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_16 = FmnOutput.from_dict(data)

                return attack_type_16
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_17 = EadOutput.from_dict(data)

                return attack_type_17
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attack_type_18 = StrAttackOutput.from_dict(data)

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
            | Unset
        ) = UNSET
        if _compare is not UNSET:
            compare = []
            for compare_item_data in _compare:

                def _parse_compare_item(
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
                        compare_item_type_0 = FgsmOutput.from_dict(data)

                        return compare_item_type_0
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_1 = PgdOutput.from_dict(data)

                        return compare_item_type_1
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_2 = IfgsmOutput.from_dict(data)

                        return compare_item_type_2
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_3 = ApgdOutput.from_dict(data)

                        return compare_item_type_3
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_4 = ApgdTOutput.from_dict(data)

                        return compare_item_type_4
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_5 = FabTOutput.from_dict(data)

                        return compare_item_type_5
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_6 = AutoAttackOutput.from_dict(data)

                        return compare_item_type_6
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_7 = SquareOutput.from_dict(data)

                        return compare_item_type_7
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_8 = OnePixelOutput.from_dict(data)

                        return compare_item_type_8
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_9 = SpsaOutput.from_dict(data)

                        return compare_item_type_9
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_10 = NattackOutput.from_dict(data)

                        return compare_item_type_10
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_11 = GaussianNoiseOutput.from_dict(data)

                        return compare_item_type_11
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_12 = CorruptionOutput.from_dict(data)

                        return compare_item_type_12
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_13 = CwOutput.from_dict(data)

                        return compare_item_type_13
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_14 = DeepfoolOutput.from_dict(data)

                        return compare_item_type_14
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_15 = DdnOutput.from_dict(data)

                        return compare_item_type_15
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_16 = FmnOutput.from_dict(data)

                        return compare_item_type_16
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_17 = EadOutput.from_dict(data)

                        return compare_item_type_17
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        compare_item_type_18 = StrAttackOutput.from_dict(data)

                        return compare_item_type_18
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    if not isinstance(data, dict):
                        raise TypeError()
                    compare_item_type_19 = Other.from_dict(data)

                    return compare_item_type_19

                compare_item = _parse_compare_item(compare_item_data)

                compare.append(compare_item)

        def _parse_targets(data: object) -> ExplainOptionsOutputTargetsType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                targets_type_0 = ExplainOptionsOutputTargetsType0(data)

                return targets_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ExplainOptionsOutputTargetsType0 | None | Unset, data)

        targets = _parse_targets(d.pop("targets", UNSET))

        def _parse_grid(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        grid = _parse_grid(d.pop("grid", UNSET))

        kappa = d.pop("kappa", UNSET)

        def _parse_map_(data: object) -> ExplainOptionsOutputMapType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                map_type_0 = ExplainOptionsOutputMapType0(data)

                return map_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ExplainOptionsOutputMapType0 | None | Unset, data)

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

        def _parse_masking(data: object) -> MaskingOptionsOutput | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                masking_type_0 = MaskingOptionsOutput.from_dict(data)

                return masking_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(MaskingOptionsOutput | None | Unset, data)

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

        explain_options_output = cls(
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

        return explain_options_output
