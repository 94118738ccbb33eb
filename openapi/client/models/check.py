from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..models.check_status import CheckStatus
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.check_numbers import CheckNumbers


T = TypeVar("T", bound="Check")


@_attrs_define
class Check:
    """
    Attributes:
        id (str):
        title (str):
        status (CheckStatus):
        detail (str):
        numbers (CheckNumbers | Unset):
    """

    id: str
    title: str
    status: CheckStatus
    detail: str
    numbers: CheckNumbers | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        title = self.title

        status = self.status.value

        detail = self.detail

        numbers: dict[str, Any] | Unset = UNSET
        if not isinstance(self.numbers, Unset):
            numbers = self.numbers.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "title": title,
                "status": status,
                "detail": detail,
            }
        )
        if numbers is not UNSET:
            field_dict["numbers"] = numbers

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.check_numbers import CheckNumbers  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        title = d.pop("title")

        status = CheckStatus(d.pop("status"))

        detail = d.pop("detail")

        _numbers = d.pop("numbers", UNSET)
        numbers: CheckNumbers | Unset
        if isinstance(_numbers, Unset):
            numbers = UNSET
        else:
            numbers = CheckNumbers.from_dict(_numbers)

        check = cls(
            id=id,
            title=title,
            status=status,
            detail=detail,
            numbers=numbers,
        )

        return check
