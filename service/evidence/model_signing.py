"""OpenSSF model signing (v1) of hardened checkpoints: whoever has the file and the public key verifies it offline.

A signature is a Sigstore bundle around a DSSE envelope, whose in-toto statement holds the file's sha256; the
`model_signing` command of that project verifies it. It takes keys on NIST's curves and no ed25519, so the installation
has a second key, derived from its first: one secret stays to be kept, and all APIs have the same.
"""

import base64
import hashlib
import json
from functools import cached_property
from typing import TYPE_CHECKING

from openapi.evidence import ModelSigningKey
from service.evidence.dsse import PAYLOAD_TYPE, canonical, pre_authentication

if TYPE_CHECKING:  # heavy, and nothing else in the API needs it
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
_STATEMENT, _PREDICATE = "https://in-toto.io/Statement/v1", "https://model_signing/signature/v1.0"
#: Order of the group of P-256 (SEC 2, 2.4.2).
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
#: 64 bits more than the order has: the rest of a division is then as good as uniform (FIPS 186-5, A.2.1).
_BYTES = 40


class ModelSigner:
    """Signs files with a key on P-256; `public` is how others know it."""

    def __init__(self, seed: bytes) -> None:
        """Seed: the 32 secret bytes of the installation's ed25519 key."""
        self._seed = seed

    @cached_property
    def _key(self) -> "EllipticCurvePrivateKey":
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        derived = HKDF(SHA256(), _BYTES, salt=None, info=b"tremor model signing P-256").derive(self._seed)
        return ec.derive_private_key(int.from_bytes(derived) % (_ORDER - 1) + 1, ec.SECP256R1())

    @cached_property
    def public(self) -> ModelSigningKey:
        """The public half."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        pem = self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return ModelSigningKey(keyid=hashlib.sha256(pem).hexdigest(), public_key=pem.decode())

    def sign(self, name: str, sha256: str) -> bytes:
        """The bundle of a file; the same file gives the same one (RFC 6979). It verifies under any name."""
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.hashes import SHA256

        payload = canonical(_statement(name, sha256))
        signature = self._key.sign(
            pre_authentication(PAYLOAD_TYPE, payload), ec.ECDSA(SHA256(), deterministic_signing=True)
        )
        bundle = {
            "mediaType": MEDIA_TYPE,
            "verificationMaterial": {"publicKey": {"hint": self.public.keyid}, "tlogEntries": []},
            "dsseEnvelope": {
                "payload": base64.b64encode(payload).decode(),
                "payloadType": PAYLOAD_TYPE,
                "signatures": [{"sig": base64.b64encode(signature).decode(), "keyid": ""}],
            },
        }
        return json.dumps(bundle).encode() + b"\n"


def _statement(name: str, sha256: str) -> dict[str, object]:
    """Of a model that is one file: its path within itself is ".", and the root is the hash of that hash."""
    root = hashlib.sha256(bytes.fromhex(sha256)).hexdigest()
    return {
        "_type": _STATEMENT,
        "subject": [{"name": name, "digest": {"sha256": root}}],
        "predicateType": _PREDICATE,
        "predicate": {
            "resources": [{"name": ".", "algorithm": "sha256", "digest": sha256}],
            "serialization": {"method": "files", "hash_type": "sha256", "allow_symlinks": False},
        },
    }
