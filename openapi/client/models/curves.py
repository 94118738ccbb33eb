from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.curve import Curve


T = TypeVar("T", bound="Curves")


@_attrs_define
class Curves:
    """
    Attributes:
        benign (Curve): Of every neuron its contribution to one class, and the confidence band of the images of that
            class.
        adversarial (Curve): Of every neuron its contribution to one class, and the confidence band of the images of
            that class.
    """

    benign: Curve
    adversarial: Curve

    def to_dict(self) -> dict[str, Any]:
        benign = self.benign.to_dict()

        adversarial = self.adversarial.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "benign": benign,
                "adversarial": adversarial,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.curve import Curve  # noqa: PLC0415

        d = dict(src_dict)
        benign = Curve.from_dict(d.pop("benign"))

        adversarial = Curve.from_dict(d.pop("adversarial"))

        curves = cls(
            benign=benign,
            adversarial=adversarial,
        )

        return curves
