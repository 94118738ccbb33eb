from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.audit_info_verdict_type_0 import AuditInfoVerdictType0
from ..models.job_status import JobStatus
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.audit_info_labels import AuditInfoLabels
    from ..models.audit_request_output import AuditRequestOutput
    from ..models.headline import Headline
    from ..models.problem import Problem
    from ..models.progress import Progress
    from ..models.replay_report import ReplayReport
    from ..models.underway import Underway


T = TypeVar("T", bound="AuditInfo")


@_attrs_define
class AuditInfo:
    """An audit as the API answers it.

    Attributes:
        id (str):
        status (JobStatus): `cancelling`: it is to stop, and a worker has not done so yet.
        model_id (str):
        dataset_id (str):
        request (AuditRequestOutput | None): null when it cannot be read any more; `problem` then says why
        created_at (str):
        phase (None | str | Unset):
        progress (None | Progress | Unset):
        seconds_left (float | None | Unset): Estimate of the seconds until the work planned so far is done; null while
            nothing tells
        queue_position (int | None | Unset): How many of your jobs that wait go before this one: higher priorities, then
            older ones; null once it has begun. Tenants take turns, so that others' jobs do not count
        waiting_for (None | Problem | Unset): Why its work waits at present, such as a full disk; it goes on by itself
        verdict (AuditInfoVerdictType0 | None | Unset):
        problem (None | Problem | Unset):
        model_name (None | str | Unset): null when the model was deleted
        headline (Headline | None | Unset): The report in one line, where there is one
        hardening_id (None | str | Unset):
        replay (None | ReplayReport | Unset): What the examples of the audit `replay_of` say, once they were tried
        training (None | Underway | Unset): While its hardening trains: loss terms, clean and robust accuracy
        labels (AuditInfoLabels | Unset):
        started_at (None | str | Unset):
        finished_at (None | str | Unset):
    """

    id: str
    status: JobStatus
    model_id: str
    dataset_id: str
    request: AuditRequestOutput | None
    created_at: str
    phase: None | str | Unset = UNSET
    progress: None | Progress | Unset = UNSET
    seconds_left: float | None | Unset = UNSET
    queue_position: int | None | Unset = UNSET
    waiting_for: None | Problem | Unset = UNSET
    verdict: AuditInfoVerdictType0 | None | Unset = UNSET
    problem: None | Problem | Unset = UNSET
    model_name: None | str | Unset = UNSET
    headline: Headline | None | Unset = UNSET
    hardening_id: None | str | Unset = UNSET
    replay: None | ReplayReport | Unset = UNSET
    training: None | Underway | Unset = UNSET
    labels: AuditInfoLabels | Unset = UNSET
    started_at: None | str | Unset = UNSET
    finished_at: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.audit_request_output import AuditRequestOutput  # noqa: PLC0415
        from ..models.headline import Headline  # noqa: PLC0415
        from ..models.problem import Problem  # noqa: PLC0415
        from ..models.progress import Progress  # noqa: PLC0415
        from ..models.replay_report import ReplayReport  # noqa: PLC0415
        from ..models.underway import Underway  # noqa: PLC0415

        id = self.id

        status = self.status.value

        model_id = self.model_id

        dataset_id = self.dataset_id

        request: dict[str, Any] | None
        if isinstance(self.request, AuditRequestOutput):
            request = self.request.to_dict()
        else:
            request = self.request

        created_at = self.created_at

        phase: None | str | Unset
        if isinstance(self.phase, Unset):
            phase = UNSET
        else:
            phase = self.phase

        progress: dict[str, Any] | None | Unset
        if isinstance(self.progress, Unset):
            progress = UNSET
        elif isinstance(self.progress, Progress):
            progress = self.progress.to_dict()
        else:
            progress = self.progress

        seconds_left: float | None | Unset
        if isinstance(self.seconds_left, Unset):
            seconds_left = UNSET
        else:
            seconds_left = self.seconds_left

        queue_position: int | None | Unset
        if isinstance(self.queue_position, Unset):
            queue_position = UNSET
        else:
            queue_position = self.queue_position

        waiting_for: dict[str, Any] | None | Unset
        if isinstance(self.waiting_for, Unset):
            waiting_for = UNSET
        elif isinstance(self.waiting_for, Problem):
            waiting_for = self.waiting_for.to_dict()
        else:
            waiting_for = self.waiting_for

        verdict: None | str | Unset
        if isinstance(self.verdict, Unset):
            verdict = UNSET
        elif isinstance(self.verdict, AuditInfoVerdictType0):
            verdict = self.verdict.value
        else:
            verdict = self.verdict

        problem: dict[str, Any] | None | Unset
        if isinstance(self.problem, Unset):
            problem = UNSET
        elif isinstance(self.problem, Problem):
            problem = self.problem.to_dict()
        else:
            problem = self.problem

        model_name: None | str | Unset
        if isinstance(self.model_name, Unset):
            model_name = UNSET
        else:
            model_name = self.model_name

        headline: dict[str, Any] | None | Unset
        if isinstance(self.headline, Unset):
            headline = UNSET
        elif isinstance(self.headline, Headline):
            headline = self.headline.to_dict()
        else:
            headline = self.headline

        hardening_id: None | str | Unset
        if isinstance(self.hardening_id, Unset):
            hardening_id = UNSET
        else:
            hardening_id = self.hardening_id

        replay: dict[str, Any] | None | Unset
        if isinstance(self.replay, Unset):
            replay = UNSET
        elif isinstance(self.replay, ReplayReport):
            replay = self.replay.to_dict()
        else:
            replay = self.replay

        training: dict[str, Any] | None | Unset
        if isinstance(self.training, Unset):
            training = UNSET
        elif isinstance(self.training, Underway):
            training = self.training.to_dict()
        else:
            training = self.training

        labels: dict[str, Any] | Unset = UNSET
        if not isinstance(self.labels, Unset):
            labels = self.labels.to_dict()

        started_at: None | str | Unset
        if isinstance(self.started_at, Unset):
            started_at = UNSET
        else:
            started_at = self.started_at

        finished_at: None | str | Unset
        if isinstance(self.finished_at, Unset):
            finished_at = UNSET
        else:
            finished_at = self.finished_at

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "status": status,
                "model_id": model_id,
                "dataset_id": dataset_id,
                "request": request,
                "created_at": created_at,
            }
        )
        if phase is not UNSET:
            field_dict["phase"] = phase
        if progress is not UNSET:
            field_dict["progress"] = progress
        if seconds_left is not UNSET:
            field_dict["seconds_left"] = seconds_left
        if queue_position is not UNSET:
            field_dict["queue_position"] = queue_position
        if waiting_for is not UNSET:
            field_dict["waiting_for"] = waiting_for
        if verdict is not UNSET:
            field_dict["verdict"] = verdict
        if problem is not UNSET:
            field_dict["problem"] = problem
        if model_name is not UNSET:
            field_dict["model_name"] = model_name
        if headline is not UNSET:
            field_dict["headline"] = headline
        if hardening_id is not UNSET:
            field_dict["hardening_id"] = hardening_id
        if replay is not UNSET:
            field_dict["replay"] = replay
        if training is not UNSET:
            field_dict["training"] = training
        if labels is not UNSET:
            field_dict["labels"] = labels
        if started_at is not UNSET:
            field_dict["started_at"] = started_at
        if finished_at is not UNSET:
            field_dict["finished_at"] = finished_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.audit_info_labels import AuditInfoLabels  # noqa: PLC0415
        from ..models.audit_request_output import AuditRequestOutput  # noqa: PLC0415
        from ..models.headline import Headline  # noqa: PLC0415
        from ..models.problem import Problem  # noqa: PLC0415
        from ..models.progress import Progress  # noqa: PLC0415
        from ..models.replay_report import ReplayReport  # noqa: PLC0415
        from ..models.underway import Underway  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        status = JobStatus(d.pop("status"))

        model_id = d.pop("model_id")

        dataset_id = d.pop("dataset_id")

        def _parse_request(data: object) -> AuditRequestOutput | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                request_type_0 = AuditRequestOutput.from_dict(data)

                return request_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AuditRequestOutput | None, data)

        request = _parse_request(d.pop("request"))

        created_at = d.pop("created_at")

        def _parse_phase(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        phase = _parse_phase(d.pop("phase", UNSET))

        def _parse_progress(data: object) -> None | Progress | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                progress_type_0 = Progress.from_dict(data)

                return progress_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Progress | Unset, data)

        progress = _parse_progress(d.pop("progress", UNSET))

        def _parse_seconds_left(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        seconds_left = _parse_seconds_left(d.pop("seconds_left", UNSET))

        def _parse_queue_position(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        queue_position = _parse_queue_position(d.pop("queue_position", UNSET))

        def _parse_waiting_for(data: object) -> None | Problem | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                waiting_for_type_0 = Problem.from_dict(data)

                return waiting_for_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Problem | Unset, data)

        waiting_for = _parse_waiting_for(d.pop("waiting_for", UNSET))

        def _parse_verdict(data: object) -> AuditInfoVerdictType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                verdict_type_0 = AuditInfoVerdictType0(data)

                return verdict_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AuditInfoVerdictType0 | None | Unset, data)

        verdict = _parse_verdict(d.pop("verdict", UNSET))

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

        def _parse_model_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        model_name = _parse_model_name(d.pop("model_name", UNSET))

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

        def _parse_hardening_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        hardening_id = _parse_hardening_id(d.pop("hardening_id", UNSET))

        def _parse_replay(data: object) -> None | ReplayReport | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                replay_type_0 = ReplayReport.from_dict(data)

                return replay_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ReplayReport | Unset, data)

        replay = _parse_replay(d.pop("replay", UNSET))

        def _parse_training(data: object) -> None | Underway | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                training_type_0 = Underway.from_dict(data)

                return training_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Underway | Unset, data)

        training = _parse_training(d.pop("training", UNSET))

        _labels = d.pop("labels", UNSET)
        labels: AuditInfoLabels | Unset
        if isinstance(_labels, Unset):
            labels = UNSET
        else:
            labels = AuditInfoLabels.from_dict(_labels)

        def _parse_started_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        started_at = _parse_started_at(d.pop("started_at", UNSET))

        def _parse_finished_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        finished_at = _parse_finished_at(d.pop("finished_at", UNSET))

        audit_info = cls(
            id=id,
            status=status,
            model_id=model_id,
            dataset_id=dataset_id,
            request=request,
            created_at=created_at,
            phase=phase,
            progress=progress,
            seconds_left=seconds_left,
            queue_position=queue_position,
            waiting_for=waiting_for,
            verdict=verdict,
            problem=problem,
            model_name=model_name,
            headline=headline,
            hardening_id=hardening_id,
            replay=replay,
            training=training,
            labels=labels,
            started_at=started_at,
            finished_at=finished_at,
        )

        return audit_info
