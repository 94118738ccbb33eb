from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.layer_similarity import LayerSimilarity
    from ..models.layer_sweep import LayerSweep
    from ..models.layer_view_ratio_type_0 import LayerViewRatioType0
    from ..models.layer_view_sensitivity_type_0 import LayerViewSensitivityType0


T = TypeVar("T", bound="LayerView")


@_attrs_define
class LayerView:
    """One layer, in order of execution. What was not measured is null.

    Attributes:
        name (str):
        kind (str): `penultimate` where the last layer reads several layers together
        neurons (int):
        depth (int | None):
        tap (None | str): Where the layer was tapped for sigma
        sensitivity (LayerViewSensitivityType0 | None): `mean` and `max` over neurons of sigma (SNS, Eq. 1)
        ratio (LayerViewRatioType0 | None): Of sigma_ratio (SNS, Eq. 11): `mean`, `max`, `mean_top` over Omega, and
            `of_means` (ours)
        skipped (int | None): Pairs of sample and neuron that the ratio leaves out
        omega (list[int] | None): The top fraction of the neurons by sigma (SNS, Eq. 2)
        dead (list[int] | None): Neurons that are 0 on all samples
        sweep (LayerSweep | None):
        similarity (LayerSimilarity | None):
        measures (list[str]): By which /neurons sorts them, beside sensitivity and ratio
        paper_name (None | str | Unset): What the papers call it (conv1, fc1, l1b1c2): other calls take either name
    """

    name: str
    kind: str
    neurons: int
    depth: int | None
    tap: None | str
    sensitivity: LayerViewSensitivityType0 | None
    ratio: LayerViewRatioType0 | None
    skipped: int | None
    omega: list[int] | None
    dead: list[int] | None
    sweep: LayerSweep | None
    similarity: LayerSimilarity | None
    measures: list[str]
    paper_name: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.layer_similarity import LayerSimilarity  # noqa: PLC0415
        from ..models.layer_sweep import LayerSweep  # noqa: PLC0415
        from ..models.layer_view_ratio_type_0 import LayerViewRatioType0  # noqa: PLC0415
        from ..models.layer_view_sensitivity_type_0 import LayerViewSensitivityType0  # noqa: PLC0415

        name = self.name

        kind = self.kind

        neurons = self.neurons

        depth: int | None
        depth = self.depth

        tap: None | str
        tap = self.tap

        sensitivity: dict[str, Any] | None
        if isinstance(self.sensitivity, LayerViewSensitivityType0):
            sensitivity = self.sensitivity.to_dict()
        else:
            sensitivity = self.sensitivity

        ratio: dict[str, Any] | None
        if isinstance(self.ratio, LayerViewRatioType0):
            ratio = self.ratio.to_dict()
        else:
            ratio = self.ratio

        skipped: int | None
        skipped = self.skipped

        omega: list[int] | None
        if isinstance(self.omega, list):
            omega = self.omega

        else:
            omega = self.omega

        dead: list[int] | None
        if isinstance(self.dead, list):
            dead = self.dead

        else:
            dead = self.dead

        sweep: dict[str, Any] | None
        if isinstance(self.sweep, LayerSweep):
            sweep = self.sweep.to_dict()
        else:
            sweep = self.sweep

        similarity: dict[str, Any] | None
        if isinstance(self.similarity, LayerSimilarity):
            similarity = self.similarity.to_dict()
        else:
            similarity = self.similarity

        measures = self.measures

        paper_name: None | str | Unset
        if isinstance(self.paper_name, Unset):
            paper_name = UNSET
        else:
            paper_name = self.paper_name

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "kind": kind,
                "neurons": neurons,
                "depth": depth,
                "tap": tap,
                "sensitivity": sensitivity,
                "ratio": ratio,
                "skipped": skipped,
                "omega": omega,
                "dead": dead,
                "sweep": sweep,
                "similarity": similarity,
                "measures": measures,
            }
        )
        if paper_name is not UNSET:
            field_dict["paper_name"] = paper_name

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.layer_similarity import LayerSimilarity  # noqa: PLC0415
        from ..models.layer_sweep import LayerSweep  # noqa: PLC0415
        from ..models.layer_view_ratio_type_0 import LayerViewRatioType0  # noqa: PLC0415
        from ..models.layer_view_sensitivity_type_0 import LayerViewSensitivityType0  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        kind = d.pop("kind")

        neurons = d.pop("neurons")

        def _parse_depth(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        depth = _parse_depth(d.pop("depth"))

        def _parse_tap(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        tap = _parse_tap(d.pop("tap"))

        def _parse_sensitivity(data: object) -> LayerViewSensitivityType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                sensitivity_type_0 = LayerViewSensitivityType0.from_dict(data)

                return sensitivity_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(LayerViewSensitivityType0 | None, data)

        sensitivity = _parse_sensitivity(d.pop("sensitivity"))

        def _parse_ratio(data: object) -> LayerViewRatioType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                ratio_type_0 = LayerViewRatioType0.from_dict(data)

                return ratio_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(LayerViewRatioType0 | None, data)

        ratio = _parse_ratio(d.pop("ratio"))

        def _parse_skipped(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        skipped = _parse_skipped(d.pop("skipped"))

        def _parse_omega(data: object) -> list[int] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                omega_type_0 = cast(list[int], data)

                return omega_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[int] | None, data)

        omega = _parse_omega(d.pop("omega"))

        def _parse_dead(data: object) -> list[int] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                dead_type_0 = cast(list[int], data)

                return dead_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[int] | None, data)

        dead = _parse_dead(d.pop("dead"))

        def _parse_sweep(data: object) -> LayerSweep | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                sweep_type_0 = LayerSweep.from_dict(data)

                return sweep_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(LayerSweep | None, data)

        sweep = _parse_sweep(d.pop("sweep"))

        def _parse_similarity(data: object) -> LayerSimilarity | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                similarity_type_0 = LayerSimilarity.from_dict(data)

                return similarity_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(LayerSimilarity | None, data)

        similarity = _parse_similarity(d.pop("similarity"))

        measures = cast(list[str], d.pop("measures"))

        def _parse_paper_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        paper_name = _parse_paper_name(d.pop("paper_name", UNSET))

        layer_view = cls(
            name=name,
            kind=kind,
            neurons=neurons,
            depth=depth,
            tap=tap,
            sensitivity=sensitivity,
            ratio=ratio,
            skipped=skipped,
            omega=omega,
            dead=dead,
            sweep=sweep,
            similarity=similarity,
            measures=measures,
            paper_name=paper_name,
        )

        return layer_view
