"""Signatures of hardened checkpoints, verified by the `model_signing` command of the OpenSSF."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import httpx

from openapi.wire.settings import Settings
from service.evidence.keys import signer
from service.evidence.package import evidence
from tests.service.conftest import ended
from tests.service.problems import is_problem
from tests.service.report import REPORT
from tests.service.test_evidence import members
from tests.service.test_hardenings import begun
from tests.service.worker import ProtocolWorker

SEED = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
KINDS = (("hardened.onnx", "checkpoint"), ("manifest.json", "manifest"))


def verifies(file: Path, signature: bytes, key: str) -> bool:
    """Whether the command says that the file is what was signed with this key."""
    (file.parent / "model.sig").write_bytes(signature)
    (file.parent / "key.pem").write_text(key)
    command = [shutil.which("model_signing", path=str(Path(sys.executable).parent)) or "model_signing"]
    more = ["--signature", str(file.parent / "model.sig"), "--public_key", str(file.parent / "key.pem")]
    done = subprocess.run([*command, "verify", "key", str(file), *more], capture_output=True, text=True)
    assert ("Verification succeeded" in done.stdout) == (done.returncode == 0), done
    return done.returncode == 0


def test_a_checkpoint_is_verified_and_a_changed_one_is_not(
    api: httpx.Client, worker: ProtocolWorker, tmp_path: Path
) -> None:
    asked, shard = begun(api, worker, epochs=1)
    worker.do(shard)
    assert ended(api, f"hardenings/{asked['id']}")["status"] == "succeeded"
    items = api.get(f"/v1/hardenings/{asked['id']}/artifacts").json()["items"]
    files = [item for item in items if item["kind"] == "checkpoint"]
    assert {file["format"] for file in files} == {"onnx", "torchscript", "safetensors"}
    key = api.get("/v1/signing-key").json()["models"]
    assert key["algorithm"] == "ecdsa-p256-sha256"
    for file in files:
        answer = api.get(f"{file['href']}/signature")
        assert answer.headers["content-type"] == "application/vnd.dev.sigstore.bundle.v0.3+json"
        assert answer.content == api.get(f"{file['href']}/signature").content
        path = tmp_path / "checkpoint"
        path.write_bytes(api.get(file["href"]).content)
        assert verifies(path, answer.content, key["public_key"])
        path.write_bytes(path.read_bytes() + b"!")
        assert not verifies(path, answer.content, key["public_key"])
    (manifest,) = (item for item in items if item["kind"] == "manifest")
    is_problem(api.get(f"{manifest['href']}/signature"), 404, "not-found")


def test_evidence_holds_the_signatures(tmp_path: Path) -> None:
    path = tmp_path / "renamed.bin"
    path.write_bytes(b"a hardened model")
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    files = [{"name": name, "kind": kind, "sha256": sha256} for name, kind in KINDS]
    report = json.dumps({**REPORT, "artifacts": files}).encode()
    found = members(evidence(report, signer(Settings(data_dir=tmp_path, signing_key=SEED))))
    assert {name for name in found if "model_signing" in name} == {
        "model_signing/hardened.onnx.sig",
        "model_signing_key.pem",
    }
    key = found["model_signing_key.pem"].decode()
    assert verifies(path, found["model_signing/hardened.onnx.sig"], key)
    other = signer(Settings(data_dir=tmp_path, signing_key="ab" * 32)).models.public.public_key
    assert not verifies(path, found["model_signing/hardened.onnx.sig"], other)


def test_every_api_derives_the_same_key(tmp_path: Path) -> None:
    one, two = (signer(Settings(data_dir=tmp_path / name, signing_key=SEED)).models for name in ("one", "two"))
    assert one.public == two.public
    assert one.sign("a", "ab" * 32) == two.sign("a", "ab" * 32)
