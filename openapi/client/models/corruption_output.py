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

from ..models.corruption_output_corruption import CorruptionOutputCorruption
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.mask import Mask


T = TypeVar("T", bound="CorruptionOutput")


@_attrs_define
class CorruptionOutput:
    """
    Attributes:
        name (Literal['corruption'] | Unset):  Default: 'corruption'.
        id (None | str | Unset): Its name in the report; made from the options when null
        mask (Mask | None | Unset): The only pixels that may change: of masks that come with the images, by name; null
            is all
        corruption (CorruptionOutputCorruption | Unset): One of the fifteen of the paper Default:
            CorruptionOutputCorruption.DEFOCUS_BLUR.
        severity (int | Unset): As in CIFAR-10-C and ImageNet-C Default: 3.
    """

    name: Literal["corruption"] | Unset = "corruption"
    id: None | str | Unset = UNSET
    mask: Mask | None | Unset = UNSET
    corruption: CorruptionOutputCorruption | Unset = CorruptionOutputCorruption.DEFOCUS_BLUR
    severity: int | Unset = 3

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

        corruption: str | Unset = UNSET
        if not isinstance(self.corruption, Unset):
            corruption = self.corruption.value

        severity = self.severity

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if name is not UNSET:
            field_dict["name"] = name
        if id is not UNSET:
            field_dict["id"] = id
        if mask is not UNSET:
            field_dict["mask"] = mask
        if corruption is not UNSET:
            field_dict["corruption"] = corruption
        if severity is not UNSET:
            field_dict["severity"] = severity

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.mask import Mask  # noqa: PLC0415

        d = dict(src_dict)
        name = cast(Literal["corruption"] | Unset, d.pop("name", UNSET))
        if name != "corruption":
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

        _corruption = d.pop("corruption", UNSET)
        corruption: CorruptionOutputCorruption | Unset
        if isinstance(_corruption, Unset):
            corruption = UNSET
        else:
            corruption = CorruptionOutputCorruption(_corruption)

        severity = d.pop("severity", UNSET)

        corruption_output = cls(
            name=name,
            id=id,
            mask=mask,
            corruption=corruption,
            severity=severity,
        )

        return corruption_output
