"""Secrets at rest: encrypted with a key of the installation, so that the database alone gives none of them away.

The encryption is Fernet (AES-128-CBC with HMAC-SHA256, https://github.com/fernet/spec), of the `cryptography` package.
"""

import base64
import secrets
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url

from openapi.problems import Unavailable
from openapi.wire.private import placed_once
from openapi.wire.settings import Settings

if TYPE_CHECKING:  # heavy, and needed only where there are secrets
    from cryptography.fernet import MultiFernet

#: What is encrypted begins so; anything else is a secret of the time before.
SEALED = "fernet:"


class CannotOpen(Exception):
    """A secret was encrypted with a key that is not there any more."""


class Vault:
    """Encrypts and decrypts with the keys of `TREMOR_SECRET_KEY`, else one in the data folder."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def seal(self, secret: str) -> str:
        """The secret encrypted with the first key. Raises `Unavailable` where the installation has none."""
        keys = self._keys
        if keys is None:
            raise Unavailable(
                "Secrets are kept encrypted, and this installation has no key for that yet: its operator sets "
                "TREMOR_SECRET_KEY, the same for every API"
            )
        return SEALED + keys.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """The secret. Raises `CannotOpen`."""
        from cryptography.fernet import InvalidToken

        if not sealed.startswith(SEALED):
            return sealed
        if self._keys is None:
            raise CannotOpen("it is encrypted, and TREMOR_SECRET_KEY is not set")
        try:
            return self._keys.decrypt(sealed.removeprefix(SEALED).encode()).decode()
        except InvalidToken as error:
            raise CannotOpen("it is encrypted with a key that TREMOR_SECRET_KEY does not have") from error

    def resealed(self, sealed: str) -> str:
        """The secret encrypted with the first key; itself where it is, or there is none. Raises `CannotOpen`."""
        from cryptography.fernet import InvalidToken

        if not self._texts:
            return sealed
        if sealed.startswith(SEALED):
            try:
                _fernet(self._texts[:1]).decrypt(sealed.removeprefix(SEALED).encode())
            except InvalidToken:
                return self.seal(self.open(sealed))
            return sealed
        return self.seal(sealed)

    @cached_property
    def _keys(self) -> "MultiFernet | None":
        return _fernet(self._texts) if self._texts else None

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        """The keys, each 64 hexadecimal digits, that which encrypts first."""
        given = self._settings.secret_key
        if given is not None:
            return tuple(given.get_secret_value().split(","))
        if make_url(self._settings.sqlalchemy_url).get_backend_name() != "sqlite":
            return ()
        path = self._settings.data_dir / "secret-key"
        placed_once(path, lambda: secrets.token_hex(32).encode())
        return (path.read_text(encoding="ascii").strip(),)


def _fernet(texts: Sequence[str]) -> "MultiFernet":
    from cryptography.fernet import Fernet, MultiFernet

    return MultiFernet([Fernet(base64.urlsafe_b64encode(bytes.fromhex(text))) for text in texts])
