from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.dataset_metadata_input import DatasetMetadataInput


T = TypeVar("T", bound="DatasetSource")


@_attrs_define
class DatasetSource:
    """The JSON body of `POST /v1/datasets`: instead of the file itself, where it is.

    Attributes:
        upload_id (None | str | Unset): Id of an upload that has come whole; it is used up by what is made of it
        url (None | str | Unset): Where the file is fetched from; the service lists the hosts that it may be on
        sha256 (None | str | Unset): What the file must have, in small letters
        metadata (DatasetMetadataInput | Unset): The JSON beside an uploaded data set.
    """

    upload_id: None | str | Unset = UNSET
    url: None | str | Unset = UNSET
    sha256: None | str | Unset = UNSET
    metadata: DatasetMetadataInput | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        upload_id: None | str | Unset
        if isinstance(self.upload_id, Unset):
            upload_id = UNSET
        else:
            upload_id = self.upload_id

        url: None | str | Unset
        if isinstance(self.url, Unset):
            url = UNSET
        else:
            url = self.url

        sha256: None | str | Unset
        if isinstance(self.sha256, Unset):
            sha256 = UNSET
        else:
            sha256 = self.sha256

        metadata: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metadata, Unset):
            metadata = self.metadata.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if upload_id is not UNSET:
            field_dict["upload_id"] = upload_id
        if url is not UNSET:
            field_dict["url"] = url
        if sha256 is not UNSET:
            field_dict["sha256"] = sha256
        if metadata is not UNSET:
            field_dict["metadata"] = metadata

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.dataset_metadata_input import DatasetMetadataInput  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_upload_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        upload_id = _parse_upload_id(d.pop("upload_id", UNSET))

        def _parse_url(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        url = _parse_url(d.pop("url", UNSET))

        def _parse_sha256(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        sha256 = _parse_sha256(d.pop("sha256", UNSET))

        _metadata = d.pop("metadata", UNSET)
        metadata: DatasetMetadataInput | Unset
        if isinstance(_metadata, Unset):
            metadata = UNSET
        else:
            metadata = DatasetMetadataInput.from_dict(_metadata)

        dataset_source = cls(
            upload_id=upload_id,
            url=url,
            sha256=sha256,
            metadata=metadata,
        )

        return dataset_source
