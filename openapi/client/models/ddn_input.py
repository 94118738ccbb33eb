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

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.mask import Mask


T = TypeVar("T", bound="DdnInput")


@_attrs_define
class DdnInput:
    """
    Attributes:
        name (Literal['ddn'] | Unset):  Default: 'ddn'.
        id (None | str | Unset): Its name in the report; made from the options when null
        mask (list[str] | Mask | None | str | Unset): The only pixels that may change: of masks that come with the
            images, by name; null is all
        norm (Literal['l2'] | Unset): Of the distance that is made small Default: 'l2'.
        steps (int | Unset): Gradient steps, those along the boundary included Default: 100.
        init_eps (float | str | Unset): The first length tried Default: 1.0.
        gamma (float | Unset): Share by which the length grows or shrinks at a step Default: 0.05.
    """

    name: Literal["ddn"] | Unset = "ddn"
    id: None | str | Unset = UNSET
    mask: list[str] | Mask | None | str | Unset = UNSET
    norm: Literal["l2"] | Unset = "l2"
    steps: int | Unset = 100
    init_eps: float | str | Unset = 1.0
    gamma: float | Unset = 0.05

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

        norm = self.norm

        steps = self.steps

        init_eps: float | str | Unset
        if isinstance(self.init_eps, Unset):
            init_eps = UNSET
        else:
            init_eps = self.init_eps

        gamma = self.gamma

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
        if steps is not UNSET:
            field_dict["steps"] = steps
        if init_eps is not UNSET:
            field_dict["init_eps"] = init_eps
        if gamma is not UNSET:
            field_dict["gamma"] = gamma

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.mask import Mask  # noqa: PLC0415

        d = dict(src_dict)
        name = cast(Literal["ddn"] | Unset, d.pop("name", UNSET))
        if name != "ddn":
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

        norm = cast(Literal["l2"] | Unset, d.pop("norm", UNSET))

        steps = d.pop("steps", UNSET)

        def _parse_init_eps(data: object) -> float | str | Unset:
            if isinstance(data, Unset):
                return data
            return cast(float | str | Unset, data)

        init_eps = _parse_init_eps(d.pop("init_eps", UNSET))

        gamma = d.pop("gamma", UNSET)

        ddn_input = cls(
            name=name,
            id=id,
            mask=mask,
            norm=norm,
            steps=steps,
            init_eps=init_eps,
            gamma=gamma,
        )

        return ddn_input
