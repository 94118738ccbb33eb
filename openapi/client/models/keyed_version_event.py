from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.model_metadata import ModelMetadata


T = TypeVar("T", bound="KeyedVersionEvent")


@_attrs_define
class KeyedVersionEvent:
    """The same of somebody with an API key.

    Attributes:
        model (str):
        version (str):
        url (str): http or https, without a user. Addresses that are not public are refused unless the service allows
            them
        metadata (ModelMetadata | Unset): The JSON beside an uploaded model file.
        again (str | Unset): A version is audited once for each text that stands here Default: ''.
        integration_id (None | str | Unset): Needed where the tenant has several of kind `generic`
    """

    model: str
    version: str
    url: str
    metadata: ModelMetadata | Unset = UNSET
    again: str | Unset = ""
    integration_id: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        model = self.model

        version = self.version

        url = self.url

        metadata: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metadata, Unset):
            metadata = self.metadata.to_dict()

        again = self.again

        integration_id: None | str | Unset
        if isinstance(self.integration_id, Unset):
            integration_id = UNSET
        else:
            integration_id = self.integration_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "model": model,
                "version": version,
                "url": url,
            }
        )
        if metadata is not UNSET:
            field_dict["metadata"] = metadata
        if again is not UNSET:
            field_dict["again"] = again
        if integration_id is not UNSET:
            field_dict["integration_id"] = integration_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.model_metadata import ModelMetadata  # noqa: PLC0415

        d = dict(src_dict)
        model = d.pop("model")

        version = d.pop("version")

        url = d.pop("url")

        _metadata = d.pop("metadata", UNSET)
        metadata: ModelMetadata | Unset
        if isinstance(_metadata, Unset):
            metadata = UNSET
        else:
            metadata = ModelMetadata.from_dict(_metadata)

        again = d.pop("again", UNSET)

        def _parse_integration_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        integration_id = _parse_integration_id(d.pop("integration_id", UNSET))

        keyed_version_event = cls(
            model=model,
            version=version,
            url=url,
            metadata=metadata,
            again=again,
            integration_id=integration_id,
        )

        return keyed_version_event
