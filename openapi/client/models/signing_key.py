from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.model_signing_key import ModelSigningKey


T = TypeVar("T", bound="SigningKey")


@_attrs_define
class SigningKey:
    """The public half of the installation's key.

    Attributes:
        keyid (str): sha256 of the public key as DER (SubjectPublicKeyInfo); signatures name it
        public_key (str): The same as PEM
        models (ModelSigningKey): The public half of the key that signs hardened checkpoints (OpenSSF model signing).
        algorithm (Literal['ed25519'] | Unset):  Default: 'ed25519'.
    """

    keyid: str
    public_key: str
    models: ModelSigningKey
    algorithm: Literal["ed25519"] | Unset = "ed25519"

    def to_dict(self) -> dict[str, Any]:
        keyid = self.keyid

        public_key = self.public_key

        models = self.models.to_dict()

        algorithm = self.algorithm

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "keyid": keyid,
                "public_key": public_key,
                "models": models,
            }
        )
        if algorithm is not UNSET:
            field_dict["algorithm"] = algorithm

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.model_signing_key import ModelSigningKey  # noqa: PLC0415

        d = dict(src_dict)
        keyid = d.pop("keyid")

        public_key = d.pop("public_key")

        models = ModelSigningKey.from_dict(d.pop("models"))

        algorithm = cast(Literal["ed25519"] | Unset, d.pop("algorithm", UNSET))

        signing_key = cls(
            keyid=keyid,
            public_key=public_key,
            models=models,
            algorithm=algorithm,
        )

        return signing_key
