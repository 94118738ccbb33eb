from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="Histogram")


@_attrs_define
class Histogram:
    """Counts between neighbouring edges; the last bin holds its right edge too.

    Attributes:
        edges (list[float]):
        counts (list[int]):
    """

    edges: list[float]
    counts: list[int]

    def to_dict(self) -> dict[str, Any]:
        edges = self.edges

        counts = self.counts

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "edges": edges,
                "counts": counts,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        edges = cast(list[float], d.pop("edges"))

        counts = cast(list[int], d.pop("counts"))

        histogram = cls(
            edges=edges,
            counts=counts,
        )

        return histogram
