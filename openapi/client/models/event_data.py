from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.event_data_verdict_type_0 import EventDataVerdictType0
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.event_data_labels import EventDataLabels
    from ..models.headline import Headline
    from ..models.problem import Problem


T = TypeVar("T", bound="EventData")


@_attrs_define
class EventData:
    """What an event is about; ask at `href` for the rest. Of a test event the webhook itself.

    Attributes:
        id (str):
        href (str):
        status (str):
        verdict (EventDataVerdictType0 | None | Unset):
        headline (Headline | None | Unset): The report in one line, where there is one
        problem (None | Problem | Unset):
        model_id (None | str | Unset):
        dataset_id (None | str | Unset):
        hardened_model_id (None | str | Unset):
        labels (EventDataLabels | Unset):
    """

    id: str
    href: str
    status: str
    verdict: EventDataVerdictType0 | None | Unset = UNSET
    headline: Headline | None | Unset = UNSET
    problem: None | Problem | Unset = UNSET
    model_id: None | str | Unset = UNSET
    dataset_id: None | str | Unset = UNSET
    hardened_model_id: None | str | Unset = UNSET
    labels: EventDataLabels | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.headline import Headline  # noqa: PLC0415
        from ..models.problem import Problem  # noqa: PLC0415

        id = self.id

        href = self.href

        status = self.status

        verdict: None | str | Unset
        if isinstance(self.verdict, Unset):
            verdict = UNSET
        elif isinstance(self.verdict, EventDataVerdictType0):
            verdict = self.verdict.value
        else:
            verdict = self.verdict

        headline: dict[str, Any] | None | Unset
        if isinstance(self.headline, Unset):
            headline = UNSET
        elif isinstance(self.headline, Headline):
            headline = self.headline.to_dict()
        else:
            headline = self.headline

        problem: dict[str, Any] | None | Unset
        if isinstance(self.problem, Unset):
            problem = UNSET
        elif isinstance(self.problem, Problem):
            problem = self.problem.to_dict()
        else:
            problem = self.problem

        model_id: None | str | Unset
        if isinstance(self.model_id, Unset):
            model_id = UNSET
        else:
            model_id = self.model_id

        dataset_id: None | str | Unset
        if isinstance(self.dataset_id, Unset):
            dataset_id = UNSET
        else:
            dataset_id = self.dataset_id

        hardened_model_id: None | str | Unset
        if isinstance(self.hardened_model_id, Unset):
            hardened_model_id = UNSET
        else:
            hardened_model_id = self.hardened_model_id

        labels: dict[str, Any] | Unset = UNSET
        if not isinstance(self.labels, Unset):
            labels = self.labels.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "href": href,
                "status": status,
            }
        )
        if verdict is not UNSET:
            field_dict["verdict"] = verdict
        if headline is not UNSET:
            field_dict["headline"] = headline
        if problem is not UNSET:
            field_dict["problem"] = problem
        if model_id is not UNSET:
            field_dict["model_id"] = model_id
        if dataset_id is not UNSET:
            field_dict["dataset_id"] = dataset_id
        if hardened_model_id is not UNSET:
            field_dict["hardened_model_id"] = hardened_model_id
        if labels is not UNSET:
            field_dict["labels"] = labels

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.event_data_labels import EventDataLabels  # noqa: PLC0415
        from ..models.headline import Headline  # noqa: PLC0415
        from ..models.problem import Problem  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        href = d.pop("href")

        status = d.pop("status")

        def _parse_verdict(data: object) -> EventDataVerdictType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                verdict_type_0 = EventDataVerdictType0(data)

                return verdict_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(EventDataVerdictType0 | None | Unset, data)

        verdict = _parse_verdict(d.pop("verdict", UNSET))

        def _parse_headline(data: object) -> Headline | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                headline_type_0 = Headline.from_dict(data)

                return headline_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Headline | None | Unset, data)

        headline = _parse_headline(d.pop("headline", UNSET))

        def _parse_problem(data: object) -> None | Problem | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                problem_type_0 = Problem.from_dict(data)

                return problem_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Problem | Unset, data)

        problem = _parse_problem(d.pop("problem", UNSET))

        def _parse_model_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        model_id = _parse_model_id(d.pop("model_id", UNSET))

        def _parse_dataset_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        dataset_id = _parse_dataset_id(d.pop("dataset_id", UNSET))

        def _parse_hardened_model_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        hardened_model_id = _parse_hardened_model_id(d.pop("hardened_model_id", UNSET))

        _labels = d.pop("labels", UNSET)
        labels: EventDataLabels | Unset
        if isinstance(_labels, Unset):
            labels = UNSET
        else:
            labels = EventDataLabels.from_dict(_labels)

        event_data = cls(
            id=id,
            href=href,
            status=status,
            verdict=verdict,
            headline=headline,
            problem=problem,
            model_id=model_id,
            dataset_id=dataset_id,
            hardened_model_id=hardened_model_id,
            labels=labels,
        )

        return event_data
