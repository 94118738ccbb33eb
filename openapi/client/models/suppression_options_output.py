from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.suppression_options_output_ranking import SuppressionOptionsOutputRanking
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.apgd_output import ApgdOutput
    from ..models.apgd_t_output import ApgdTOutput
    from ..models.auto_attack_output import AutoAttackOutput
    from ..models.corruption_output import CorruptionOutput
    from ..models.cw_output import CwOutput
    from ..models.ddn_output import DdnOutput
    from ..models.deepfool_output import DeepfoolOutput
    from ..models.ead_output import EadOutput
    from ..models.fab_t_output import FabTOutput
    from ..models.fgsm_output import FgsmOutput
    from ..models.fmn_output import FmnOutput
    from ..models.gaussian_noise_output import GaussianNoiseOutput
    from ..models.ifgsm_output import IfgsmOutput
    from ..models.nattack_output import NattackOutput
    from ..models.one_pixel_output import OnePixelOutput
    from ..models.other import Other
    from ..models.pgd_output import PgdOutput
    from ..models.spsa_output import SpsaOutput
    from ..models.square_output import SquareOutput
    from ..models.str_attack_output import StrAttackOutput


T = TypeVar("T", bound="SuppressionOptionsOutput")


@_attrs_define
class SuppressionOptionsOutput:
    """Outputs after activation of a share of every hidden layer's neurons are multiplied by beta.

    Attributes:
        fraction (float | Unset): Share of each layer's neurons Default: 0.1.
        ranking (SuppressionOptionsOutputRanking | Unset): By what the neurons are chosen: sigma, sigma_ratio, the part
            of the adversarial logit that a neuron makes (`importance`), the part of the attack's gain that goes through it
            (`conductance`), both on the dual pairs of `neurons`; `random` is a test of the test Default:
            SuppressionOptionsOutputRanking.SENSITIVITY.
        betas (list[float] | Unset): Factors of the neurons' outputs after activation
        repeats (int | Unset): Control groups: as many neurons, drawn from the rest Default: 3.
        attacks (list[ApgdOutput | ApgdTOutput | AutoAttackOutput | CorruptionOutput | CwOutput | DdnOutput |
            DeepfoolOutput | EadOutput | FabTOutput | FgsmOutput | FmnOutput | GaussianNoiseOutput | IfgsmOutput |
            NattackOutput | OnePixelOutput | Other | PgdOutput | SpsaOutput | SquareOutput | StrAttackOutput] | Unset): Made
            anew against every suppressed network
        max_samples (int | None | Unset): Images; null is every evaluated sample
    """

    fraction: float | Unset = 0.1
    ranking: SuppressionOptionsOutputRanking | Unset = SuppressionOptionsOutputRanking.SENSITIVITY
    betas: list[float] | Unset = UNSET
    repeats: int | Unset = 3
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
        | Unset
    ) = UNSET
    max_samples: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.apgd_output import ApgdOutput  # noqa: PLC0415
        from ..models.apgd_t_output import ApgdTOutput  # noqa: PLC0415
        from ..models.auto_attack_output import AutoAttackOutput  # noqa: PLC0415
        from ..models.corruption_output import CorruptionOutput  # noqa: PLC0415
        from ..models.cw_output import CwOutput  # noqa: PLC0415
        from ..models.ddn_output import DdnOutput  # noqa: PLC0415
        from ..models.deepfool_output import DeepfoolOutput  # noqa: PLC0415
        from ..models.ead_output import EadOutput  # noqa: PLC0415
        from ..models.fab_t_output import FabTOutput  # noqa: PLC0415
        from ..models.fgsm_output import FgsmOutput  # noqa: PLC0415
        from ..models.fmn_output import FmnOutput  # noqa: PLC0415
        from ..models.gaussian_noise_output import GaussianNoiseOutput  # noqa: PLC0415
        from ..models.ifgsm_output import IfgsmOutput  # noqa: PLC0415
        from ..models.nattack_output import NattackOutput  # noqa: PLC0415
        from ..models.one_pixel_output import OnePixelOutput  # noqa: PLC0415
        from ..models.pgd_output import PgdOutput  # noqa: PLC0415
        from ..models.spsa_output import SpsaOutput  # noqa: PLC0415
        from ..models.square_output import SquareOutput  # noqa: PLC0415
        from ..models.str_attack_output import StrAttackOutput  # noqa: PLC0415

        fraction = self.fraction

        ranking: str | Unset = UNSET
        if not isinstance(self.ranking, Unset):
            ranking = self.ranking.value

        betas: list[float] | Unset = UNSET
        if not isinstance(self.betas, Unset):
            betas = self.betas

        repeats = self.repeats

        attacks: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.attacks, Unset):
            attacks = []
            for attacks_item_data in self.attacks:
                attacks_item: dict[str, Any]
                if isinstance(attacks_item_data, FgsmOutput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, PgdOutput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, IfgsmOutput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, ApgdOutput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, ApgdTOutput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, FabTOutput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, AutoAttackOutput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, SquareOutput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, OnePixelOutput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, SpsaOutput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, NattackOutput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, GaussianNoiseOutput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, CorruptionOutput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, CwOutput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, DeepfoolOutput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, DdnOutput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, FmnOutput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, EadOutput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, StrAttackOutput):
                    attacks_item = attacks_item_data.to_dict()
                else:
                    attacks_item = attacks_item_data.to_dict()

                attacks.append(attacks_item)

        max_samples: int | None | Unset
        if isinstance(self.max_samples, Unset):
            max_samples = UNSET
        else:
            max_samples = self.max_samples

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if fraction is not UNSET:
            field_dict["fraction"] = fraction
        if ranking is not UNSET:
            field_dict["ranking"] = ranking
        if betas is not UNSET:
            field_dict["betas"] = betas
        if repeats is not UNSET:
            field_dict["repeats"] = repeats
        if attacks is not UNSET:
            field_dict["attacks"] = attacks
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
        from ..models.ead_output import EadOutput  # noqa: PLC0415
        from ..models.fab_t_output import FabTOutput  # noqa: PLC0415
        from ..models.fgsm_output import FgsmOutput  # noqa: PLC0415
        from ..models.fmn_output import FmnOutput  # noqa: PLC0415
        from ..models.gaussian_noise_output import GaussianNoiseOutput  # noqa: PLC0415
        from ..models.ifgsm_output import IfgsmOutput  # noqa: PLC0415
        from ..models.nattack_output import NattackOutput  # noqa: PLC0415
        from ..models.one_pixel_output import OnePixelOutput  # noqa: PLC0415
        from ..models.other import Other  # noqa: PLC0415
        from ..models.pgd_output import PgdOutput  # noqa: PLC0415
        from ..models.spsa_output import SpsaOutput  # noqa: PLC0415
        from ..models.square_output import SquareOutput  # noqa: PLC0415
        from ..models.str_attack_output import StrAttackOutput  # noqa: PLC0415

        d = dict(src_dict)
        fraction = d.pop("fraction", UNSET)

        _ranking = d.pop("ranking", UNSET)
        ranking: SuppressionOptionsOutputRanking | Unset
        if isinstance(_ranking, Unset):
            ranking = UNSET
        else:
            ranking = SuppressionOptionsOutputRanking(_ranking)

        betas = cast(list[float], d.pop("betas", UNSET))

        repeats = d.pop("repeats", UNSET)

        _attacks = d.pop("attacks", UNSET)
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
            | Unset
        ) = UNSET
        if _attacks is not UNSET:
            attacks = []
            for attacks_item_data in _attacks:

                def _parse_attacks_item(
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
                        attacks_item_type_0 = FgsmOutput.from_dict(data)

                        return attacks_item_type_0
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_1 = PgdOutput.from_dict(data)

                        return attacks_item_type_1
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_2 = IfgsmOutput.from_dict(data)

                        return attacks_item_type_2
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_3 = ApgdOutput.from_dict(data)

                        return attacks_item_type_3
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_4 = ApgdTOutput.from_dict(data)

                        return attacks_item_type_4
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_5 = FabTOutput.from_dict(data)

                        return attacks_item_type_5
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_6 = AutoAttackOutput.from_dict(data)

                        return attacks_item_type_6
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_7 = SquareOutput.from_dict(data)

                        return attacks_item_type_7
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_8 = OnePixelOutput.from_dict(data)

                        return attacks_item_type_8
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_9 = SpsaOutput.from_dict(data)

                        return attacks_item_type_9
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_10 = NattackOutput.from_dict(data)

                        return attacks_item_type_10
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_11 = GaussianNoiseOutput.from_dict(data)

                        return attacks_item_type_11
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_12 = CorruptionOutput.from_dict(data)

                        return attacks_item_type_12
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_13 = CwOutput.from_dict(data)

                        return attacks_item_type_13
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_14 = DeepfoolOutput.from_dict(data)

                        return attacks_item_type_14
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_15 = DdnOutput.from_dict(data)

                        return attacks_item_type_15
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_16 = FmnOutput.from_dict(data)

                        return attacks_item_type_16
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_17 = EadOutput.from_dict(data)

                        return attacks_item_type_17
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_18 = StrAttackOutput.from_dict(data)

                        return attacks_item_type_18
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    if not isinstance(data, dict):
                        raise TypeError()
                    attacks_item_type_19 = Other.from_dict(data)

                    return attacks_item_type_19

                attacks_item = _parse_attacks_item(attacks_item_data)

                attacks.append(attacks_item)

        def _parse_max_samples(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_samples = _parse_max_samples(d.pop("max_samples", UNSET))

        suppression_options_output = cls(
            fraction=fraction,
            ranking=ranking,
            betas=betas,
            repeats=repeats,
            attacks=attacks,
            max_samples=max_samples,
        )

        return suppression_options_output
