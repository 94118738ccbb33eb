"""What is answered of the key that signs evidence."""

from typing import Literal

from pydantic import Field

from openapi.base import Frozen


class SigningKey(Frozen):
    """The public half of the installation's key."""

    algorithm: Literal["ed25519"] = "ed25519"
    keyid: str = Field(description="sha256 of the public key as DER (SubjectPublicKeyInfo); signatures name it")
    public_key: str = Field(description="The same as PEM")
