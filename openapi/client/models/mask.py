from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.mask_array_type_0 import MaskArrayType0
from ..types import UNSET, Unset

T = TypeVar("T", bound="Mask")


@_attrs_define
class Mask:
    """Where an attack may change pixels: inside masks of the audited images, which come with them or were found.

    Attributes:
        concepts (list[str] | Unset): Names of masks, as the data set has them; all of them together
        artifact_id (None | str | Unset): Instead of names: an artifact `regions` of an earlier audit of the same data
            set
        array (MaskArrayType0 | None | Unset): Of an artifact: the pixels where it is not 0; null is `vulnerable`, those
            that fool alone
        outside (bool | Unset): Everywhere but there Default: False.
    """

    concepts: list[str] | Unset = UNSET
    artifact_id: None | str | Unset = UNSET
    array: MaskArrayType0 | None | Unset = UNSET
    outside: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        concepts: list[str] | Unset = UNSET
        if not isinstance(self.concepts, Unset):
            concepts = self.concepts

        artifact_id: None | str | Unset
        if isinstance(self.artifact_id, Unset):
            artifact_id = UNSET
        else:
            artifact_id = self.artifact_id

        array: None | str | Unset
        if isinstance(self.array, Unset):
            array = UNSET
        elif isinstance(self.array, MaskArrayType0):
            array = self.array.value
        else:
            array = self.array

        outside = self.outside

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if concepts is not UNSET:
            field_dict["concepts"] = concepts
        if artifact_id is not UNSET:
            field_dict["artifact_id"] = artifact_id
        if array is not UNSET:
            field_dict["array"] = array
        if outside is not UNSET:
            field_dict["outside"] = outside

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        concepts = cast(list[str], d.pop("concepts", UNSET))

        def _parse_artifact_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        artifact_id = _parse_artifact_id(d.pop("artifact_id", UNSET))

        def _parse_array(data: object) -> MaskArrayType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                array_type_0 = MaskArrayType0(data)

                return array_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(MaskArrayType0 | None | Unset, data)

        array = _parse_array(d.pop("array", UNSET))

        outside = d.pop("outside", UNSET)

        mask = cls(
            concepts=concepts,
            artifact_id=artifact_id,
            array=array,
            outside=outside,
        )

        return mask
