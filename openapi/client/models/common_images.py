from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.shares import Shares


T = TypeVar("T", bound="CommonImages")


@_attrs_define
class CommonImages:
    """Means over the images that every attack with a success fools: what is left to compare at equal success.

    Attributes:
        l2 (float): Of the perturbations
        sparsity (float):
        shares (Shares): Shares of the perturbed groups, that add up to 1.
    """

    l2: float
    sparsity: float
    shares: Shares

    def to_dict(self) -> dict[str, Any]:
        l2 = self.l2

        sparsity = self.sparsity

        shares = self.shares.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "l2": l2,
                "sparsity": sparsity,
                "shares": shares,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.shares import Shares  # noqa: PLC0415

        d = dict(src_dict)
        l2 = d.pop("l2")

        sparsity = d.pop("sparsity")

        shares = Shares.from_dict(d.pop("shares"))

        common_images = cls(
            l2=l2,
            sparsity=sparsity,
            shares=shares,
        )

        return common_images
