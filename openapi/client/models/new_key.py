from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.scope import Scope
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewKey")


@_attrs_define
class NewKey:
    """A key that was just made.

    Attributes:
        id (str):
        name (str):
        scope (Scope): What a key may do; each includes those before it.

            `read`: look at everything of its tenant. `submit`: upload, start, cancel and delete as well. `admin`: manage
            the
            tenant's keys as well.
        created_at (str):
        key (str): The secret, shown this once
        tenant (str | Unset): Whose keys see the same, and nothing of others' Default: ''.
        expires_at (None | str | Unset):
        last_used_at (None | str | Unset): To the minute; calls that were refused count
        revoked_at (None | str | Unset):
        replaced_by (None | str | Unset): Id of the key that was made of it when it was rotated
    """

    id: str
    name: str
    scope: Scope
    created_at: str
    key: str
    tenant: str | Unset = ""
    expires_at: None | str | Unset = UNSET
    last_used_at: None | str | Unset = UNSET
    revoked_at: None | str | Unset = UNSET
    replaced_by: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        scope = self.scope.value

        created_at = self.created_at

        key = self.key

        tenant = self.tenant

        expires_at: None | str | Unset
        if isinstance(self.expires_at, Unset):
            expires_at = UNSET
        else:
            expires_at = self.expires_at

        last_used_at: None | str | Unset
        if isinstance(self.last_used_at, Unset):
            last_used_at = UNSET
        else:
            last_used_at = self.last_used_at

        revoked_at: None | str | Unset
        if isinstance(self.revoked_at, Unset):
            revoked_at = UNSET
        else:
            revoked_at = self.revoked_at

        replaced_by: None | str | Unset
        if isinstance(self.replaced_by, Unset):
            replaced_by = UNSET
        else:
            replaced_by = self.replaced_by

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "name": name,
                "scope": scope,
                "created_at": created_at,
                "key": key,
            }
        )
        if tenant is not UNSET:
            field_dict["tenant"] = tenant
        if expires_at is not UNSET:
            field_dict["expires_at"] = expires_at
        if last_used_at is not UNSET:
            field_dict["last_used_at"] = last_used_at
        if revoked_at is not UNSET:
            field_dict["revoked_at"] = revoked_at
        if replaced_by is not UNSET:
            field_dict["replaced_by"] = replaced_by

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        scope = Scope(d.pop("scope"))

        created_at = d.pop("created_at")

        key = d.pop("key")

        tenant = d.pop("tenant", UNSET)

        def _parse_expires_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        expires_at = _parse_expires_at(d.pop("expires_at", UNSET))

        def _parse_last_used_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        last_used_at = _parse_last_used_at(d.pop("last_used_at", UNSET))

        def _parse_revoked_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        revoked_at = _parse_revoked_at(d.pop("revoked_at", UNSET))

        def _parse_replaced_by(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        replaced_by = _parse_replaced_by(d.pop("replaced_by", UNSET))

        new_key = cls(
            id=id,
            name=name,
            scope=scope,
            created_at=created_at,
            key=key,
            tenant=tenant,
            expires_at=expires_at,
            last_used_at=last_used_at,
            revoked_at=revoked_at,
            replaced_by=replaced_by,
        )

        return new_key
