from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.preset_name import PresetName
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
    from ..models.explain_options_output import ExplainOptionsOutput
    from ..models.fab_t_output import FabTOutput
    from ..models.fgsm_output import FgsmOutput
    from ..models.fmn_output import FmnOutput
    from ..models.gaussian_noise_output import GaussianNoiseOutput
    from ..models.ifgsm_output import IfgsmOutput
    from ..models.nattack_output import NattackOutput
    from ..models.neuron_options_output import NeuronOptionsOutput
    from ..models.one_pixel_output import OnePixelOutput
    from ..models.other import Other
    from ..models.pgd_output import PgdOutput
    from ..models.region_options import RegionOptions
    from ..models.spsa_output import SpsaOutput
    from ..models.square_output import SquareOutput
    from ..models.str_attack_output import StrAttackOutput


T = TypeVar("T", bound="Preset")


@_attrs_define
class Preset:
    """A named list of attacks, every default written out.

    Attributes:
        name (PresetName):
        summary (str):
        attacks (list[ApgdOutput | ApgdTOutput | AutoAttackOutput | CorruptionOutput | CwOutput | DdnOutput |
            DeepfoolOutput | EadOutput | FabTOutput | FgsmOutput | FmnOutput | GaussianNoiseOutput | IfgsmOutput |
            NattackOutput | OnePixelOutput | Other | PgdOutput | SpsaOutput | SquareOutput | StrAttackOutput]):
        neurons (NeuronOptionsOutput | Unset): Sensitivity of every neuron (σ), and further analyses, each null unless
            it is asked for.
        explain (ExplainOptionsOutput | None | Unset): Its explanations
        regions (None | RegionOptions | Unset): Its search by regions
        max_samples (int | None | Unset): Samples that are evaluated unless the request says so; null is all
    """

    name: PresetName
    summary: str
    attacks: list[
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
    neurons: NeuronOptionsOutput | Unset = UNSET
    explain: ExplainOptionsOutput | None | Unset = UNSET
    regions: None | RegionOptions | Unset = UNSET
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
        from ..models.explain_options_output import ExplainOptionsOutput  # noqa: PLC0415
        from ..models.fab_t_output import FabTOutput  # noqa: PLC0415
        from ..models.fgsm_output import FgsmOutput  # noqa: PLC0415
        from ..models.fmn_output import FmnOutput  # noqa: PLC0415
        from ..models.gaussian_noise_output import GaussianNoiseOutput  # noqa: PLC0415
        from ..models.ifgsm_output import IfgsmOutput  # noqa: PLC0415
        from ..models.nattack_output import NattackOutput  # noqa: PLC0415
        from ..models.one_pixel_output import OnePixelOutput  # noqa: PLC0415
        from ..models.pgd_output import PgdOutput  # noqa: PLC0415
        from ..models.region_options import RegionOptions  # noqa: PLC0415
        from ..models.spsa_output import SpsaOutput  # noqa: PLC0415
        from ..models.square_output import SquareOutput  # noqa: PLC0415
        from ..models.str_attack_output import StrAttackOutput  # noqa: PLC0415

        name = self.name.value

        summary = self.summary

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

        neurons: dict[str, Any] | Unset = UNSET
        if not isinstance(self.neurons, Unset):
            neurons = self.neurons.to_dict()

        explain: dict[str, Any] | None | Unset
        if isinstance(self.explain, Unset):
            explain = UNSET
        elif isinstance(self.explain, ExplainOptionsOutput):
            explain = self.explain.to_dict()
        else:
            explain = self.explain

        regions: dict[str, Any] | None | Unset
        if isinstance(self.regions, Unset):
            regions = UNSET
        elif isinstance(self.regions, RegionOptions):
            regions = self.regions.to_dict()
        else:
            regions = self.regions

        max_samples: int | None | Unset
        if isinstance(self.max_samples, Unset):
            max_samples = UNSET
        else:
            max_samples = self.max_samples

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "summary": summary,
                "attacks": attacks,
            }
        )
        if neurons is not UNSET:
            field_dict["neurons"] = neurons
        if explain is not UNSET:
            field_dict["explain"] = explain
        if regions is not UNSET:
            field_dict["regions"] = regions
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
        from ..models.explain_options_output import ExplainOptionsOutput  # noqa: PLC0415
        from ..models.fab_t_output import FabTOutput  # noqa: PLC0415
        from ..models.fgsm_output import FgsmOutput  # noqa: PLC0415
        from ..models.fmn_output import FmnOutput  # noqa: PLC0415
        from ..models.gaussian_noise_output import GaussianNoiseOutput  # noqa: PLC0415
        from ..models.ifgsm_output import IfgsmOutput  # noqa: PLC0415
        from ..models.nattack_output import NattackOutput  # noqa: PLC0415
        from ..models.neuron_options_output import NeuronOptionsOutput  # noqa: PLC0415
        from ..models.one_pixel_output import OnePixelOutput  # noqa: PLC0415
        from ..models.other import Other  # noqa: PLC0415
        from ..models.pgd_output import PgdOutput  # noqa: PLC0415
        from ..models.region_options import RegionOptions  # noqa: PLC0415
        from ..models.spsa_output import SpsaOutput  # noqa: PLC0415
        from ..models.square_output import SquareOutput  # noqa: PLC0415
        from ..models.str_attack_output import StrAttackOutput  # noqa: PLC0415

        d = dict(src_dict)
        name = PresetName(d.pop("name"))

        summary = d.pop("summary")

        attacks = []
        _attacks = d.pop("attacks")
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

        _neurons = d.pop("neurons", UNSET)
        neurons: NeuronOptionsOutput | Unset
        if isinstance(_neurons, Unset):
            neurons = UNSET
        else:
            neurons = NeuronOptionsOutput.from_dict(_neurons)

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

        def _parse_max_samples(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_samples = _parse_max_samples(d.pop("max_samples", UNSET))

        preset = cls(
            name=name,
            summary=summary,
            attacks=attacks,
            neurons=neurons,
            explain=explain,
            regions=regions,
            max_samples=max_samples,
        )

        return preset
