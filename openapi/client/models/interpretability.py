from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.score import Score


T = TypeVar("T", bound="Interpretability")


@_attrs_define
class Interpretability:
    """Of the maps (x, true class) and (x, target).

    Attributes:
        true_ (Score):
        target (Score):
    """

    true_: Score
    target: Score

    def to_dict(self) -> dict[str, Any]:
        true_ = self.true_.to_dict()

        target = self.target.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "true": true_,
                "target": target,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.score import Score  # noqa: PLC0415

        d = dict(src_dict)
        true_ = Score.from_dict(d.pop("true"))

        target = Score.from_dict(d.pop("target"))

        interpretability = cls(
            true_=true_,
            target=target,
        )

        return interpretability
