"""`GET /audits/{id}/explanations`, `/explanations/{index}`, `/regions` and `/regions/{index}`."""

from pydantic import Field

from openapi.analyses.explain import ExplainedSample
from openapi.analyses.regions import RegionSample
from openapi.views.base import Listing, Picture, View, example

_EXPLAINED = {
    "index": 17, "label": 3, "target": 5, "l2": 1.2, "groups": 190,
    "shares": {"suppression": 0.2, "balanced": 0.3, "promotion": 0.4, "negligible": 0.1},
    "interpretability": {"true": {"score": 0.6, "chance": 0.55}, "target": {"score": 0.7, "chance": 0.55}},
    "refinement": {"before": 1.2, "after": 0.9, "success": True},
    "pictures": [
        {"what": "psr", "href": "/v1/audits/aud_1/images/17/psr.png", "alt": "Image 17: what promotes and suppresses"}
    ],
}  # fmt: skip
_REGION = {
    "index": 17, "label": 3, "predicted": 3, "vulnerable_regions": 1, "queries": 8192, "needed_budget": 0.1,
    "few_pixels": 1,
    "regions": [
        {
            "region": 0, "pixels": 80, "tried": 80, "vulnerable": 4, "density": 0.05, "success_rate": 0.01,
            "first_hit": 33, "classes": {"5": 6}, "semantic": 0.4, "name": None,
        }
    ],
    "pictures": [
        {"what": "regions", "href": "/v1/audits/aud_1/images/17/regions.png", "alt": "Image 17: 4 pixels that decide"}
    ],
}  # fmt: skip


class ExplanationView(ExplainedSample):
    """An explained example, as the report has it, and its pictures."""

    model_config = example(**_EXPLAINED)

    pictures: tuple[Picture, ...]


class ExplanationsPage(Listing):
    items: tuple[ExplanationView, ...]


class GroupMap(View):
    """A number for each group of pixels, row by row."""

    promotion: tuple[tuple[float, ...], ...] = Field(description="p_i: how much the group raises the target's logit")
    suppression: tuple[tuple[float, ...], ...] = Field(description="s_i: how much it lowers the true class's logit")
    psr: tuple[tuple[float, ...], ...] = Field(description="log2(max(p_i, kappa) / max(s_i, kappa))")
    kind: tuple[tuple[int, ...], ...] = Field(
        description="-1 suppression, 0 balanced, 1 promotion, 2 negligible, 3 not perturbed"
    )


class ExplanationDetail(ExplanationView):
    model_config = example(
        **_EXPLAINED, map={"promotion": [[0.4]], "suppression": [[0.1]], "psr": [[2.0]], "kind": [[1]]}
    )

    map: GroupMap


class RegionView(RegionSample):
    """A searched image, as the report has it, and its picture."""

    model_config = example(**_REGION)

    pictures: tuple[Picture, ...]


class RegionsPage(Listing):
    items: tuple[RegionView, ...]


class Hits(View):
    """Single pixels that fool, column by column."""

    y: tuple[int, ...]
    x: tuple[int, ...]
    value: tuple[tuple[float, ...], ...] = Field(description="Of each channel, in [0, 1]")
    label: tuple[int, ...] = Field(description="The class that it is then taken for")


class RegionDetail(RegionView):
    model_config = example(
        **_REGION, hits={"y": [4], "x": [11], "value": [[1.0, 0.0, 0.0]], "label": [5]}, segments=[[0, 0], [0, 1]]
    )

    hits: Hits
    segments: tuple[tuple[int, ...], ...] | None = Field(
        description="The region of every pixel, row by row; null of an audit made before they were kept"
    )
