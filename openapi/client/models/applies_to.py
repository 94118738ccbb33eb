from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.applies_to_tags import AppliesToTags


T = TypeVar("T", bound="AppliesTo")


@_attrs_define
class AppliesTo:
    """The models whose audits a policy is bound to: by one of these names, or by all of these tags.

    Attributes:
        names (list[str] | Unset): Names of models; * stands for any text
        tags (AppliesToTags | Unset): Tags that a model must have, all of them; {} binds by names alone
    """

    names: list[str] | Unset = UNSET
    tags: AppliesToTags | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        names: list[str] | Unset = UNSET
        if not isinstance(self.names, Unset):
            names = self.names

        tags: dict[str, Any] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = self.tags.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if names is not UNSET:
            field_dict["names"] = names
        if tags is not UNSET:
            field_dict["tags"] = tags

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.applies_to_tags import AppliesToTags  # noqa: PLC0415

        d = dict(src_dict)
        names = cast(list[str], d.pop("names", UNSET))

        _tags = d.pop("tags", UNSET)
        tags: AppliesToTags | Unset
        if isinstance(_tags, Unset):
            tags = UNSET
        else:
            tags = AppliesToTags.from_dict(_tags)

        applies_to = cls(
            names=names,
            tags=tags,
        )

        return applies_to
