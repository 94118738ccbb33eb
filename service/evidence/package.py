"""The zip that others keep: report, signed statement, bill of materials, public key. Equal reports give equal bytes."""

import hashlib
import io
import json
import zipfile

from service.evidence.bom import bill
from service.evidence.keys import Signer
from service.evidence.statement import canonical, envelope, statement

REPORT, ATTESTATION, BOM, KEY = "report.json", "attestation.intoto.jsonl", "bom.cdx.json", "public_key.pem"


def evidence(data: bytes, signer: Signer) -> bytes:
    """The zip of a JSON report."""
    report = json.loads(data)
    signed = envelope(canonical(statement(report, hashlib.sha256(data).hexdigest())), signer)
    members = {
        REPORT: data,
        ATTESTATION: canonical(signed) + b"\n",
        BOM: json.dumps(bill(report), indent=1, ensure_ascii=False).encode() + b"\n",
        KEY: signer.public.public_key.encode(),
    }
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)  # dated 1980
            info.external_attr = 0o644 << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return whole.getvalue()
