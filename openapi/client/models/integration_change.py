from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.harden_options_input import HardenOptionsInput
    from ..models.integration_change_audit_type_0 import IntegrationChangeAuditType0
    from ..models.model_metadata import ModelMetadata


T = TypeVar("T", bound="IntegrationChange")


@_attrs_define
class IntegrationChange:
    """What is to change; what is left out stays, and null takes back. `tracking_uri` stays: its secrets are its own.

    Attributes:
        paused (bool | None | Unset): true: ask nothing, fetch nothing; events are kept for later
        registered_models (list[str] | None | Unset):
        excluded_models (list[str] | None | Unset):
        dataset_id (None | str | Unset):
        policy_id (None | str | Unset):
        audit (IntegrationChangeAuditType0 | None | Unset):
        harden (HardenOptionsInput | None | Unset):
        metadata (ModelMetadata | None | Unset):
        alias (None | str | Unset):
        secret (None | str | Unset):
        token (None | str | Unset):
        username (None | str | Unset):
        password (None | str | Unset):
        poll_seconds (float | None | Unset):
        since (datetime.datetime | None | Unset):
    """

    paused: bool | None | Unset = UNSET
    registered_models: list[str] | None | Unset = UNSET
    excluded_models: list[str] | None | Unset = UNSET
    dataset_id: None | str | Unset = UNSET
    policy_id: None | str | Unset = UNSET
    audit: IntegrationChangeAuditType0 | None | Unset = UNSET
    harden: HardenOptionsInput | None | Unset = UNSET
    metadata: ModelMetadata | None | Unset = UNSET
    alias: None | str | Unset = UNSET
    secret: None | str | Unset = UNSET
    token: None | str | Unset = UNSET
    username: None | str | Unset = UNSET
    password: None | str | Unset = UNSET
    poll_seconds: float | None | Unset = UNSET
    since: datetime.datetime | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.harden_options_input import HardenOptionsInput  # noqa: PLC0415
        from ..models.integration_change_audit_type_0 import IntegrationChangeAuditType0  # noqa: PLC0415
        from ..models.model_metadata import ModelMetadata  # noqa: PLC0415

        paused: bool | None | Unset
        if isinstance(self.paused, Unset):
            paused = UNSET
        else:
            paused = self.paused

        registered_models: list[str] | None | Unset
        if isinstance(self.registered_models, Unset):
            registered_models = UNSET
        elif isinstance(self.registered_models, list):
            registered_models = self.registered_models

        else:
            registered_models = self.registered_models

        excluded_models: list[str] | None | Unset
        if isinstance(self.excluded_models, Unset):
            excluded_models = UNSET
        elif isinstance(self.excluded_models, list):
            excluded_models = self.excluded_models

        else:
            excluded_models = self.excluded_models

        dataset_id: None | str | Unset
        if isinstance(self.dataset_id, Unset):
            dataset_id = UNSET
        else:
            dataset_id = self.dataset_id

        policy_id: None | str | Unset
        if isinstance(self.policy_id, Unset):
            policy_id = UNSET
        else:
            policy_id = self.policy_id

        audit: dict[str, Any] | None | Unset
        if isinstance(self.audit, Unset):
            audit = UNSET
        elif isinstance(self.audit, IntegrationChangeAuditType0):
            audit = self.audit.to_dict()
        else:
            audit = self.audit

        harden: dict[str, Any] | None | Unset
        if isinstance(self.harden, Unset):
            harden = UNSET
        elif isinstance(self.harden, HardenOptionsInput):
            harden = self.harden.to_dict()
        else:
            harden = self.harden

        metadata: dict[str, Any] | None | Unset
        if isinstance(self.metadata, Unset):
            metadata = UNSET
        elif isinstance(self.metadata, ModelMetadata):
            metadata = self.metadata.to_dict()
        else:
            metadata = self.metadata

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

        poll_seconds: float | None | Unset
        if isinstance(self.poll_seconds, Unset):
            poll_seconds = UNSET
        else:
            poll_seconds = self.poll_seconds

        since: None | str | Unset
        if isinstance(self.since, Unset):
            since = UNSET
        elif isinstance(self.since, datetime.datetime):
            since = self.since.isoformat()
        else:
            since = self.since

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if paused is not UNSET:
            field_dict["paused"] = paused
        if registered_models is not UNSET:
            field_dict["registered_models"] = registered_models
        if excluded_models is not UNSET:
            field_dict["excluded_models"] = excluded_models
        if dataset_id is not UNSET:
            field_dict["dataset_id"] = dataset_id
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
        from ..models.integration_change_audit_type_0 import IntegrationChangeAuditType0  # noqa: PLC0415
        from ..models.model_metadata import ModelMetadata  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_paused(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        paused = _parse_paused(d.pop("paused", UNSET))

        def _parse_registered_models(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                registered_models_type_0 = cast(list[str], data)

                return registered_models_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        registered_models = _parse_registered_models(d.pop("registered_models", UNSET))

        def _parse_excluded_models(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                excluded_models_type_0 = cast(list[str], data)

                return excluded_models_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        excluded_models = _parse_excluded_models(d.pop("excluded_models", UNSET))

        def _parse_dataset_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        dataset_id = _parse_dataset_id(d.pop("dataset_id", UNSET))

        def _parse_policy_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        policy_id = _parse_policy_id(d.pop("policy_id", UNSET))

        def _parse_audit(data: object) -> IntegrationChangeAuditType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                audit_type_0 = IntegrationChangeAuditType0.from_dict(data)

                return audit_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(IntegrationChangeAuditType0 | None | Unset, data)

        audit = _parse_audit(d.pop("audit", UNSET))

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

        def _parse_metadata(data: object) -> ModelMetadata | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                metadata_type_0 = ModelMetadata.from_dict(data)

                return metadata_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ModelMetadata | None | Unset, data)

        metadata = _parse_metadata(d.pop("metadata", UNSET))

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

        def _parse_poll_seconds(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        poll_seconds = _parse_poll_seconds(d.pop("poll_seconds", UNSET))

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

        integration_change = cls(
            paused=paused,
            registered_models=registered_models,
            excluded_models=excluded_models,
            dataset_id=dataset_id,
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

        return integration_change
