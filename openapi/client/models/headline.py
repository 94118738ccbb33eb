from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.stopped import Stopped


T = TypeVar("T", bound="Headline")


@_attrs_define
class Headline:
    """The report in one line: the least robust accuracy among the bounded threat models (among all, if none is).

    Attributes:
        clean_accuracy (float):
        worst_case (float | None): null where no attack met an image that it may change
        threat_model (None | str):
        n (int):
        threat_label (None | str | Unset): The threat model as people read it, with eps as it was written; of older
            reports left out
        stopped (None | Stopped | Unset): Of an audit that ended early: these numbers are of what ran. Left out when
            everything did
    """

    clean_accuracy: float
    worst_case: float | None
    threat_model: None | str
    n: int
    threat_label: None | str | Unset = UNSET
    stopped: None | Stopped | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.stopped import Stopped  # noqa: PLC0415

        clean_accuracy = self.clean_accuracy

        worst_case: float | None
        worst_case = self.worst_case

        threat_model: None | str
        threat_model = self.threat_model

        n = self.n

        threat_label: None | str | Unset
        if isinstance(self.threat_label, Unset):
            threat_label = UNSET
        else:
            threat_label = self.threat_label

        stopped: dict[str, Any] | None | Unset
        if isinstance(self.stopped, Unset):
            stopped = UNSET
        elif isinstance(self.stopped, Stopped):
            stopped = self.stopped.to_dict()
        else:
            stopped = self.stopped

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "clean_accuracy": clean_accuracy,
                "worst_case": worst_case,
                "threat_model": threat_model,
                "n": n,
            }
        )
        if threat_label is not UNSET:
            field_dict["threat_label"] = threat_label
        if stopped is not UNSET:
            field_dict["stopped"] = stopped

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.stopped import Stopped  # noqa: PLC0415

        d = dict(src_dict)
        clean_accuracy = d.pop("clean_accuracy")

        def _parse_worst_case(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        worst_case = _parse_worst_case(d.pop("worst_case"))

        def _parse_threat_model(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        threat_model = _parse_threat_model(d.pop("threat_model"))

        n = d.pop("n")

        def _parse_threat_label(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        threat_label = _parse_threat_label(d.pop("threat_label", UNSET))

        def _parse_stopped(data: object) -> None | Stopped | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                stopped_type_0 = Stopped.from_dict(data)

                return stopped_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Stopped | Unset, data)

        stopped = _parse_stopped(d.pop("stopped", UNSET))

        headline = cls(
            clean_accuracy=clean_accuracy,
            worst_case=worst_case,
            threat_model=threat_model,
            n=n,
            threat_label=threat_label,
            stopped=stopped,
        )

        return headline
