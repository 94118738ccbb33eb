"""The key that an installation signs evidence with: ed25519 (RFC 8032), in a file for the service alone."""

import hashlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url

from openapi.evidence import SigningKey
from openapi.wire.private import placed_once
from openapi.wire.settings import Settings
from service.evidence.model_signing import ModelSigner

if TYPE_CHECKING:  # heavy, and nothing else in the API needs it
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class WrongKey(ValueError):
    """The file holds no ed25519 key without a password."""


class NoKey(LookupError):
    """No key is set where several APIs may sign: each would make its own."""


class Signer:
    """Signs bytes; `public` is how others know the key."""

    def __init__(self, key: "Ed25519PrivateKey") -> None:
        self._key = key

    def sign(self, data: bytes) -> bytes:
        """The signature, 64 bytes; the same bytes give the same one."""
        return self._key.sign(data)

    @cached_property
    def public(self) -> SigningKey:
        """The public half."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        key = self._key.public_key()
        der, pem = (key.public_bytes(form, PublicFormat.SubjectPublicKeyInfo) for form in (Encoding.DER, Encoding.PEM))
        return SigningKey(keyid=hashlib.sha256(der).hexdigest(), public_key=pem.decode(), models=self.models.public)

    @cached_property
    def models(self) -> ModelSigner:
        """What signs hardened checkpoints."""
        return ModelSigner(self._key.private_bytes_raw())


def signer(settings: Settings) -> Signer:
    """The installation's: as the settings say, else one in the data folder, made when first needed.

    Raises `NoKey` where nothing is set and the database is a server, `WrongKey`, and `OSError` where the file cannot be
    read.
    """
    if settings.signing_key_file is not None:
        return Signer(_read(settings.signing_key_file))
    if settings.signing_key is not None:
        return Signer(_of_seed(bytes.fromhex(settings.signing_key.get_secret_value())))
    if make_url(settings.sqlalchemy_url).get_backend_name() != "sqlite":
        raise NoKey(
            "this installation has no key to sign with yet: its operator sets TREMOR_SIGNING_KEY (or "
            "TREMOR_SIGNING_KEY_FILE), the same for every API"
        )
    path = settings.data_dir / "signing-key.pem"
    placed_once(path, _new_pem)
    return Signer(_read(path))


def _of_seed(seed: bytes) -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(seed)


def _read(path: Path) -> "Ed25519PrivateKey":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise WrongKey(f"{path} holds no private key as PEM without a password: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise WrongKey(f"{path} holds a key of another kind; make one with: openssl genpkey -algorithm ed25519")
    return key


def _new_pem() -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
