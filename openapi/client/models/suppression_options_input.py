from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.suppression_options_input_ranking import SuppressionOptionsInputRanking
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.apgd_input import ApgdInput
    from ..models.apgd_t_input import ApgdTInput
    from ..models.auto_attack_input import AutoAttackInput
    from ..models.corruption_input import CorruptionInput
    from ..models.cw_input import CwInput
    from ..models.ddn_input import DdnInput
    from ..models.deepfool_input import DeepfoolInput
    from ..models.ead_input import EadInput
    from ..models.fab_t_input import FabTInput
    from ..models.fgsm_input import FgsmInput
    from ..models.fmn_input import FmnInput
    from ..models.gaussian_noise_input import GaussianNoiseInput
    from ..models.ifgsm_input import IfgsmInput
    from ..models.nattack_input import NattackInput
    from ..models.one_pixel_input import OnePixelInput
    from ..models.other import Other
    from ..models.pgd_input import PgdInput
    from ..models.spsa_input import SpsaInput
    from ..models.square_input import SquareInput
    from ..models.str_attack_input import StrAttackInput


T = TypeVar("T", bound="SuppressionOptionsInput")


@_attrs_define
class SuppressionOptionsInput:
    """Outputs after activation of a share of every hidden layer's neurons are multiplied by beta.

    Attributes:
        fraction (float | Unset): Share of each layer's neurons Default: 0.1.
        ranking (SuppressionOptionsInputRanking | Unset): By what the neurons are chosen: sigma, sigma_ratio, the part
            of the adversarial logit that a neuron makes (`importance`), the part of the attack's gain that goes through it
            (`conductance`), both on the dual pairs of `neurons`; `random` is a test of the test Default:
            SuppressionOptionsInputRanking.SENSITIVITY.
        betas (list[float] | Unset): Factors of the neurons' outputs after activation
        repeats (int | Unset): Control groups: as many neurons, drawn from the rest Default: 3.
        attacks (list[ApgdInput | ApgdTInput | AutoAttackInput | CorruptionInput | CwInput | DdnInput | DeepfoolInput |
            EadInput | FabTInput | FgsmInput | FmnInput | GaussianNoiseInput | IfgsmInput | NattackInput | OnePixelInput |
            Other | PgdInput | SpsaInput | SquareInput | StrAttackInput] | Unset): Made anew against every suppressed
            network
        max_samples (int | None | Unset): Images; null is every evaluated sample
    """

    fraction: float | Unset = 0.1
    ranking: SuppressionOptionsInputRanking | Unset = SuppressionOptionsInputRanking.SENSITIVITY
    betas: list[float] | Unset = UNSET
    repeats: int | Unset = 3
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
        | Unset
    ) = UNSET
    max_samples: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.apgd_input import ApgdInput  # noqa: PLC0415
        from ..models.apgd_t_input import ApgdTInput  # noqa: PLC0415
        from ..models.auto_attack_input import AutoAttackInput  # noqa: PLC0415
        from ..models.corruption_input import CorruptionInput  # noqa: PLC0415
        from ..models.cw_input import CwInput  # noqa: PLC0415
        from ..models.ddn_input import DdnInput  # noqa: PLC0415
        from ..models.deepfool_input import DeepfoolInput  # noqa: PLC0415
        from ..models.ead_input import EadInput  # noqa: PLC0415
        from ..models.fab_t_input import FabTInput  # noqa: PLC0415
        from ..models.fgsm_input import FgsmInput  # noqa: PLC0415
        from ..models.fmn_input import FmnInput  # noqa: PLC0415
        from ..models.gaussian_noise_input import GaussianNoiseInput  # noqa: PLC0415
        from ..models.ifgsm_input import IfgsmInput  # noqa: PLC0415
        from ..models.nattack_input import NattackInput  # noqa: PLC0415
        from ..models.one_pixel_input import OnePixelInput  # noqa: PLC0415
        from ..models.pgd_input import PgdInput  # noqa: PLC0415
        from ..models.spsa_input import SpsaInput  # noqa: PLC0415
        from ..models.square_input import SquareInput  # noqa: PLC0415
        from ..models.str_attack_input import StrAttackInput  # noqa: PLC0415

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
                if isinstance(attacks_item_data, FgsmInput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, PgdInput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, IfgsmInput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, ApgdInput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, ApgdTInput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, FabTInput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, AutoAttackInput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, SquareInput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, OnePixelInput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, SpsaInput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, NattackInput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, GaussianNoiseInput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, CorruptionInput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, CwInput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, DeepfoolInput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, DdnInput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, FmnInput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, EadInput):
                    attacks_item = attacks_item_data.to_dict()
                elif isinstance(attacks_item_data, StrAttackInput):
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
        from ..models.apgd_input import ApgdInput  # noqa: PLC0415
        from ..models.apgd_t_input import ApgdTInput  # noqa: PLC0415
        from ..models.auto_attack_input import AutoAttackInput  # noqa: PLC0415
        from ..models.corruption_input import CorruptionInput  # noqa: PLC0415
        from ..models.cw_input import CwInput  # noqa: PLC0415
        from ..models.ddn_input import DdnInput  # noqa: PLC0415
        from ..models.deepfool_input import DeepfoolInput  # noqa: PLC0415
        from ..models.ead_input import EadInput  # noqa: PLC0415
        from ..models.fab_t_input import FabTInput  # noqa: PLC0415
        from ..models.fgsm_input import FgsmInput  # noqa: PLC0415
        from ..models.fmn_input import FmnInput  # noqa: PLC0415
        from ..models.gaussian_noise_input import GaussianNoiseInput  # noqa: PLC0415
        from ..models.ifgsm_input import IfgsmInput  # noqa: PLC0415
        from ..models.nattack_input import NattackInput  # noqa: PLC0415
        from ..models.one_pixel_input import OnePixelInput  # noqa: PLC0415
        from ..models.other import Other  # noqa: PLC0415
        from ..models.pgd_input import PgdInput  # noqa: PLC0415
        from ..models.spsa_input import SpsaInput  # noqa: PLC0415
        from ..models.square_input import SquareInput  # noqa: PLC0415
        from ..models.str_attack_input import StrAttackInput  # noqa: PLC0415

        d = dict(src_dict)
        fraction = d.pop("fraction", UNSET)

        _ranking = d.pop("ranking", UNSET)
        ranking: SuppressionOptionsInputRanking | Unset
        if isinstance(_ranking, Unset):
            ranking = UNSET
        else:
            ranking = SuppressionOptionsInputRanking(_ranking)

        betas = cast(list[float], d.pop("betas", UNSET))

        repeats = d.pop("repeats", UNSET)

        _attacks = d.pop("attacks", UNSET)
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
            | Unset
        ) = UNSET
        if _attacks is not UNSET:
            attacks = []
            for attacks_item_data in _attacks:

                def _parse_attacks_item(
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
                        attacks_item_type_0 = FgsmInput.from_dict(data)

                        return attacks_item_type_0
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_1 = PgdInput.from_dict(data)

                        return attacks_item_type_1
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_2 = IfgsmInput.from_dict(data)

                        return attacks_item_type_2
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_3 = ApgdInput.from_dict(data)

                        return attacks_item_type_3
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_4 = ApgdTInput.from_dict(data)

                        return attacks_item_type_4
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_5 = FabTInput.from_dict(data)

                        return attacks_item_type_5
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_6 = AutoAttackInput.from_dict(data)

                        return attacks_item_type_6
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_7 = SquareInput.from_dict(data)

                        return attacks_item_type_7
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_8 = OnePixelInput.from_dict(data)

                        return attacks_item_type_8
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_9 = SpsaInput.from_dict(data)

                        return attacks_item_type_9
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_10 = NattackInput.from_dict(data)

                        return attacks_item_type_10
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_11 = GaussianNoiseInput.from_dict(data)

                        return attacks_item_type_11
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_12 = CorruptionInput.from_dict(data)

                        return attacks_item_type_12
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_13 = CwInput.from_dict(data)

                        return attacks_item_type_13
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_14 = DeepfoolInput.from_dict(data)

                        return attacks_item_type_14
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_15 = DdnInput.from_dict(data)

                        return attacks_item_type_15
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_16 = FmnInput.from_dict(data)

                        return attacks_item_type_16
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_17 = EadInput.from_dict(data)

                        return attacks_item_type_17
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        attacks_item_type_18 = StrAttackInput.from_dict(data)

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

        suppression_options_input = cls(
            fraction=fraction,
            ranking=ranking,
            betas=betas,
            repeats=repeats,
            attacks=attacks,
            max_samples=max_samples,
        )

        return suppression_options_input
