"""API keys: what a key may do, and the calls that make, rotate and revoke them."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from openapi.base import Frozen, Name, Timestamp


class Scope(StrEnum):
    """What a key may do; each includes those before it.

    `read`: look at everything of its tenant. `submit`: upload, start, cancel and delete as well. `admin`: manage the
    tenant's keys as well.
    """

    READ = "read"
    SUBMIT = "submit"
    ADMIN = "admin"

    def allows(self, wanted: "Scope") -> bool:
        """Whether a key of this scope may do what asks for `wanted`."""
        order = list(Scope)
        return order.index(self) >= order.index(wanted)


#: Longest that an old key may go on beside the one that replaces it: 30 days.
_LONGEST_OVERLAP = 30 * 24 * 3600.0

KeyName = Annotated[Name, Field(description="For people: who uses it, and for what")]


class KeyRequest(Frozen):
    """A key to be made, of the tenant of the key that asks."""

    name: KeyName
    scope: Scope = Scope.SUBMIT
    expires_at: Timestamp | None = Field(None, description="When it ends by itself; null: never")


class KeyRotation(Frozen):
    """How a key is replaced by a new one of the same name and scope."""

    overlap_seconds: float = Field(
        0.0, ge=0, le=_LONGEST_OVERLAP, description="How long the old key still works, so that clients can change over"
    )
    expires_at: Timestamp | None = Field(None, description="When the new key ends by itself; null: never")


class KeyInfo(Frozen):
    """A key, without the secret: of that only a hash is kept."""

    id: str
    tenant: str = Field("", description="Whose keys see the same, and nothing of others'")
    name: str
    scope: Scope
    created_at: Timestamp
    expires_at: Timestamp | None = None
    last_used_at: Timestamp | None = Field(None, description="To the minute; calls that were refused count")
    revoked_at: Timestamp | None = None
    replaced_by: str | None = Field(None, description="Id of the key that was made of it when it was rotated")


class NewKey(KeyInfo):
    """A key that was just made."""

    key: str = Field(description="The secret, shown this once")
