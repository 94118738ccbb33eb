from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.attack_report_figures import AttackReportFigures
    from ..models.attack_report_params import AttackReportParams
    from ..models.attack_report_queries_type_0 import AttackReportQueriesType0
    from ..models.class_count import ClassCount
    from ..models.distance import Distance
    from ..models.targeted import Targeted
    from ..models.threat_model import ThreatModel


T = TypeVar("T", bound="AttackReport")


@_attrs_define
class AttackReport:
    """
    Attributes:
        id (str):
        name (str):
        threat_model (str): The name of `threat`, by which policies call it
        params (AttackReportParams):
        robust_accuracy (float): Correct and not fooled, over all n samples
        robust (int):
        n (int):
        ci95 (list[float]):
        success_rate (float | None): Fooled over attacked; null when none was attacked
        distance (Distance): Over the successful examples; nulls when there is none.
        forward_passes (float): Per attacked sample
        backward_passes (float): Per attacked sample
        seconds (float):
        threat (None | ThreatModel | Unset): Null in reports before 1.3
        figures (AttackReportFigures | Unset):
        by_class (list[ClassCount] | Unset):
        queries (AttackReportQueriesType0 | None | Unset): Black-box attacks: `mean`, `median` and `max` queries of the
            successes
        targeted (None | Targeted | Unset): Where one class was chosen as the `target` of all samples
        atlas (list[str] | Unset): Its techniques in MITRE ATLAS; none of a corruption
    """

    id: str
    name: str
    threat_model: str
    params: AttackReportParams
    robust_accuracy: float
    robust: int
    n: int
    ci95: list[float]
    success_rate: float | None
    distance: Distance
    forward_passes: float
    backward_passes: float
    seconds: float
    threat: None | ThreatModel | Unset = UNSET
    figures: AttackReportFigures | Unset = UNSET
    by_class: list[ClassCount] | Unset = UNSET
    queries: AttackReportQueriesType0 | None | Unset = UNSET
    targeted: None | Targeted | Unset = UNSET
    atlas: list[str] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.attack_report_queries_type_0 import AttackReportQueriesType0  # noqa: PLC0415
        from ..models.targeted import Targeted  # noqa: PLC0415
        from ..models.threat_model import ThreatModel  # noqa: PLC0415

        id = self.id

        name = self.name

        threat_model = self.threat_model

        params = self.params.to_dict()

        robust_accuracy = self.robust_accuracy

        robust = self.robust

        n = self.n

        ci95 = []
        for ci95_item_data in self.ci95:
            ci95_item: float
            ci95_item = ci95_item_data
            ci95.append(ci95_item)

        success_rate: float | None
        success_rate = self.success_rate

        distance = self.distance.to_dict()

        forward_passes = self.forward_passes

        backward_passes = self.backward_passes

        seconds = self.seconds

        threat: dict[str, Any] | None | Unset
        if isinstance(self.threat, Unset):
            threat = UNSET
        elif isinstance(self.threat, ThreatModel):
            threat = self.threat.to_dict()
        else:
            threat = self.threat

        figures: dict[str, Any] | Unset = UNSET
        if not isinstance(self.figures, Unset):
            figures = self.figures.to_dict()

        by_class: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.by_class, Unset):
            by_class = []
            for by_class_item_data in self.by_class:
                by_class_item = by_class_item_data.to_dict()
                by_class.append(by_class_item)

        queries: dict[str, Any] | None | Unset
        if isinstance(self.queries, Unset):
            queries = UNSET
        elif isinstance(self.queries, AttackReportQueriesType0):
            queries = self.queries.to_dict()
        else:
            queries = self.queries

        targeted: dict[str, Any] | None | Unset
        if isinstance(self.targeted, Unset):
            targeted = UNSET
        elif isinstance(self.targeted, Targeted):
            targeted = self.targeted.to_dict()
        else:
            targeted = self.targeted

        atlas: list[str] | Unset = UNSET
        if not isinstance(self.atlas, Unset):
            atlas = self.atlas

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "name": name,
                "threat_model": threat_model,
                "params": params,
                "robust_accuracy": robust_accuracy,
                "robust": robust,
                "n": n,
                "ci95": ci95,
                "success_rate": success_rate,
                "distance": distance,
                "forward_passes": forward_passes,
                "backward_passes": backward_passes,
                "seconds": seconds,
            }
        )
        if threat is not UNSET:
            field_dict["threat"] = threat
        if figures is not UNSET:
            field_dict["figures"] = figures
        if by_class is not UNSET:
            field_dict["by_class"] = by_class
        if queries is not UNSET:
            field_dict["queries"] = queries
        if targeted is not UNSET:
            field_dict["targeted"] = targeted
        if atlas is not UNSET:
            field_dict["atlas"] = atlas

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.attack_report_figures import AttackReportFigures  # noqa: PLC0415
        from ..models.attack_report_params import AttackReportParams  # noqa: PLC0415
        from ..models.attack_report_queries_type_0 import AttackReportQueriesType0  # noqa: PLC0415
        from ..models.class_count import ClassCount  # noqa: PLC0415
        from ..models.distance import Distance  # noqa: PLC0415
        from ..models.targeted import Targeted  # noqa: PLC0415
        from ..models.threat_model import ThreatModel  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        threat_model = d.pop("threat_model")

        params = AttackReportParams.from_dict(d.pop("params"))

        robust_accuracy = d.pop("robust_accuracy")

        robust = d.pop("robust")

        n = d.pop("n")

        ci95 = []
        _ci95 = d.pop("ci95")
        for ci95_item_data in _ci95:

            def _parse_ci95_item(data: object) -> float:
                return cast(float, data)

            ci95_item = _parse_ci95_item(ci95_item_data)

            ci95.append(ci95_item)

        def _parse_success_rate(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        success_rate = _parse_success_rate(d.pop("success_rate"))

        distance = Distance.from_dict(d.pop("distance"))

        forward_passes = d.pop("forward_passes")

        backward_passes = d.pop("backward_passes")

        seconds = d.pop("seconds")

        def _parse_threat(data: object) -> None | ThreatModel | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                threat_type_0 = ThreatModel.from_dict(data)

                return threat_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ThreatModel | Unset, data)

        threat = _parse_threat(d.pop("threat", UNSET))

        _figures = d.pop("figures", UNSET)
        figures: AttackReportFigures | Unset
        if isinstance(_figures, Unset):
            figures = UNSET
        else:
            figures = AttackReportFigures.from_dict(_figures)

        _by_class = d.pop("by_class", UNSET)
        by_class: list[ClassCount] | Unset = UNSET
        if _by_class is not UNSET:
            by_class = []
            for by_class_item_data in _by_class:
                by_class_item = ClassCount.from_dict(by_class_item_data)

                by_class.append(by_class_item)

        def _parse_queries(data: object) -> AttackReportQueriesType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                queries_type_0 = AttackReportQueriesType0.from_dict(data)

                return queries_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AttackReportQueriesType0 | None | Unset, data)

        queries = _parse_queries(d.pop("queries", UNSET))

        def _parse_targeted(data: object) -> None | Targeted | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                targeted_type_0 = Targeted.from_dict(data)

                return targeted_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Targeted | Unset, data)

        targeted = _parse_targeted(d.pop("targeted", UNSET))

        atlas = cast(list[str], d.pop("atlas", UNSET))

        attack_report = cls(
            id=id,
            name=name,
            threat_model=threat_model,
            params=params,
            robust_accuracy=robust_accuracy,
            robust=robust,
            n=n,
            ci95=ci95,
            success_rate=success_rate,
            distance=distance,
            forward_passes=forward_passes,
            backward_passes=backward_passes,
            seconds=seconds,
            threat=threat,
            figures=figures,
            by_class=by_class,
            queries=queries,
            targeted=targeted,
            atlas=atlas,
        )

        return attack_report
