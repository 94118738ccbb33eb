from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.neuron_view_measures_type_0 import NeuronViewMeasuresType0


T = TypeVar("T", bound="NeuronView")


@_attrs_define
class NeuronView:
    """One neuron; what was not measured of it is null.

    Attributes:
        neuron (int):
        sensitivity (float | None): sigma (SNS, Eq. 1), over all pairs
        ratio (float | None): sigma_ratio (SNS, Eq. 11)
        rank (int | None): By sigma in its layer
        skipped (int | None): Samples that the ratio leaves out
        dead (bool | None):
        measures (NeuronViewMeasuresType0 | None): Of vulnerability, over the images that `n` counts; see the report's
            definitions
    """

    neuron: int
    sensitivity: float | None
    ratio: float | None
    rank: int | None
    skipped: int | None
    dead: bool | None
    measures: NeuronViewMeasuresType0 | None

    def to_dict(self) -> dict[str, Any]:
        from ..models.neuron_view_measures_type_0 import NeuronViewMeasuresType0  # noqa: PLC0415

        neuron = self.neuron

        sensitivity: float | None
        sensitivity = self.sensitivity

        ratio: float | None
        ratio = self.ratio

        rank: int | None
        rank = self.rank

        skipped: int | None
        skipped = self.skipped

        dead: bool | None
        dead = self.dead

        measures: dict[str, Any] | None
        if isinstance(self.measures, NeuronViewMeasuresType0):
            measures = self.measures.to_dict()
        else:
            measures = self.measures

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "neuron": neuron,
                "sensitivity": sensitivity,
                "ratio": ratio,
                "rank": rank,
                "skipped": skipped,
                "dead": dead,
                "measures": measures,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.neuron_view_measures_type_0 import NeuronViewMeasuresType0  # noqa: PLC0415

        d = dict(src_dict)
        neuron = d.pop("neuron")

        def _parse_sensitivity(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        sensitivity = _parse_sensitivity(d.pop("sensitivity"))

        def _parse_ratio(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        ratio = _parse_ratio(d.pop("ratio"))

        def _parse_rank(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        rank = _parse_rank(d.pop("rank"))

        def _parse_skipped(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        skipped = _parse_skipped(d.pop("skipped"))

        def _parse_dead(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        dead = _parse_dead(d.pop("dead"))

        def _parse_measures(data: object) -> NeuronViewMeasuresType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                measures_type_0 = NeuronViewMeasuresType0.from_dict(data)

                return measures_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NeuronViewMeasuresType0 | None, data)

        measures = _parse_measures(d.pop("measures"))

        neuron_view = cls(
            neuron=neuron,
            sensitivity=sensitivity,
            ratio=ratio,
            rank=rank,
            skipped=skipped,
            dead=dead,
            measures=measures,
        )

        return neuron_view
