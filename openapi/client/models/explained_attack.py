from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.apgd_output import ApgdOutput
    from ..models.apgd_t_output import ApgdTOutput
    from ..models.auto_attack_output import AutoAttackOutput
    from ..models.common_images import CommonImages
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
    from ..models.interpretability import Interpretability
    from ..models.nattack_output import NattackOutput
    from ..models.one_pixel_output import OnePixelOutput
    from ..models.other import Other
    from ..models.pgd_output import PgdOutput
    from ..models.refined_mean import RefinedMean
    from ..models.share_intervals import ShareIntervals
    from ..models.shares import Shares
    from ..models.spsa_output import SpsaOutput
    from ..models.square_output import SquareOutput
    from ..models.str_attack_output import StrAttackOutput


T = TypeVar("T", bound="ExplainedAttack")


@_attrs_define
class ExplainedAttack:
    """One of the attacks that are compared; nulls where none of its examples fools.

    Attributes:
        id (str):
        attack (ApgdOutput | ApgdTOutput | AutoAttackOutput | CorruptionOutput | CwOutput | DdnOutput | DeepfoolOutput |
            EadOutput | FabTOutput | FgsmOutput | FmnOutput | GaussianNoiseOutput | IfgsmOutput | NattackOutput |
            OnePixelOutput | Other | PgdOutput | SpsaOutput | SquareOutput | StrAttackOutput):
        tried (int):
        n (int):
        success_rate (float): n / tried
        l2 (float | None): Mean over its successes, as all below
        sparsity (float | None):
        shares (None | Shares):
        intervals (None | ShareIntervals):
        interpretability (Interpretability | None):
        refinement (None | RefinedMean):
        common (CommonImages | None):
    """

    id: str
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
    )
    tried: int
    n: int
    success_rate: float
    l2: float | None
    sparsity: float | None
    shares: None | Shares
    intervals: None | ShareIntervals
    interpretability: Interpretability | None
    refinement: None | RefinedMean
    common: CommonImages | None

    def to_dict(self) -> dict[str, Any]:
        from ..models.apgd_output import ApgdOutput  # noqa: PLC0415
        from ..models.apgd_t_output import ApgdTOutput  # noqa: PLC0415
        from ..models.auto_attack_output import AutoAttackOutput  # noqa: PLC0415
        from ..models.common_images import CommonImages  # noqa: PLC0415
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
        from ..models.interpretability import Interpretability  # noqa: PLC0415
        from ..models.nattack_output import NattackOutput  # noqa: PLC0415
        from ..models.one_pixel_output import OnePixelOutput  # noqa: PLC0415
        from ..models.pgd_output import PgdOutput  # noqa: PLC0415
        from ..models.refined_mean import RefinedMean  # noqa: PLC0415
        from ..models.share_intervals import ShareIntervals  # noqa: PLC0415
        from ..models.shares import Shares  # noqa: PLC0415
        from ..models.spsa_output import SpsaOutput  # noqa: PLC0415
        from ..models.square_output import SquareOutput  # noqa: PLC0415
        from ..models.str_attack_output import StrAttackOutput  # noqa: PLC0415

        id = self.id

        attack: dict[str, Any]
        if isinstance(self.attack, FgsmOutput):
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

        tried = self.tried

        n = self.n

        success_rate = self.success_rate

        l2: float | None
        l2 = self.l2

        sparsity: float | None
        sparsity = self.sparsity

        shares: dict[str, Any] | None
        if isinstance(self.shares, Shares):
            shares = self.shares.to_dict()
        else:
            shares = self.shares

        intervals: dict[str, Any] | None
        if isinstance(self.intervals, ShareIntervals):
            intervals = self.intervals.to_dict()
        else:
            intervals = self.intervals

        interpretability: dict[str, Any] | None
        if isinstance(self.interpretability, Interpretability):
            interpretability = self.interpretability.to_dict()
        else:
            interpretability = self.interpretability

        refinement: dict[str, Any] | None
        if isinstance(self.refinement, RefinedMean):
            refinement = self.refinement.to_dict()
        else:
            refinement = self.refinement

        common: dict[str, Any] | None
        if isinstance(self.common, CommonImages):
            common = self.common.to_dict()
        else:
            common = self.common

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "attack": attack,
                "tried": tried,
                "n": n,
                "success_rate": success_rate,
                "l2": l2,
                "sparsity": sparsity,
                "shares": shares,
                "intervals": intervals,
                "interpretability": interpretability,
                "refinement": refinement,
                "common": common,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.apgd_output import ApgdOutput  # noqa: PLC0415
        from ..models.apgd_t_output import ApgdTOutput  # noqa: PLC0415
        from ..models.auto_attack_output import AutoAttackOutput  # noqa: PLC0415
        from ..models.common_images import CommonImages  # noqa: PLC0415
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
        from ..models.interpretability import Interpretability  # noqa: PLC0415
        from ..models.nattack_output import NattackOutput  # noqa: PLC0415
        from ..models.one_pixel_output import OnePixelOutput  # noqa: PLC0415
        from ..models.other import Other  # noqa: PLC0415
        from ..models.pgd_output import PgdOutput  # noqa: PLC0415
        from ..models.refined_mean import RefinedMean  # noqa: PLC0415
        from ..models.share_intervals import ShareIntervals  # noqa: PLC0415
        from ..models.shares import Shares  # noqa: PLC0415
        from ..models.spsa_output import SpsaOutput  # noqa: PLC0415
        from ..models.square_output import SquareOutput  # noqa: PLC0415
        from ..models.str_attack_output import StrAttackOutput  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

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
        ):
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

        attack = _parse_attack(d.pop("attack"))

        tried = d.pop("tried")

        n = d.pop("n")

        success_rate = d.pop("success_rate")

        def _parse_l2(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        l2 = _parse_l2(d.pop("l2"))

        def _parse_sparsity(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        sparsity = _parse_sparsity(d.pop("sparsity"))

        def _parse_shares(data: object) -> None | Shares:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                shares_type_0 = Shares.from_dict(data)

                return shares_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Shares, data)

        shares = _parse_shares(d.pop("shares"))

        def _parse_intervals(data: object) -> None | ShareIntervals:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                intervals_type_0 = ShareIntervals.from_dict(data)

                return intervals_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ShareIntervals, data)

        intervals = _parse_intervals(d.pop("intervals"))

        def _parse_interpretability(data: object) -> Interpretability | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                interpretability_type_0 = Interpretability.from_dict(data)

                return interpretability_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Interpretability | None, data)

        interpretability = _parse_interpretability(d.pop("interpretability"))

        def _parse_refinement(data: object) -> None | RefinedMean:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                refinement_type_0 = RefinedMean.from_dict(data)

                return refinement_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RefinedMean, data)

        refinement = _parse_refinement(d.pop("refinement"))

        def _parse_common(data: object) -> CommonImages | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                common_type_0 = CommonImages.from_dict(data)

                return common_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CommonImages | None, data)

        common = _parse_common(d.pop("common"))

        explained_attack = cls(
            id=id,
            attack=attack,
            tried=tried,
            n=n,
            success_rate=success_rate,
            l2=l2,
            sparsity=sparsity,
            shares=shares,
            intervals=intervals,
            interpretability=interpretability,
            refinement=refinement,
            common=common,
        )

        return explained_attack
