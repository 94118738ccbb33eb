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

from ..models.deepfool_output_norm import DeepfoolOutputNorm
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.mask import Mask


T = TypeVar("T", bound="DeepfoolOutput")


@_attrs_define
class DeepfoolOutput:
    """
    Attributes:
        name (Literal['deepfool'] | Unset):  Default: 'deepfool'.
        id (None | str | Unset): Its name in the report; made from the options when null
        mask (Mask | None | Unset): The only pixels that may change: of masks that come with the images, by name; null
            is all
        norm (DeepfoolOutputNorm | Unset): Of the distance that is made small Default: DeepfoolOutputNorm.L2.
        steps (int | Unset): Linearisations at most Default: 50.
        overshoot (float | Unset): Share by which every step goes beyond the boundary Default: 0.02.
        candidates (int | Unset): Classes with the highest clean logits that are looked at Default: 10.
    """

    name: Literal["deepfool"] | Unset = "deepfool"
    id: None | str | Unset = UNSET
    mask: Mask | None | Unset = UNSET
    norm: DeepfoolOutputNorm | Unset = DeepfoolOutputNorm.L2
    steps: int | Unset = 50
    overshoot: float | Unset = 0.02
    candidates: int | Unset = 10

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

        steps = self.steps

        overshoot = self.overshoot

        candidates = self.candidates

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
        if overshoot is not UNSET:
            field_dict["overshoot"] = overshoot
        if candidates is not UNSET:
            field_dict["candidates"] = candidates

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.mask import Mask  # noqa: PLC0415

        d = dict(src_dict)
        name = cast(Literal["deepfool"] | Unset, d.pop("name", UNSET))
        if name != "deepfool":
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
        norm: DeepfoolOutputNorm | Unset
        if isinstance(_norm, Unset):
            norm = UNSET
        else:
            norm = DeepfoolOutputNorm(_norm)

        steps = d.pop("steps", UNSET)

        overshoot = d.pop("overshoot", UNSET)

        candidates = d.pop("candidates", UNSET)

        deepfool_output = cls(
            name=name,
            id=id,
            mask=mask,
            norm=norm,
            steps=steps,
            overshoot=overshoot,
            candidates=candidates,
        )

        return deepfool_output
