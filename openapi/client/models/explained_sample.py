from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.interpretability import Interpretability
    from ..models.refined_sample import RefinedSample
    from ..models.shares import Shares


T = TypeVar("T", bound="ExplainedSample")


@_attrs_define
class ExplainedSample:
    """
    Attributes:
        index (int):
        label (int):
        target (int): The class aimed at; of an untargeted attack the one reached
        l2 (float):
        groups (int): Groups that are perturbed
        shares (Shares): Shares of the perturbed groups, that add up to 1.
        interpretability (Interpretability | None):
        refinement (None | RefinedSample):
    """

    index: int
    label: int
    target: int
    l2: float
    groups: int
    shares: Shares
    interpretability: Interpretability | None
    refinement: None | RefinedSample

    def to_dict(self) -> dict[str, Any]:
        from ..models.interpretability import Interpretability  # noqa: PLC0415
        from ..models.refined_sample import RefinedSample  # noqa: PLC0415

        index = self.index

        label = self.label

        target = self.target

        l2 = self.l2

        groups = self.groups

        shares = self.shares.to_dict()

        interpretability: dict[str, Any] | None
        if isinstance(self.interpretability, Interpretability):
            interpretability = self.interpretability.to_dict()
        else:
            interpretability = self.interpretability

        refinement: dict[str, Any] | None
        if isinstance(self.refinement, RefinedSample):
            refinement = self.refinement.to_dict()
        else:
            refinement = self.refinement

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "index": index,
                "label": label,
                "target": target,
                "l2": l2,
                "groups": groups,
                "shares": shares,
                "interpretability": interpretability,
                "refinement": refinement,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.interpretability import Interpretability  # noqa: PLC0415
        from ..models.refined_sample import RefinedSample  # noqa: PLC0415
        from ..models.shares import Shares  # noqa: PLC0415

        d = dict(src_dict)
        index = d.pop("index")

        label = d.pop("label")

        target = d.pop("target")

        l2 = d.pop("l2")

        groups = d.pop("groups")

        shares = Shares.from_dict(d.pop("shares"))

        def _parse_interpretability(data: object) -> Interpretability | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                interpretability_type_0 = Interpretability.from_dict(data)

                return interpretability_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Interpretability | None, data)

        interpretability = _parse_interpretability(d.pop("interpretability"))

        def _parse_refinement(data: object) -> None | RefinedSample:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                refinement_type_0 = RefinedSample.from_dict(data)

                return refinement_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RefinedSample, data)

        refinement = _parse_refinement(d.pop("refinement"))

        explained_sample = cls(
            index=index,
            label=label,
            target=target,
            l2=l2,
            groups=groups,
            shares=shares,
            interpretability=interpretability,
            refinement=refinement,
        )

        return explained_sample
