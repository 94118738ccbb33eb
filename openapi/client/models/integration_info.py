from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.integration_info_credentials_type_0 import IntegrationInfoCredentialsType0
from ..models.integration_info_kind import IntegrationInfoKind
from ..models.integration_info_status import IntegrationInfoStatus
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.harden_options_output import HardenOptionsOutput
    from ..models.integration_info_audit import IntegrationInfoAudit
    from ..models.model_metadata import ModelMetadata
    from ..models.problem import Problem


T = TypeVar("T", bound="IntegrationInfo")


@_attrs_define
class IntegrationInfo:
    """An integration without its secrets. What is null is not of its kind, or not set.

    Attributes:
        id (str):
        kind (IntegrationInfoKind):
        status (IntegrationInfoStatus):
        events_url (str): Where the registry sends its events
        registered_models (list[str]):
        excluded_models (list[str]):
        dataset_id (str):
        audit (IntegrationInfoAudit):
        metadata (ModelMetadata): The JSON beside an uploaded model file.
        is_signed (bool): Whether there is a secret for events
        pending (int): Versions that are to be fetched, audited or told of
        audits (int): Audits that it has started
        created_at (str):
        problem (None | Problem | Unset): Why it could not be asked the last time
        tracking_uri (None | str | Unset):
        policy_id (None | str | Unset):
        harden (HardenOptionsOutput | None | Unset):
        alias (None | str | Unset):
        poll_seconds (float | None | Unset):
        since (None | str | Unset):
        credentials (IntegrationInfoCredentialsType0 | None | Unset): What the registry is asked with
        last_event_at (None | str | Unset):
        last_poll_at (None | str | Unset):
    """

    id: str
    kind: IntegrationInfoKind
    status: IntegrationInfoStatus
    events_url: str
    registered_models: list[str]
    excluded_models: list[str]
    dataset_id: str
    audit: IntegrationInfoAudit
    metadata: ModelMetadata
    is_signed: bool
    pending: int
    audits: int
    created_at: str
    problem: None | Problem | Unset = UNSET
    tracking_uri: None | str | Unset = UNSET
    policy_id: None | str | Unset = UNSET
    harden: HardenOptionsOutput | None | Unset = UNSET
    alias: None | str | Unset = UNSET
    poll_seconds: float | None | Unset = UNSET
    since: None | str | Unset = UNSET
    credentials: IntegrationInfoCredentialsType0 | None | Unset = UNSET
    last_event_at: None | str | Unset = UNSET
    last_poll_at: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.harden_options_output import HardenOptionsOutput  # noqa: PLC0415
        from ..models.problem import Problem  # noqa: PLC0415

        id = self.id

        kind = self.kind.value

        status = self.status.value

        events_url = self.events_url

        registered_models = self.registered_models

        excluded_models = self.excluded_models

        dataset_id = self.dataset_id

        audit = self.audit.to_dict()

        metadata = self.metadata.to_dict()

        is_signed = self.is_signed

        pending = self.pending

        audits = self.audits

        created_at = self.created_at

        problem: dict[str, Any] | None | Unset
        if isinstance(self.problem, Unset):
            problem = UNSET
        elif isinstance(self.problem, Problem):
            problem = self.problem.to_dict()
        else:
            problem = self.problem

        tracking_uri: None | str | Unset
        if isinstance(self.tracking_uri, Unset):
            tracking_uri = UNSET
        else:
            tracking_uri = self.tracking_uri

        policy_id: None | str | Unset
        if isinstance(self.policy_id, Unset):
            policy_id = UNSET
        else:
            policy_id = self.policy_id

        harden: dict[str, Any] | None | Unset
        if isinstance(self.harden, Unset):
            harden = UNSET
        elif isinstance(self.harden, HardenOptionsOutput):
            harden = self.harden.to_dict()
        else:
            harden = self.harden

        alias: None | str | Unset
        if isinstance(self.alias, Unset):
            alias = UNSET
        else:
            alias = self.alias

        poll_seconds: float | None | Unset
        if isinstance(self.poll_seconds, Unset):
            poll_seconds = UNSET
        else:
            poll_seconds = self.poll_seconds

        since: None | str | Unset
        if isinstance(self.since, Unset):
            since = UNSET
        else:
            since = self.since

        credentials: None | str | Unset
        if isinstance(self.credentials, Unset):
            credentials = UNSET
        elif isinstance(self.credentials, IntegrationInfoCredentialsType0):
            credentials = self.credentials.value
        else:
            credentials = self.credentials

        last_event_at: None | str | Unset
        if isinstance(self.last_event_at, Unset):
            last_event_at = UNSET
        else:
            last_event_at = self.last_event_at

        last_poll_at: None | str | Unset
        if isinstance(self.last_poll_at, Unset):
            last_poll_at = UNSET
        else:
            last_poll_at = self.last_poll_at

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "status": status,
                "events_url": events_url,
                "registered_models": registered_models,
                "excluded_models": excluded_models,
                "dataset_id": dataset_id,
                "audit": audit,
                "metadata": metadata,
                "is_signed": is_signed,
                "pending": pending,
                "audits": audits,
                "created_at": created_at,
            }
        )
        if problem is not UNSET:
            field_dict["problem"] = problem
        if tracking_uri is not UNSET:
            field_dict["tracking_uri"] = tracking_uri
        if policy_id is not UNSET:
            field_dict["policy_id"] = policy_id
        if harden is not UNSET:
            field_dict["harden"] = harden
        if alias is not UNSET:
            field_dict["alias"] = alias
        if poll_seconds is not UNSET:
            field_dict["poll_seconds"] = poll_seconds
        if since is not UNSET:
            field_dict["since"] = since
        if credentials is not UNSET:
            field_dict["credentials"] = credentials
        if last_event_at is not UNSET:
            field_dict["last_event_at"] = last_event_at
        if last_poll_at is not UNSET:
            field_dict["last_poll_at"] = last_poll_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.harden_options_output import HardenOptionsOutput  # noqa: PLC0415
        from ..models.integration_info_audit import IntegrationInfoAudit  # noqa: PLC0415
        from ..models.model_metadata import ModelMetadata  # noqa: PLC0415
        from ..models.problem import Problem  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        kind = IntegrationInfoKind(d.pop("kind"))

        status = IntegrationInfoStatus(d.pop("status"))

        events_url = d.pop("events_url")

        registered_models = cast(list[str], d.pop("registered_models"))

        excluded_models = cast(list[str], d.pop("excluded_models"))

        dataset_id = d.pop("dataset_id")

        audit = IntegrationInfoAudit.from_dict(d.pop("audit"))

        metadata = ModelMetadata.from_dict(d.pop("metadata"))

        is_signed = d.pop("is_signed")

        pending = d.pop("pending")

        audits = d.pop("audits")

        created_at = d.pop("created_at")

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

        def _parse_tracking_uri(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        tracking_uri = _parse_tracking_uri(d.pop("tracking_uri", UNSET))

        def _parse_policy_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        policy_id = _parse_policy_id(d.pop("policy_id", UNSET))

        def _parse_harden(data: object) -> HardenOptionsOutput | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                harden_type_0 = HardenOptionsOutput.from_dict(data)

                return harden_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(HardenOptionsOutput | None | Unset, data)

        harden = _parse_harden(d.pop("harden", UNSET))

        def _parse_alias(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        alias = _parse_alias(d.pop("alias", UNSET))

        def _parse_poll_seconds(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        poll_seconds = _parse_poll_seconds(d.pop("poll_seconds", UNSET))

        def _parse_since(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        since = _parse_since(d.pop("since", UNSET))

        def _parse_credentials(data: object) -> IntegrationInfoCredentialsType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                credentials_type_0 = IntegrationInfoCredentialsType0(data)

                return credentials_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(IntegrationInfoCredentialsType0 | None | Unset, data)

        credentials = _parse_credentials(d.pop("credentials", UNSET))

        def _parse_last_event_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        last_event_at = _parse_last_event_at(d.pop("last_event_at", UNSET))

        def _parse_last_poll_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        last_poll_at = _parse_last_poll_at(d.pop("last_poll_at", UNSET))

        integration_info = cls(
            id=id,
            kind=kind,
            status=status,
            events_url=events_url,
            registered_models=registered_models,
            excluded_models=excluded_models,
            dataset_id=dataset_id,
            audit=audit,
            metadata=metadata,
            is_signed=is_signed,
            pending=pending,
            audits=audits,
            created_at=created_at,
            problem=problem,
            tracking_uri=tracking_uri,
            policy_id=policy_id,
            harden=harden,
            alias=alias,
            poll_seconds=poll_seconds,
            since=since,
            credentials=credentials,
            last_event_at=last_event_at,
            last_poll_at=last_poll_at,
        )

        return integration_info
