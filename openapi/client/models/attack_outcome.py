from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="AttackOutcome")


@_attrs_define
class AttackOutcome:
    """What one attack did to one sample. `distance` is null when the sample was not attacked or not fooled.

    Attributes:
        success (bool):
        predicted (int):
        distance (float | None):
        confidence (float):
        queries (int | None | Unset):
    """

    success: bool
    predicted: int
    distance: float | None
    confidence: float
    queries: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        success = self.success

        predicted = self.predicted

        distance: float | None
        distance = self.distance

        confidence = self.confidence

        queries: int | None | Unset
        if isinstance(self.queries, Unset):
            queries = UNSET
        else:
            queries = self.queries

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "success": success,
                "predicted": predicted,
                "distance": distance,
                "confidence": confidence,
            }
        )
        if queries is not UNSET:
            field_dict["queries"] = queries

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        success = d.pop("success")

        predicted = d.pop("predicted")

        def _parse_distance(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        distance = _parse_distance(d.pop("distance"))

        confidence = d.pop("confidence")

        def _parse_queries(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        queries = _parse_queries(d.pop("queries", UNSET))

        attack_outcome = cls(
            success=success,
            predicted=predicted,
            distance=distance,
            confidence=confidence,
            queries=queries,
        )

        return attack_outcome
