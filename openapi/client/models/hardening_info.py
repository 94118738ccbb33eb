from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.hardening_info_verdict_type_0 import HardeningInfoVerdictType0
from ..models.job_status import JobStatus
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.estimate import Estimate
    from ..models.hardening_info_labels import HardeningInfoLabels
    from ..models.hardening_info_metrics_type_0 import HardeningInfoMetricsType0
    from ..models.hardening_request_output import HardeningRequestOutput
    from ..models.headline import Headline
    from ..models.problem import Problem
    from ..models.progress import Progress
    from ..models.so_far import SoFar
    from ..models.underway import Underway


T = TypeVar("T", bound="HardeningInfo")


@_attrs_define
class HardeningInfo:
    """A hardening as the API answers it.

    Attributes:
        id (str):
        status (JobStatus): `cancelling`: it is to stop, and a worker has not done so yet.
        model_id (str):
        train_dataset_id (str):
        request (HardeningRequestOutput | None): null when it cannot be read any more; `problem` then says why
        created_at (str):
        phase (None | str | Unset):
        progress (None | Progress | Unset):
        seconds_left (float | None | Unset): Estimate of the seconds until the work planned so far is done; null while
            nothing tells
        queue_position (int | None | Unset): How many of your jobs that wait go before this one: higher priorities, then
            older ones; null once it has begun. Tenants take turns, so that others' jobs do not count
        waiting_for (None | Problem | Unset): Why its work waits at present, such as a full disk; it goes on by itself
        verdict (HardeningInfoVerdictType0 | None | Unset):
        problem (None | Problem | Unset):
        model_name (None | str | Unset): null when the model was deleted
        headline (Headline | None | Unset): The report in one line, where there is one
        eval_dataset_id (None | str | Unset):
        model_id_hardened (None | str | Unset):
        audit_id (None | str | Unset):
        metrics (HardeningInfoMetricsType0 | None | Unset): `before` and `after`, each with clean, attacks and
            worst_case as in a report
        estimate (Estimate | None | Unset): In the answer to `POST` alone; later see `seconds_left`
        training (None | Underway | Unset): While it trains: loss terms, clean and robust accuracy
        so_far (None | SoFar | Unset): What a cancelled or failed hardening leaves, where an epoch had ended
        labels (HardeningInfoLabels | Unset):
        started_at (None | str | Unset):
        finished_at (None | str | Unset):
    """

    id: str
    status: JobStatus
    model_id: str
    train_dataset_id: str
    request: HardeningRequestOutput | None
    created_at: str
    phase: None | str | Unset = UNSET
    progress: None | Progress | Unset = UNSET
    seconds_left: float | None | Unset = UNSET
    queue_position: int | None | Unset = UNSET
    waiting_for: None | Problem | Unset = UNSET
    verdict: HardeningInfoVerdictType0 | None | Unset = UNSET
    problem: None | Problem | Unset = UNSET
    model_name: None | str | Unset = UNSET
    headline: Headline | None | Unset = UNSET
    eval_dataset_id: None | str | Unset = UNSET
    model_id_hardened: None | str | Unset = UNSET
    audit_id: None | str | Unset = UNSET
    metrics: HardeningInfoMetricsType0 | None | Unset = UNSET
    estimate: Estimate | None | Unset = UNSET
    training: None | Underway | Unset = UNSET
    so_far: None | SoFar | Unset = UNSET
    labels: HardeningInfoLabels | Unset = UNSET
    started_at: None | str | Unset = UNSET
    finished_at: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.estimate import Estimate  # noqa: PLC0415
        from ..models.hardening_info_metrics_type_0 import HardeningInfoMetricsType0  # noqa: PLC0415
        from ..models.hardening_request_output import HardeningRequestOutput  # noqa: PLC0415
        from ..models.headline import Headline  # noqa: PLC0415
        from ..models.problem import Problem  # noqa: PLC0415
        from ..models.progress import Progress  # noqa: PLC0415
        from ..models.so_far import SoFar  # noqa: PLC0415
        from ..models.underway import Underway  # noqa: PLC0415

        id = self.id

        status = self.status.value

        model_id = self.model_id

        train_dataset_id = self.train_dataset_id

        request: dict[str, Any] | None
        if isinstance(self.request, HardeningRequestOutput):
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
        elif isinstance(self.verdict, HardeningInfoVerdictType0):
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

        eval_dataset_id: None | str | Unset
        if isinstance(self.eval_dataset_id, Unset):
            eval_dataset_id = UNSET
        else:
            eval_dataset_id = self.eval_dataset_id

        model_id_hardened: None | str | Unset
        if isinstance(self.model_id_hardened, Unset):
            model_id_hardened = UNSET
        else:
            model_id_hardened = self.model_id_hardened

        audit_id: None | str | Unset
        if isinstance(self.audit_id, Unset):
            audit_id = UNSET
        else:
            audit_id = self.audit_id

        metrics: dict[str, Any] | None | Unset
        if isinstance(self.metrics, Unset):
            metrics = UNSET
        elif isinstance(self.metrics, HardeningInfoMetricsType0):
            metrics = self.metrics.to_dict()
        else:
            metrics = self.metrics

        estimate: dict[str, Any] | None | Unset
        if isinstance(self.estimate, Unset):
            estimate = UNSET
        elif isinstance(self.estimate, Estimate):
            estimate = self.estimate.to_dict()
        else:
            estimate = self.estimate

        training: dict[str, Any] | None | Unset
        if isinstance(self.training, Unset):
            training = UNSET
        elif isinstance(self.training, Underway):
            training = self.training.to_dict()
        else:
            training = self.training

        so_far: dict[str, Any] | None | Unset
        if isinstance(self.so_far, Unset):
            so_far = UNSET
        elif isinstance(self.so_far, SoFar):
            so_far = self.so_far.to_dict()
        else:
            so_far = self.so_far

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
                "train_dataset_id": train_dataset_id,
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
        if eval_dataset_id is not UNSET:
            field_dict["eval_dataset_id"] = eval_dataset_id
        if model_id_hardened is not UNSET:
            field_dict["model_id_hardened"] = model_id_hardened
        if audit_id is not UNSET:
            field_dict["audit_id"] = audit_id
        if metrics is not UNSET:
            field_dict["metrics"] = metrics
        if estimate is not UNSET:
            field_dict["estimate"] = estimate
        if training is not UNSET:
            field_dict["training"] = training
        if so_far is not UNSET:
            field_dict["so_far"] = so_far
        if labels is not UNSET:
            field_dict["labels"] = labels
        if started_at is not UNSET:
            field_dict["started_at"] = started_at
        if finished_at is not UNSET:
            field_dict["finished_at"] = finished_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.estimate import Estimate  # noqa: PLC0415
        from ..models.hardening_info_labels import HardeningInfoLabels  # noqa: PLC0415
        from ..models.hardening_info_metrics_type_0 import HardeningInfoMetricsType0  # noqa: PLC0415
        from ..models.hardening_request_output import HardeningRequestOutput  # noqa: PLC0415
        from ..models.headline import Headline  # noqa: PLC0415
        from ..models.problem import Problem  # noqa: PLC0415
        from ..models.progress import Progress  # noqa: PLC0415
        from ..models.so_far import SoFar  # noqa: PLC0415
        from ..models.underway import Underway  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        status = JobStatus(d.pop("status"))

        model_id = d.pop("model_id")

        train_dataset_id = d.pop("train_dataset_id")

        def _parse_request(data: object) -> HardeningRequestOutput | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                request_type_0 = HardeningRequestOutput.from_dict(data)

                return request_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(HardeningRequestOutput | None, data)

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

        def _parse_verdict(data: object) -> HardeningInfoVerdictType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                verdict_type_0 = HardeningInfoVerdictType0(data)

                return verdict_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(HardeningInfoVerdictType0 | None | Unset, data)

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

        def _parse_eval_dataset_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        eval_dataset_id = _parse_eval_dataset_id(d.pop("eval_dataset_id", UNSET))

        def _parse_model_id_hardened(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        model_id_hardened = _parse_model_id_hardened(d.pop("model_id_hardened", UNSET))

        def _parse_audit_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        audit_id = _parse_audit_id(d.pop("audit_id", UNSET))

        def _parse_metrics(data: object) -> HardeningInfoMetricsType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                metrics_type_0 = HardeningInfoMetricsType0.from_dict(data)

                return metrics_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(HardeningInfoMetricsType0 | None | Unset, data)

        metrics = _parse_metrics(d.pop("metrics", UNSET))

        def _parse_estimate(data: object) -> Estimate | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                estimate_type_0 = Estimate.from_dict(data)

                return estimate_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Estimate | None | Unset, data)

        estimate = _parse_estimate(d.pop("estimate", UNSET))

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

        def _parse_so_far(data: object) -> None | SoFar | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                so_far_type_0 = SoFar.from_dict(data)

                return so_far_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | SoFar | Unset, data)

        so_far = _parse_so_far(d.pop("so_far", UNSET))

        _labels = d.pop("labels", UNSET)
        labels: HardeningInfoLabels | Unset
        if isinstance(_labels, Unset):
            labels = UNSET
        else:
            labels = HardeningInfoLabels.from_dict(_labels)

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

        hardening_info = cls(
            id=id,
            status=status,
            model_id=model_id,
            train_dataset_id=train_dataset_id,
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
            eval_dataset_id=eval_dataset_id,
            model_id_hardened=model_id_hardened,
            audit_id=audit_id,
            metrics=metrics,
            estimate=estimate,
            training=training,
            so_far=so_far,
            labels=labels,
            started_at=started_at,
            finished_at=finished_at,
        )

        return hardening_info
