from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.threat_model import ThreatModel


T = TypeVar("T", bound="WorstCase")


@_attrs_define
class WorstCase:
    """Per-sample minimum over the attacks of one threat model.

    Attributes:
        threat_model (str): The name of `threat`, by which policies call it
        robust_accuracy (float):
        robust (int):
        n (int):
        ci95 (list[float]):
        attacks (list[str]):
        threat (None | ThreatModel | Unset): Null in reports before 1.3
    """

    threat_model: str
    robust_accuracy: float
    robust: int
    n: int
    ci95: list[float]
    attacks: list[str]
    threat: None | ThreatModel | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.threat_model import ThreatModel  # noqa: PLC0415

        threat_model = self.threat_model

        robust_accuracy = self.robust_accuracy

        robust = self.robust

        n = self.n

        ci95 = []
        for ci95_item_data in self.ci95:
            ci95_item: float
            ci95_item = ci95_item_data
            ci95.append(ci95_item)

        attacks = self.attacks

        threat: dict[str, Any] | None | Unset
        if isinstance(self.threat, Unset):
            threat = UNSET
        elif isinstance(self.threat, ThreatModel):
            threat = self.threat.to_dict()
        else:
            threat = self.threat

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "threat_model": threat_model,
                "robust_accuracy": robust_accuracy,
                "robust": robust,
                "n": n,
                "ci95": ci95,
                "attacks": attacks,
            }
        )
        if threat is not UNSET:
            field_dict["threat"] = threat

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.threat_model import ThreatModel  # noqa: PLC0415

        d = dict(src_dict)
        threat_model = d.pop("threat_model")

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

        attacks = cast(list[str], d.pop("attacks"))

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

        worst_case = cls(
            threat_model=threat_model,
            robust_accuracy=robust_accuracy,
            robust=robust,
            n=n,
            ci95=ci95,
            attacks=attacks,
            threat=threat,
        )

        return worst_case
