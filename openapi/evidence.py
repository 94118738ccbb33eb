"""What is answered of the key that signs evidence."""

from typing import Literal

from pydantic import Field

from openapi.base import Frozen


class ModelSigningKey(Frozen):
    """The public half of the key that signs hardened checkpoints (OpenSSF model signing)."""

    algorithm: Literal["ecdsa-p256-sha256"] = "ecdsa-p256-sha256"
    keyid: str = Field(description="sha256 of the public key as PEM; signatures name it as their hint")
    public_key: str = Field(description="The same as PEM")


class SigningKey(Frozen):
    """The public half of the installation's key."""

    algorithm: Literal["ed25519"] = "ed25519"
    keyid: str = Field(description="sha256 of the public key as DER (SubjectPublicKeyInfo); signatures name it")
    public_key: str = Field(description="The same as PEM")
    models: ModelSigningKey = Field(description="The key that signs hardened checkpoints")
