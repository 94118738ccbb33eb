from __future__ import annotations

from collections.abc import Mapping
from typing import (
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ModelSigningKey")


@_attrs_define
class ModelSigningKey:
    """The public half of the key that signs hardened checkpoints (OpenSSF model signing).

    Attributes:
        keyid (str): sha256 of the public key as PEM; signatures name it as their hint
        public_key (str): The same as PEM
        algorithm (Literal['ecdsa-p256-sha256'] | Unset):  Default: 'ecdsa-p256-sha256'.
    """

    keyid: str
    public_key: str
    algorithm: Literal["ecdsa-p256-sha256"] | Unset = "ecdsa-p256-sha256"

    def to_dict(self) -> dict[str, Any]:
        keyid = self.keyid

        public_key = self.public_key

        algorithm = self.algorithm

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "keyid": keyid,
                "public_key": public_key,
            }
        )
        if algorithm is not UNSET:
            field_dict["algorithm"] = algorithm

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        keyid = d.pop("keyid")

        public_key = d.pop("public_key")

        algorithm = cast(Literal["ecdsa-p256-sha256"] | Unset, d.pop("algorithm", UNSET))

        model_signing_key = cls(
            keyid=keyid,
            public_key=public_key,
            algorithm=algorithm,
        )

        return model_signing_key
