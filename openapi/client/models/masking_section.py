from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.masking_point import MaskingPoint
    from ..models.masking_section_attacks import MaskingSectionAttacks


T = TypeVar("T", bound="MaskingSection")


@_attrs_define
class MaskingSection:
    """
    Attributes:
        layer (str):
        neurons (int):
        n (int):
        attacks (MaskingSectionAttacks): Attack id → its options
        points (list[MaskingPoint]):
    """

    layer: str
    neurons: int
    n: int
    attacks: MaskingSectionAttacks
    points: list[MaskingPoint]

    def to_dict(self) -> dict[str, Any]:
        layer = self.layer

        neurons = self.neurons

        n = self.n

        attacks = self.attacks.to_dict()

        points = []
        for points_item_data in self.points:
            points_item = points_item_data.to_dict()
            points.append(points_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "layer": layer,
                "neurons": neurons,
                "n": n,
                "attacks": attacks,
                "points": points,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.masking_point import MaskingPoint  # noqa: PLC0415
        from ..models.masking_section_attacks import MaskingSectionAttacks  # noqa: PLC0415

        d = dict(src_dict)
        layer = d.pop("layer")

        neurons = d.pop("neurons")

        n = d.pop("n")

        attacks = MaskingSectionAttacks.from_dict(d.pop("attacks"))

        points = []
        _points = d.pop("points")
        for points_item_data in _points:
            points_item = MaskingPoint.from_dict(points_item_data)

            points.append(points_item)

        masking_section = cls(
            layer=layer,
            neurons=neurons,
            n=n,
            attacks=attacks,
            points=points,
        )

        return masking_section
