from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.harden_options_input import HardenOptionsInput
    from ..models.m_lflow_request_audit import MLflowRequestAudit
    from ..models.model_metadata import ModelMetadata


T = TypeVar("T", bound="MLflowRequest")


@_attrs_define
class MLflowRequest:
    """The body of `POST /v1/integrations/mlflow`.

    Attributes:
        dataset_id (str):
        tracking_uri (str): Of the server, as MLFLOW_TRACKING_URI
        registered_models (list[str] | Unset): Whose versions are audited; * stands for any text
        excluded_models (list[str] | Unset): Of those the ones that are left alone
        policy_id (None | str | Unset): The policy that decides the verdict, and with it the alias
        audit (MLflowRequestAudit | Unset): The other fields of `POST /v1/audits`, such as `preset`, `attacks` and
            `max_samples`
        harden (HardenOptionsInput | None | Unset): Harden each version as well, as in `POST /v1/audits`
        metadata (ModelMetadata | Unset): The JSON beside an uploaded model file.
        alias (None | str | Unset): Leads to the newest version whose verdict is `pass`; null: none
        secret (None | str | Unset): Signs the webhook's events; without one events are refused
        token (None | str | Unset): Sent as `Authorization: Bearer`
        username (None | str | Unset):
        password (None | str | Unset):
        poll_seconds (float | Unset): Between two looks at what is registered Default: 60.0.
        since (datetime.datetime | None | Unset): Versions registered before are left alone unless asked for
    """

    dataset_id: str
    tracking_uri: str
    registered_models: list[str] | Unset = UNSET
    excluded_models: list[str] | Unset = UNSET
    policy_id: None | str | Unset = UNSET
    audit: MLflowRequestAudit | Unset = UNSET
    harden: HardenOptionsInput | None | Unset = UNSET
    metadata: ModelMetadata | Unset = UNSET
    alias: None | str | Unset = UNSET
    secret: None | str | Unset = UNSET
    token: None | str | Unset = UNSET
    username: None | str | Unset = UNSET
    password: None | str | Unset = UNSET
    poll_seconds: float | Unset = 60.0
    since: datetime.datetime | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.harden_options_input import HardenOptionsInput  # noqa: PLC0415

        dataset_id = self.dataset_id

        tracking_uri = self.tracking_uri

        registered_models: list[str] | Unset = UNSET
        if not isinstance(self.registered_models, Unset):
            registered_models = self.registered_models

        excluded_models: list[str] | Unset = UNSET
        if not isinstance(self.excluded_models, Unset):
            excluded_models = self.excluded_models

        policy_id: None | str | Unset
        if isinstance(self.policy_id, Unset):
            policy_id = UNSET
        else:
            policy_id = self.policy_id

        audit: dict[str, Any] | Unset = UNSET
        if not isinstance(self.audit, Unset):
            audit = self.audit.to_dict()

        harden: dict[str, Any] | None | Unset
        if isinstance(self.harden, Unset):
            harden = UNSET
        elif isinstance(self.harden, HardenOptionsInput):
            harden = self.harden.to_dict()
        else:
            harden = self.harden

        metadata: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metadata, Unset):
            metadata = self.metadata.to_dict()

        alias: None | str | Unset
        if isinstance(self.alias, Unset):
            alias = UNSET
        else:
            alias = self.alias

        secret: None | str | Unset
        if isinstance(self.secret, Unset):
            secret = UNSET
        else:
            secret = self.secret

        token: None | str | Unset
        if isinstance(self.token, Unset):
            token = UNSET
        else:
            token = self.token

        username: None | str | Unset
        if isinstance(self.username, Unset):
            username = UNSET
        else:
            username = self.username

        password: None | str | Unset
        if isinstance(self.password, Unset):
            password = UNSET
        else:
            password = self.password

        poll_seconds = self.poll_seconds

        since: None | str | Unset
        if isinstance(self.since, Unset):
            since = UNSET
        elif isinstance(self.since, datetime.datetime):
            since = self.since.isoformat()
        else:
            since = self.since

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "dataset_id": dataset_id,
                "tracking_uri": tracking_uri,
            }
        )
        if registered_models is not UNSET:
            field_dict["registered_models"] = registered_models
        if excluded_models is not UNSET:
            field_dict["excluded_models"] = excluded_models
        if policy_id is not UNSET:
            field_dict["policy_id"] = policy_id
        if audit is not UNSET:
            field_dict["audit"] = audit
        if harden is not UNSET:
            field_dict["harden"] = harden
        if metadata is not UNSET:
            field_dict["metadata"] = metadata
        if alias is not UNSET:
            field_dict["alias"] = alias
        if secret is not UNSET:
            field_dict["secret"] = secret
        if token is not UNSET:
            field_dict["token"] = token
        if username is not UNSET:
            field_dict["username"] = username
        if password is not UNSET:
            field_dict["password"] = password
        if poll_seconds is not UNSET:
            field_dict["poll_seconds"] = poll_seconds
        if since is not UNSET:
            field_dict["since"] = since

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.harden_options_input import HardenOptionsInput  # noqa: PLC0415
        from ..models.m_lflow_request_audit import MLflowRequestAudit  # noqa: PLC0415
        from ..models.model_metadata import ModelMetadata  # noqa: PLC0415

        d = dict(src_dict)
        dataset_id = d.pop("dataset_id")

        tracking_uri = d.pop("tracking_uri")

        registered_models = cast(list[str], d.pop("registered_models", UNSET))

        excluded_models = cast(list[str], d.pop("excluded_models", UNSET))

        def _parse_policy_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        policy_id = _parse_policy_id(d.pop("policy_id", UNSET))

        _audit = d.pop("audit", UNSET)
        audit: MLflowRequestAudit | Unset
        if isinstance(_audit, Unset):
            audit = UNSET
        else:
            audit = MLflowRequestAudit.from_dict(_audit)

        def _parse_harden(data: object) -> HardenOptionsInput | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                harden_type_0 = HardenOptionsInput.from_dict(data)

                return harden_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(HardenOptionsInput | None | Unset, data)

        harden = _parse_harden(d.pop("harden", UNSET))

        _metadata = d.pop("metadata", UNSET)
        metadata: ModelMetadata | Unset
        if isinstance(_metadata, Unset):
            metadata = UNSET
        else:
            metadata = ModelMetadata.from_dict(_metadata)

        def _parse_alias(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        alias = _parse_alias(d.pop("alias", UNSET))

        def _parse_secret(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        secret = _parse_secret(d.pop("secret", UNSET))

        def _parse_token(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        token = _parse_token(d.pop("token", UNSET))

        def _parse_username(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        username = _parse_username(d.pop("username", UNSET))

        def _parse_password(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        password = _parse_password(d.pop("password", UNSET))

        poll_seconds = d.pop("poll_seconds", UNSET)

        def _parse_since(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                since_type_0 = datetime.datetime.fromisoformat(data)

                return since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        since = _parse_since(d.pop("since", UNSET))

        m_lflow_request = cls(
            dataset_id=dataset_id,
            tracking_uri=tracking_uri,
            registered_models=registered_models,
            excluded_models=excluded_models,
            policy_id=policy_id,
            audit=audit,
            harden=harden,
            metadata=metadata,
            alias=alias,
            secret=secret,
            token=token,
            username=username,
            password=password,
            poll_seconds=poll_seconds,
            since=since,
        )

        return m_lflow_request
