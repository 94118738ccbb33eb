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

from ..models.auto_attack_input_norm import AutoAttackInputNorm
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.mask import Mask


T = TypeVar("T", bound="AutoAttackInput")


@_attrs_define
class AutoAttackInput:
    """
    Attributes:
        name (Literal['autoattack'] | Unset):  Default: 'autoattack'.
        id (None | str | Unset): Its name in the report; made from the options when null
        mask (list[str] | Mask | None | str | Unset): The only pixels that may change: of masks that come with the
            images, by name; null is all
        norm (AutoAttackInputNorm | Unset): Of the ball: L-infinity or L2 Default: AutoAttackInputNorm.LINF.
        eps (float | str | Unset): At most 1 for linf. Fractions such as "8/255" are understood Default:
            0.03137254901960784.
    """

    name: Literal["autoattack"] | Unset = "autoattack"
    id: None | str | Unset = UNSET
    mask: list[str] | Mask | None | str | Unset = UNSET
    norm: AutoAttackInputNorm | Unset = AutoAttackInputNorm.LINF
    eps: float | str | Unset = 0.03137254901960784

    def to_dict(self) -> dict[str, Any]:
        from ..models.mask import Mask  # noqa: PLC0415

        name = self.name

        id: None | str | Unset
        if isinstance(self.id, Unset):
            id = UNSET
        else:
            id = self.id

        mask: dict[str, Any] | list[str] | None | str | Unset
        if isinstance(self.mask, Unset):
            mask = UNSET
        elif isinstance(self.mask, Mask):
            mask = self.mask.to_dict()
        elif isinstance(self.mask, list):
            mask = self.mask

        else:
            mask = self.mask

        norm: str | Unset = UNSET
        if not isinstance(self.norm, Unset):
            norm = self.norm.value

        eps: float | str | Unset
        if isinstance(self.eps, Unset):
            eps = UNSET
        else:
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

        def _parse_mask(data: object) -> list[str] | Mask | None | str | Unset:
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
            try:
                if not isinstance(data, list):
                    raise TypeError()
                mask_type_2 = cast(list[str], data)

                return mask_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | Mask | None | str | Unset, data)

        mask = _parse_mask(d.pop("mask", UNSET))

        _norm = d.pop("norm", UNSET)
        norm: AutoAttackInputNorm | Unset
        if isinstance(_norm, Unset):
            norm = UNSET
        else:
            norm = AutoAttackInputNorm(_norm)

        def _parse_eps(data: object) -> float | str | Unset:
            if isinstance(data, Unset):
                return data
            return cast(float | str | Unset, data)

        eps = _parse_eps(d.pop("eps", UNSET))

        auto_attack_input = cls(
            name=name,
            id=id,
            mask=mask,
            norm=norm,
            eps=eps,
        )

        return auto_attack_input
