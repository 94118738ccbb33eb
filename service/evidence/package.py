"""The zip that others keep: report, signed statement, bill of materials, keys. Equal reports give equal bytes."""

import hashlib
import io
import json
import zipfile
from pathlib import PurePosixPath

from service.evidence.bom import bill
from service.evidence.dsse import canonical
from service.evidence.keys import Signer
from service.evidence.statement import envelope, statement

REPORT, ATTESTATION, BOM, KEY = "report.json", "attestation.intoto.jsonl", "bom.cdx.json", "public_key.pem"
#: Signatures of hardened checkpoints, and the key that verifies them.
MODELS, MODEL_KEY = "model_signing", "model_signing_key.pem"


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
    checkpoints = [file for file in report["artifacts"] if file["kind"] == "checkpoint"]
    for file in checkpoints:
        name = PurePosixPath(file["name"]).name
        members[f"{MODELS}/{name}.sig"] = signer.models.sign(name, file["sha256"])
    if checkpoints:
        members[MODEL_KEY] = signer.models.public.public_key.encode()
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)  # dated 1980
            info.external_attr = 0o644 << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return whole.getvalue()
