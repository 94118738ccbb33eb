from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define

from ..models.auto_attack_output_norm import AutoAttackOutputNorm
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.mask import Mask


T = TypeVar("T", bound="AutoAttackOutput")


@_attrs_define
class AutoAttackOutput:
    """
    Attributes:
        name (Literal['autoattack'] | Unset):  Default: 'autoattack'.
        id (None | str | Unset): Its name in the report; made from the options when null
        mask (Mask | None | Unset): The only pixels that may change: of masks that come with the images, by name; null
            is all
        norm (AutoAttackOutputNorm | Unset): Of the ball: L-infinity or L2 Default: AutoAttackOutputNorm.LINF.
        eps (float | Unset): At most 1 for linf. Fractions such as "8/255" are understood Default: 0.03137254901960784.
    """

    name: Literal["autoattack"] | Unset = "autoattack"
    id: None | str | Unset = UNSET
    mask: Mask | None | Unset = UNSET
    norm: AutoAttackOutputNorm | Unset = AutoAttackOutputNorm.LINF
    eps: float | Unset = 0.03137254901960784

    def to_dict(self) -> dict[str, Any]:
        from ..models.mask import Mask  # noqa: PLC0415

        name = self.name

        id: None | str | Unset
        if isinstance(self.id, Unset):
            id = UNSET
        else:
            id = self.id

        mask: dict[str, Any] | None | Unset
        if isinstance(self.mask, Unset):
            mask = UNSET
        elif isinstance(self.mask, Mask):
            mask = self.mask.to_dict()
        else:
            mask = self.mask

        norm: str | Unset = UNSET
        if not isinstance(self.norm, Unset):
            norm = self.norm.value

        eps = self.eps

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if name is not UNSET:
            field_dict["name"] = name
        if id is not UNSET:
            field_dict["id"] = id
        if mask is not UNSET:
            field_dict["mask"] = mask
        if norm is not UNSET:
            field_dict["norm"] = norm
        if eps is not UNSET:
            field_dict["eps"] = eps

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.mask import Mask  # noqa: PLC0415

        d = dict(src_dict)
        name = cast(Literal["autoattack"] | Unset, d.pop("name", UNSET))
        if name != "autoattack":
            raise ValueError("of another name")

        def _parse_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        id = _parse_id(d.pop("id", UNSET))

        def _parse_mask(data: object) -> Mask | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                mask_type_0 = Mask.from_dict(data)

                return mask_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Mask | None | Unset, data)

        mask = _parse_mask(d.pop("mask", UNSET))

        _norm = d.pop("norm", UNSET)
        norm: AutoAttackOutputNorm | Unset
        if isinstance(_norm, Unset):
            norm = UNSET
        else:
            norm = AutoAttackOutputNorm(_norm)

        eps = d.pop("eps", UNSET)

        auto_attack_output = cls(
            name=name,
            id=id,
            mask=mask,
            norm=norm,
            eps=eps,
        )

        return auto_attack_output
