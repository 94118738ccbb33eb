from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.apgd_output import ApgdOutput
    from ..models.apgd_t_output import ApgdTOutput
    from ..models.auto_attack_output import AutoAttackOutput
    from ..models.corruption_output import CorruptionOutput
    from ..models.cw_output import CwOutput
    from ..models.ddn_output import DdnOutput
    from ..models.deepfool_output import DeepfoolOutput
    from ..models.dissection_section import DissectionSection
    from ..models.ead_output import EadOutput
    from ..models.explained_attack import ExplainedAttack
    from ..models.explained_sample import ExplainedSample
    from ..models.fab_t_output import FabTOutput
    from ..models.fgsm_output import FgsmOutput
    from ..models.fmn_output import FmnOutput
    from ..models.gaussian_noise_output import GaussianNoiseOutput
    from ..models.ifgsm_output import IfgsmOutput
    from ..models.interpretability import Interpretability
    from ..models.masking_section import MaskingSection
    from ..models.nattack_output import NattackOutput
    from ..models.one_pixel_output import OnePixelOutput
    from ..models.other import Other
    from ..models.pgd_output import PgdOutput
    from ..models.refined_mean import RefinedMean
    from ..models.score_curve import ScoreCurve
    from ..models.share_intervals import ShareIntervals
    from ..models.shares import Shares
    from ..models.spsa_output import SpsaOutput
    from ..models.square_output import SquareOutput
    from ..models.str_attack_output import StrAttackOutput


T = TypeVar("T", bound="ExplainSection")


@_attrs_define
class ExplainSection:
    """
    Attributes:
        attack (ApgdOutput | ApgdTOutput | AutoAttackOutput | CorruptionOutput | CwOutput | DdnOutput | DeepfoolOutput |
            EadOutput | FabTOutput | FgsmOutput | FmnOutput | GaussianNoiseOutput | IfgsmOutput | NattackOutput |
            OnePixelOutput | Other | PgdOutput | SpsaOutput | SquareOutput | StrAttackOutput):
        grid (int): Side of a group
        kappa (float):
        map_ (None | str): `cam`, `grad_cam` or `asm`; null where the model has no map
        quantile (float):
        tried (int): Images attacked
        n (int): Successful examples, which alone are explained
        sparsity (float | None): Mean share of an image's groups that are left alone; null, as all means, where n is 0
        shares (None | Shares):
        intervals (None | ShareIntervals):
        interpretability (Interpretability | None):
        curve (None | ScoreCurve):
        refinement (None | RefinedMean):
        samples (list[ExplainedSample]):
        attacks (list[ExplainedAttack] | Unset): `attack` and those of `compare`
        common (int | Unset): Images that each of them with a success fools Default: 0.
        masking (MaskingSection | None | Unset):
        dissection (DissectionSection | None | Unset):
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
    )
    grid: int
    kappa: float
    map_: None | str
    quantile: float
    tried: int
    n: int
    sparsity: float | None
    shares: None | Shares
    intervals: None | ShareIntervals
    interpretability: Interpretability | None
    curve: None | ScoreCurve
    refinement: None | RefinedMean
    samples: list[ExplainedSample]
    attacks: list[ExplainedAttack] | Unset = UNSET
    common: int | Unset = 0
    masking: MaskingSection | None | Unset = UNSET
    dissection: DissectionSection | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.apgd_output import ApgdOutput  # noqa: PLC0415
        from ..models.apgd_t_output import ApgdTOutput  # noqa: PLC0415
        from ..models.auto_attack_output import AutoAttackOutput  # noqa: PLC0415
        from ..models.corruption_output import CorruptionOutput  # noqa: PLC0415
        from ..models.cw_output import CwOutput  # noqa: PLC0415
        from ..models.ddn_output import DdnOutput  # noqa: PLC0415
        from ..models.deepfool_output import DeepfoolOutput  # noqa: PLC0415
        from ..models.dissection_section import DissectionSection  # noqa: PLC0415
        from ..models.ead_output import EadOutput  # noqa: PLC0415
        from ..models.fab_t_output import FabTOutput  # noqa: PLC0415
        from ..models.fgsm_output import FgsmOutput  # noqa: PLC0415
        from ..models.fmn_output import FmnOutput  # noqa: PLC0415
        from ..models.gaussian_noise_output import GaussianNoiseOutput  # noqa: PLC0415
        from ..models.ifgsm_output import IfgsmOutput  # noqa: PLC0415
        from ..models.interpretability import Interpretability  # noqa: PLC0415
        from ..models.masking_section import MaskingSection  # noqa: PLC0415
        from ..models.nattack_output import NattackOutput  # noqa: PLC0415
        from ..models.one_pixel_output import OnePixelOutput  # noqa: PLC0415
        from ..models.pgd_output import PgdOutput  # noqa: PLC0415
        from ..models.refined_mean import RefinedMean  # noqa: PLC0415
        from ..models.score_curve import ScoreCurve  # noqa: PLC0415
        from ..models.share_intervals import ShareIntervals  # noqa: PLC0415
        from ..models.shares import Shares  # noqa: PLC0415
        from ..models.spsa_output import SpsaOutput  # noqa: PLC0415
        from ..models.square_output import SquareOutput  # noqa: PLC0415
        from ..models.str_attack_output import StrAttackOutput  # noqa: PLC0415

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

        grid = self.grid

        kappa = self.kappa

        map_: None | str
        map_ = self.map_

        quantile = self.quantile

        tried = self.tried

        n = self.n

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

        curve: dict[str, Any] | None
        if isinstance(self.curve, ScoreCurve):
            curve = self.curve.to_dict()
        else:
            curve = self.curve

        refinement: dict[str, Any] | None
        if isinstance(self.refinement, RefinedMean):
            refinement = self.refinement.to_dict()
        else:
            refinement = self.refinement

        samples = []
        for samples_item_data in self.samples:
            samples_item = samples_item_data.to_dict()
            samples.append(samples_item)

        attacks: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.attacks, Unset):
            attacks = []
            for attacks_item_data in self.attacks:
                attacks_item = attacks_item_data.to_dict()
                attacks.append(attacks_item)

        common = self.common

        masking: dict[str, Any] | None | Unset
        if isinstance(self.masking, Unset):
            masking = UNSET
        elif isinstance(self.masking, MaskingSection):
            masking = self.masking.to_dict()
        else:
            masking = self.masking

        dissection: dict[str, Any] | None | Unset
        if isinstance(self.dissection, Unset):
            dissection = UNSET
        elif isinstance(self.dissection, DissectionSection):
            dissection = self.dissection.to_dict()
        else:
            dissection = self.dissection

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "attack": attack,
                "grid": grid,
                "kappa": kappa,
                "map": map_,
                "quantile": quantile,
                "tried": tried,
                "n": n,
                "sparsity": sparsity,
                "shares": shares,
                "intervals": intervals,
                "interpretability": interpretability,
                "curve": curve,
                "refinement": refinement,
                "samples": samples,
            }
        )
        if attacks is not UNSET:
            field_dict["attacks"] = attacks
        if common is not UNSET:
            field_dict["common"] = common
        if masking is not UNSET:
            field_dict["masking"] = masking
        if dissection is not UNSET:
            field_dict["dissection"] = dissection

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
        from ..models.dissection_section import DissectionSection  # noqa: PLC0415
        from ..models.ead_output import EadOutput  # noqa: PLC0415
        from ..models.explained_attack import ExplainedAttack  # noqa: PLC0415
        from ..models.explained_sample import ExplainedSample  # noqa: PLC0415
        from ..models.fab_t_output import FabTOutput  # noqa: PLC0415
        from ..models.fgsm_output import FgsmOutput  # noqa: PLC0415
        from ..models.fmn_output import FmnOutput  # noqa: PLC0415
        from ..models.gaussian_noise_output import GaussianNoiseOutput  # noqa: PLC0415
        from ..models.ifgsm_output import IfgsmOutput  # noqa: PLC0415
        from ..models.interpretability import Interpretability  # noqa: PLC0415
        from ..models.masking_section import MaskingSection  # noqa: PLC0415
        from ..models.nattack_output import NattackOutput  # noqa: PLC0415
        from ..models.one_pixel_output import OnePixelOutput  # noqa: PLC0415
        from ..models.other import Other  # noqa: PLC0415
        from ..models.pgd_output import PgdOutput  # noqa: PLC0415
        from ..models.refined_mean import RefinedMean  # noqa: PLC0415
        from ..models.score_curve import ScoreCurve  # noqa: PLC0415
        from ..models.share_intervals import ShareIntervals  # noqa: PLC0415
        from ..models.shares import Shares  # noqa: PLC0415
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

        grid = d.pop("grid")

        kappa = d.pop("kappa")

        def _parse_map_(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        map_ = _parse_map_(d.pop("map"))

        quantile = d.pop("quantile")

        tried = d.pop("tried")

        n = d.pop("n")

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

        def _parse_curve(data: object) -> None | ScoreCurve:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                curve_type_0 = ScoreCurve.from_dict(data)

                return curve_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ScoreCurve, data)

        curve = _parse_curve(d.pop("curve"))

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

        samples = []
        _samples = d.pop("samples")
        for samples_item_data in _samples:
            samples_item = ExplainedSample.from_dict(samples_item_data)

            samples.append(samples_item)

        _attacks = d.pop("attacks", UNSET)
        attacks: list[ExplainedAttack] | Unset = UNSET
        if _attacks is not UNSET:
            attacks = []
            for attacks_item_data in _attacks:
                attacks_item = ExplainedAttack.from_dict(attacks_item_data)

                attacks.append(attacks_item)

        common = d.pop("common", UNSET)

        def _parse_masking(data: object) -> MaskingSection | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                masking_type_0 = MaskingSection.from_dict(data)

                return masking_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(MaskingSection | None | Unset, data)

        masking = _parse_masking(d.pop("masking", UNSET))

        def _parse_dissection(data: object) -> DissectionSection | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                dissection_type_0 = DissectionSection.from_dict(data)

                return dissection_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(DissectionSection | None | Unset, data)

        dissection = _parse_dissection(d.pop("dissection", UNSET))

        explain_section = cls(
            attack=attack,
            grid=grid,
            kappa=kappa,
            map_=map_,
            quantile=quantile,
            tried=tried,
            n=n,
            sparsity=sparsity,
            shares=shares,
            intervals=intervals,
            interpretability=interpretability,
            curve=curve,
            refinement=refinement,
            samples=samples,
            attacks=attacks,
            common=common,
            masking=masking,
            dissection=dissection,
        )

        return explain_section
