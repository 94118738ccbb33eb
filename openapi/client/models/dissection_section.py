from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.dissected_unit import DissectedUnit
    from ..models.dissection_section_by_concept import DissectionSectionByConcept


T = TypeVar("T", bound="DissectionSection")


@_attrs_define
class DissectionSection:
    """
    Attributes:
        layer (str):
        concepts (list[str]):
        n (int): Images
        quantile (float):
        iou (float):
        units (list[DissectedUnit]): The concept that each unit overlaps with most
        detectors (int): Units above `iou`
        by_concept (DissectionSectionByConcept): Concept → its detectors
        spearman (float | None): Between IoU and sigma over all units; null where a side is constant
        spearman_p (float | None):
        mann_whitney_p (float | None): That detectors are as sensitive as the rest, two-sided
        dataset_id (None | str | Unset): Of the images; null is the audited data set
    """

    layer: str
    concepts: list[str]
    n: int
    quantile: float
    iou: float
    units: list[DissectedUnit]
    detectors: int
    by_concept: DissectionSectionByConcept
    spearman: float | None
    spearman_p: float | None
    mann_whitney_p: float | None
    dataset_id: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        layer = self.layer

        concepts = self.concepts

        n = self.n

        quantile = self.quantile

        iou = self.iou

        units = []
        for units_item_data in self.units:
            units_item = units_item_data.to_dict()
            units.append(units_item)

        detectors = self.detectors

        by_concept = self.by_concept.to_dict()

        spearman: float | None
        spearman = self.spearman

        spearman_p: float | None
        spearman_p = self.spearman_p

        mann_whitney_p: float | None
        mann_whitney_p = self.mann_whitney_p

        dataset_id: None | str | Unset
        if isinstance(self.dataset_id, Unset):
            dataset_id = UNSET
        else:
            dataset_id = self.dataset_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "layer": layer,
                "concepts": concepts,
                "n": n,
                "quantile": quantile,
                "iou": iou,
                "units": units,
                "detectors": detectors,
                "by_concept": by_concept,
                "spearman": spearman,
                "spearman_p": spearman_p,
                "mann_whitney_p": mann_whitney_p,
            }
        )
        if dataset_id is not UNSET:
            field_dict["dataset_id"] = dataset_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.dissected_unit import DissectedUnit  # noqa: PLC0415
        from ..models.dissection_section_by_concept import DissectionSectionByConcept  # noqa: PLC0415

        d = dict(src_dict)
        layer = d.pop("layer")

        concepts = cast(list[str], d.pop("concepts"))

        n = d.pop("n")

        quantile = d.pop("quantile")

        iou = d.pop("iou")

        units = []
        _units = d.pop("units")
        for units_item_data in _units:
            units_item = DissectedUnit.from_dict(units_item_data)

            units.append(units_item)

        detectors = d.pop("detectors")

        by_concept = DissectionSectionByConcept.from_dict(d.pop("by_concept"))

        def _parse_spearman(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        spearman = _parse_spearman(d.pop("spearman"))

        def _parse_spearman_p(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        spearman_p = _parse_spearman_p(d.pop("spearman_p"))

        def _parse_mann_whitney_p(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        mann_whitney_p = _parse_mann_whitney_p(d.pop("mann_whitney_p"))

        def _parse_dataset_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        dataset_id = _parse_dataset_id(d.pop("dataset_id", UNSET))

        dissection_section = cls(
            layer=layer,
            concepts=concepts,
            n=n,
            quantile=quantile,
            iou=iou,
            units=units,
            detectors=detectors,
            by_concept=by_concept,
            spearman=spearman,
            spearman_p=spearman_p,
            mann_whitney_p=mann_whitney_p,
            dataset_id=dataset_id,
        )

        return dissection_section
