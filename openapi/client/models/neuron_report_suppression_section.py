from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..models.neuron_report_suppression_section_ranking import (
    NeuronReportSuppressionSectionRanking,
)
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.neuron_report_suppression_section_attacks import (
        NeuronReportSuppressionSectionAttacks,
    )
    from ..models.suppression_point import SuppressionPoint


T = TypeVar("T", bound="NeuronReportSuppressionSection")


@_attrs_define
class NeuronReportSuppressionSection:
    """
    Attributes:
        fraction (float):
        n (int):
        attacks (NeuronReportSuppressionSectionAttacks): Attack id → its options
        points (list[SuppressionPoint]):
        ranking (NeuronReportSuppressionSectionRanking | Unset):  Default:
            NeuronReportSuppressionSectionRanking.SENSITIVITY.
    """

    fraction: float
    n: int
    attacks: NeuronReportSuppressionSectionAttacks
    points: list[SuppressionPoint]
    ranking: NeuronReportSuppressionSectionRanking | Unset = NeuronReportSuppressionSectionRanking.SENSITIVITY

    def to_dict(self) -> dict[str, Any]:
        fraction = self.fraction

        n = self.n

        attacks = self.attacks.to_dict()

        points = []
        for points_item_data in self.points:
            points_item = points_item_data.to_dict()
            points.append(points_item)

        ranking: str | Unset = UNSET
        if not isinstance(self.ranking, Unset):
            ranking = self.ranking.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "fraction": fraction,
                "n": n,
                "attacks": attacks,
                "points": points,
            }
        )
        if ranking is not UNSET:
            field_dict["ranking"] = ranking

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.neuron_report_suppression_section_attacks import (
            NeuronReportSuppressionSectionAttacks,  # noqa: PLC0415
        )
        from ..models.suppression_point import SuppressionPoint  # noqa: PLC0415

        d = dict(src_dict)
        fraction = d.pop("fraction")

        n = d.pop("n")

        attacks = NeuronReportSuppressionSectionAttacks.from_dict(d.pop("attacks"))

        points = []
        _points = d.pop("points")
        for points_item_data in _points:
            points_item = SuppressionPoint.from_dict(points_item_data)

            points.append(points_item)

        _ranking = d.pop("ranking", UNSET)
        ranking: NeuronReportSuppressionSectionRanking | Unset
        if isinstance(_ranking, Unset):
            ranking = UNSET
        else:
            ranking = NeuronReportSuppressionSectionRanking(_ranking)

        neuron_report_suppression_section = cls(
            fraction=fraction,
            n=n,
            attacks=attacks,
            points=points,
            ranking=ranking,
        )

        return neuron_report_suppression_section
