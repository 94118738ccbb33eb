from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.budget_curve import BudgetCurve
    from ..models.density_correlation import DensityCorrelation
    from ..models.pixel_curve import PixelCurve
    from ..models.region_sample import RegionSample


T = TypeVar("T", bound="RegionSection")


@_attrs_define
class RegionSection:
    """
    Attributes:
        segmentation (str):
        values (str):
        budget (float):
        semantic (str):
        n (int): Images searched: those that the model gets right
        vulnerable (int): Of them with a vulnerable pixel
        queries (int):
        samples (list[RegionSample]):
        curve (BudgetCurve): The share of images in which so large a share of every region's pixels finds a vulnerable
            one.
        few_pixels (PixelCurve): The share of images that at most so many pixels fool.
        spearman (DensityCorrelation): Spearman's correlation of density and semantic amount over all regions; nulls
            where a side is constant.
    """

    segmentation: str
    values: str
    budget: float
    semantic: str
    n: int
    vulnerable: int
    queries: int
    samples: list[RegionSample]
    curve: BudgetCurve
    few_pixels: PixelCurve
    spearman: DensityCorrelation

    def to_dict(self) -> dict[str, Any]:
        segmentation = self.segmentation

        values = self.values

        budget = self.budget

        semantic = self.semantic

        n = self.n

        vulnerable = self.vulnerable

        queries = self.queries

        samples = []
        for samples_item_data in self.samples:
            samples_item = samples_item_data.to_dict()
            samples.append(samples_item)

        curve = self.curve.to_dict()

        few_pixels = self.few_pixels.to_dict()

        spearman = self.spearman.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "segmentation": segmentation,
                "values": values,
                "budget": budget,
                "semantic": semantic,
                "n": n,
                "vulnerable": vulnerable,
                "queries": queries,
                "samples": samples,
                "curve": curve,
                "few_pixels": few_pixels,
                "spearman": spearman,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.budget_curve import BudgetCurve  # noqa: PLC0415
        from ..models.density_correlation import DensityCorrelation  # noqa: PLC0415
        from ..models.pixel_curve import PixelCurve  # noqa: PLC0415
        from ..models.region_sample import RegionSample  # noqa: PLC0415

        d = dict(src_dict)
        segmentation = d.pop("segmentation")

        values = d.pop("values")

        budget = d.pop("budget")

        semantic = d.pop("semantic")

        n = d.pop("n")

        vulnerable = d.pop("vulnerable")

        queries = d.pop("queries")

        samples = []
        _samples = d.pop("samples")
        for samples_item_data in _samples:
            samples_item = RegionSample.from_dict(samples_item_data)

            samples.append(samples_item)

        curve = BudgetCurve.from_dict(d.pop("curve"))

        few_pixels = PixelCurve.from_dict(d.pop("few_pixels"))

        spearman = DensityCorrelation.from_dict(d.pop("spearman"))

        region_section = cls(
            segmentation=segmentation,
            values=values,
            budget=budget,
            semantic=semantic,
            n=n,
            vulnerable=vulnerable,
            queries=queries,
            samples=samples,
            curve=curve,
            few_pixels=few_pixels,
            spearman=spearman,
        )

        return region_section
