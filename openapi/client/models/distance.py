from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.histogram import Histogram


T = TypeVar("T", bound="Distance")


@_attrs_define
class Distance:
    """Over the successful examples; nulls when there is none.

    Attributes:
        norm (str):
        mean (float | None):
        median (float | None):
        max_ (float | None):
        histogram (Histogram | None | Unset):
    """

    norm: str
    mean: float | None
    median: float | None
    max_: float | None
    histogram: Histogram | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.histogram import Histogram  # noqa: PLC0415

        norm = self.norm

        mean: float | None
        mean = self.mean

        median: float | None
        median = self.median

        max_: float | None
        max_ = self.max_

        histogram: dict[str, Any] | None | Unset
        if isinstance(self.histogram, Unset):
            histogram = UNSET
        elif isinstance(self.histogram, Histogram):
            histogram = self.histogram.to_dict()
        else:
            histogram = self.histogram

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "norm": norm,
                "mean": mean,
                "median": median,
                "max": max_,
            }
        )
        if histogram is not UNSET:
            field_dict["histogram"] = histogram

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.histogram import Histogram  # noqa: PLC0415

        d = dict(src_dict)
        norm = d.pop("norm")

        def _parse_mean(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        mean = _parse_mean(d.pop("mean"))

        def _parse_median(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        median = _parse_median(d.pop("median"))

        def _parse_max_(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        max_ = _parse_max_(d.pop("max"))

        def _parse_histogram(data: object) -> Histogram | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                histogram_type_0 = Histogram.from_dict(data)

                return histogram_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Histogram | None | Unset, data)

        histogram = _parse_histogram(d.pop("histogram", UNSET))

        distance = cls(
            norm=norm,
            mean=mean,
            median=median,
            max_=max_,
            histogram=histogram,
        )

        return distance
