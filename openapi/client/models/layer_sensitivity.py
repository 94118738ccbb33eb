from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.layer_sensitivity_kind import LayerSensitivityKind
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.layer_sensitivity_ratio import LayerSensitivityRatio
    from ..models.layer_sensitivity_sensitivity import LayerSensitivitySensitivity
    from ..models.neuron_rank import NeuronRank


T = TypeVar("T", bound="LayerSensitivity")


@_attrs_define
class LayerSensitivity:
    """
    Attributes:
        name (str):
        kind (LayerSensitivityKind):
        neurons (int):
        depth (int):
        sensitivity (LayerSensitivitySensitivity): `mean` and `max` of sigma (SNS Eq. 1)
        ratio (LayerSensitivityRatio): `mean`: mean over neurons of sigma_ratio (Eq. 11); `mean_top`: over the neurons
            of Omega (Fig. 13); `of_means`: ratio of means (ours); `skipped`: sample-neuron pairs left out
        top (list[int]): Omega: the top fraction by sigma (Eq. 2)
        ranking (list[NeuronRank]): Every neuron, most sensitive first, ties by index
        dead (list[int]):
        paper_name (None | str | Unset): What the papers call it, which requests may do too: conv1 … conv13, fc1, l1b1c1
        tap (None | str | Unset): Where this layer was really tapped: the asked-for place may not exist there
        norm_folded (bool | Unset): The file holds no normalisation behind this conv: tap `conv` then means what `norm`
            means Default: False.
    """

    name: str
    kind: LayerSensitivityKind
    neurons: int
    depth: int
    sensitivity: LayerSensitivitySensitivity
    ratio: LayerSensitivityRatio
    top: list[int]
    ranking: list[NeuronRank]
    dead: list[int]
    paper_name: None | str | Unset = UNSET
    tap: None | str | Unset = UNSET
    norm_folded: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        kind = self.kind.value

        neurons = self.neurons

        depth = self.depth

        sensitivity = self.sensitivity.to_dict()

        ratio = self.ratio.to_dict()

        top = self.top

        ranking = []
        for ranking_item_data in self.ranking:
            ranking_item = ranking_item_data.to_dict()
            ranking.append(ranking_item)

        dead = self.dead

        paper_name: None | str | Unset
        if isinstance(self.paper_name, Unset):
            paper_name = UNSET
        else:
            paper_name = self.paper_name

        tap: None | str | Unset
        if isinstance(self.tap, Unset):
            tap = UNSET
        else:
            tap = self.tap

        norm_folded = self.norm_folded

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "kind": kind,
                "neurons": neurons,
                "depth": depth,
                "sensitivity": sensitivity,
                "ratio": ratio,
                "top": top,
                "ranking": ranking,
                "dead": dead,
            }
        )
        if paper_name is not UNSET:
            field_dict["paper_name"] = paper_name
        if tap is not UNSET:
            field_dict["tap"] = tap
        if norm_folded is not UNSET:
            field_dict["norm_folded"] = norm_folded

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.layer_sensitivity_ratio import LayerSensitivityRatio  # noqa: PLC0415
        from ..models.layer_sensitivity_sensitivity import LayerSensitivitySensitivity  # noqa: PLC0415
        from ..models.neuron_rank import NeuronRank  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        kind = LayerSensitivityKind(d.pop("kind"))

        neurons = d.pop("neurons")

        depth = d.pop("depth")

        sensitivity = LayerSensitivitySensitivity.from_dict(d.pop("sensitivity"))

        ratio = LayerSensitivityRatio.from_dict(d.pop("ratio"))

        top = cast(list[int], d.pop("top"))

        ranking = []
        _ranking = d.pop("ranking")
        for ranking_item_data in _ranking:
            ranking_item = NeuronRank.from_dict(ranking_item_data)

            ranking.append(ranking_item)

        dead = cast(list[int], d.pop("dead"))

        def _parse_paper_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        paper_name = _parse_paper_name(d.pop("paper_name", UNSET))

        def _parse_tap(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        tap = _parse_tap(d.pop("tap", UNSET))

        norm_folded = d.pop("norm_folded", UNSET)

        layer_sensitivity = cls(
            name=name,
            kind=kind,
            neurons=neurons,
            depth=depth,
            sensitivity=sensitivity,
            ratio=ratio,
            top=top,
            ranking=ranking,
            dead=dead,
            paper_name=paper_name,
            tap=tap,
            norm_folded=norm_folded,
        )

        return layer_sensitivity
