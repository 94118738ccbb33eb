from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.model_metadata import ModelMetadata


T = TypeVar("T", bound="VersionEvent")


@_attrs_define
class VersionEvent:
    """What a registry of kind `generic` sends: a version of a model, and where its file is.

    Attributes:
        model (str):
        version (str):
        url (str): http or https, without a user. Addresses that are not public are refused unless the service allows
            them
        metadata (ModelMetadata | Unset): The JSON beside an uploaded model file.
        again (str | Unset): A version is audited once for each text that stands here Default: ''.
    """

    model: str
    version: str
    url: str
    metadata: ModelMetadata | Unset = UNSET
    again: str | Unset = ""

    def to_dict(self) -> dict[str, Any]:
        model = self.model

        version = self.version

        url = self.url

        metadata: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metadata, Unset):
            metadata = self.metadata.to_dict()

        again = self.again

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

        version_event = cls(
            model=model,
            version=version,
            url=url,
            metadata=metadata,
            again=again,
        )

        return version_event
