from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.generic_request_audit import GenericRequestAudit
    from ..models.harden_options_input import HardenOptionsInput
    from ..models.model_metadata import ModelMetadata


T = TypeVar("T", bound="GenericRequest")


@_attrs_define
class GenericRequest:
    """The body of `POST /v1/integrations/generic`.

    Attributes:
        dataset_id (str):
        registered_models (list[str] | Unset): Whose versions are audited; * stands for any text
        excluded_models (list[str] | Unset): Of those the ones that are left alone
        policy_id (None | str | Unset): The policy that decides the verdict, and with it the alias
        audit (GenericRequestAudit | Unset): The other fields of `POST /v1/audits`, such as `preset`, `attacks` and
            `max_samples`
        harden (HardenOptionsInput | None | Unset): Harden each version as well, as in `POST /v1/audits`
        metadata (ModelMetadata | Unset): The JSON beside an uploaded model file.
        secret (None | str | Unset): Signs events by Standard Webhooks: `whsec_` and base64 of 24 bytes or more. Without
            one only keys of scope `submit` tell of versions (`POST /v1/integrations/generic/events`)
    """

    dataset_id: str
    registered_models: list[str] | Unset = UNSET
    excluded_models: list[str] | Unset = UNSET
    policy_id: None | str | Unset = UNSET
    audit: GenericRequestAudit | Unset = UNSET
    harden: HardenOptionsInput | None | Unset = UNSET
    metadata: ModelMetadata | Unset = UNSET
    secret: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.harden_options_input import HardenOptionsInput  # noqa: PLC0415

        dataset_id = self.dataset_id

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

        secret: None | str | Unset
        if isinstance(self.secret, Unset):
            secret = UNSET
        else:
            secret = self.secret

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "dataset_id": dataset_id,
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
        if secret is not UNSET:
            field_dict["secret"] = secret

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.generic_request_audit import GenericRequestAudit  # noqa: PLC0415
        from ..models.harden_options_input import HardenOptionsInput  # noqa: PLC0415
        from ..models.model_metadata import ModelMetadata  # noqa: PLC0415

        d = dict(src_dict)
        dataset_id = d.pop("dataset_id")

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
        audit: GenericRequestAudit | Unset
        if isinstance(_audit, Unset):
            audit = UNSET
        else:
            audit = GenericRequestAudit.from_dict(_audit)

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

        def _parse_secret(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        secret = _parse_secret(d.pop("secret", UNSET))

        generic_request = cls(
            dataset_id=dataset_id,
            registered_models=registered_models,
            excluded_models=excluded_models,
            policy_id=policy_id,
            audit=audit,
            harden=harden,
            metadata=metadata,
            secret=secret,
        )

        return generic_request
