from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.harden_options_input import HardenOptionsInput
    from ..models.hugging_face_request_audit import HuggingFaceRequestAudit
    from ..models.model_metadata import ModelMetadata


T = TypeVar("T", bound="HuggingFaceRequest")


@_attrs_define
class HuggingFaceRequest:
    """The body of `POST /v1/integrations/huggingface`.

    Attributes:
        registered_models (list[str]): Repositories; those named in full are looked at every `poll_seconds` as well
        dataset_id (str):
        excluded_models (list[str] | Unset): Of those the ones that are left alone
        policy_id (None | str | Unset): The policy that decides the verdict, and with it the alias
        audit (HuggingFaceRequestAudit | Unset): The other fields of `POST /v1/audits`, such as `preset`, `attacks` and
            `max_samples`
        harden (HardenOptionsInput | None | Unset): Harden each version as well, as in `POST /v1/audits`
        metadata (ModelMetadata | Unset): The JSON beside an uploaded model file.
        tracking_uri (str | Unset): Of the Hub Default: 'https://huggingface.co'.
        secret (None | str | Unset): The webhook's secret; without one events are refused
        token (None | str | Unset): Reads private repositories
        poll_seconds (float | Unset): Between two looks at the repositories Default: 60.0.
    """

    registered_models: list[str]
    dataset_id: str
    excluded_models: list[str] | Unset = UNSET
    policy_id: None | str | Unset = UNSET
    audit: HuggingFaceRequestAudit | Unset = UNSET
    harden: HardenOptionsInput | None | Unset = UNSET
    metadata: ModelMetadata | Unset = UNSET
    tracking_uri: str | Unset = "https://huggingface.co"
    secret: None | str | Unset = UNSET
    token: None | str | Unset = UNSET
    poll_seconds: float | Unset = 60.0

    def to_dict(self) -> dict[str, Any]:
        from ..models.harden_options_input import HardenOptionsInput  # noqa: PLC0415

        registered_models = self.registered_models

        dataset_id = self.dataset_id

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

        tracking_uri = self.tracking_uri

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

        poll_seconds = self.poll_seconds

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "registered_models": registered_models,
                "dataset_id": dataset_id,
            }
        )
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
        if tracking_uri is not UNSET:
            field_dict["tracking_uri"] = tracking_uri
        if secret is not UNSET:
            field_dict["secret"] = secret
        if token is not UNSET:
            field_dict["token"] = token
        if poll_seconds is not UNSET:
            field_dict["poll_seconds"] = poll_seconds

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.harden_options_input import HardenOptionsInput  # noqa: PLC0415
        from ..models.hugging_face_request_audit import HuggingFaceRequestAudit  # noqa: PLC0415
        from ..models.model_metadata import ModelMetadata  # noqa: PLC0415

        d = dict(src_dict)
        registered_models = cast(list[str], d.pop("registered_models"))

        dataset_id = d.pop("dataset_id")

        excluded_models = cast(list[str], d.pop("excluded_models", UNSET))

        def _parse_policy_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        policy_id = _parse_policy_id(d.pop("policy_id", UNSET))

        _audit = d.pop("audit", UNSET)
        audit: HuggingFaceRequestAudit | Unset
        if isinstance(_audit, Unset):
            audit = UNSET
        else:
            audit = HuggingFaceRequestAudit.from_dict(_audit)

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

        tracking_uri = d.pop("tracking_uri", UNSET)

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

        poll_seconds = d.pop("poll_seconds", UNSET)

        hugging_face_request = cls(
            registered_models=registered_models,
            dataset_id=dataset_id,
            excluded_models=excluded_models,
            policy_id=policy_id,
            audit=audit,
            harden=harden,
            metadata=metadata,
            tracking_uri=tracking_uri,
            secret=secret,
            token=token,
            poll_seconds=poll_seconds,
        )

        return hugging_face_request
