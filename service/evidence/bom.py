"""A CycloneDX 1.6 bill of materials of the audited model, with its robustness as performance metrics."""

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from openapi.text import counted, visible
from openapi.threat_models import threat_label

Json = Mapping[str, Any]


def bill(report: Json) -> dict[str, Any]:
    """The bill; the same report gives the same one.

    The audited model is its subject. A hardened one is a component beside the data, with the checkpoints as its files
    and the numbers after hardening.
    """
    data = report["dataset"]
    dataset_ref = f"dataset:{data['sha256']}"
    components = [
        {
            "type": "data",
            "bom-ref": dataset_ref,
            "name": visible(data["name"]),
            "hashes": [{"alg": "SHA-256", "content": data["sha256"]}],
            "data": [{"type": "dataset", "name": visible(data["name"])}],
        }
    ]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, 'urn:tremor:' + report['id'])}",
        "version": 1,
        "metadata": {
            "timestamp": report["created_at"],
            "tools": {"components": [{"type": "application", "name": "Tremor", "version": version("tremor")}]},
            "component": _audited(report, dataset_ref),
        },
        "components": components + _hardened(report, dataset_ref),
    }


def _identity(report: Json) -> dict[str, Any]:
    """The uploaded model by its name and content."""
    model = report["model"]
    hashes = [{"alg": "SHA-256", "content": model["sha256"]}]
    return {"type": "machine-learning-model", "name": visible(model["name"]), "hashes": hashes}


def _audited(report: Json, dataset_ref: str) -> dict[str, Any]:
    model = report["model"]
    return {
        **_identity(report),
        "bom-ref": f"model:{model['sha256']}",
        "properties": [
            {"name": "tremor:audit", "value": report["id"]},
            {"name": "tremor:verdict", "value": report["verdict"]["status"] or "no policy"},
            {"name": "tremor:format", "value": model["format"]},
            {"name": "tremor:parameters", "value": str(model["num_parameters"])},
        ],
        "modelCard": _card(report, report, dataset_ref),
    }


def _hardened(report: Json, dataset_ref: str) -> list[dict[str, Any]]:
    """What a hardening made of the model, where it came to something; its parent is the audited one."""
    found = report.get("hardening") or {}
    files = [
        {
            "type": "file",
            "bom-ref": f"checkpoint:{file['sha256']}",
            "name": visible(file["name"]),
            "hashes": [{"alg": "SHA-256", "content": file["sha256"]}],
        }
        for file in report["artifacts"]
        if file["kind"] == "checkpoint"
    ]
    if not found.get("after"):
        return []
    facts = {"hardening": found.get("id"), "method": found.get("method"), "verdict": found.get("verdict")}
    facts["finding"] = found.get("finding")
    return [
        {
            "type": "machine-learning-model",
            "bom-ref": f"hardened:{found.get('id') or report['id']}",
            "name": f"{visible(report['model']['name'])}, hardened",
            "pedigree": {"ancestors": [_identity(report)]},
            "properties": [{"name": f"tremor:{name}", "value": str(value)} for name, value in facts.items() if value],
            "modelCard": _card(report, found["after"], dataset_ref),
            "components": files,
        }
    ]


def _card(report: Json, side: Json, dataset_ref: str) -> dict[str, Any]:
    """What a model does, and how well; side: where its numbers stand, the report itself or a part of its hardening."""
    return {
        "modelParameters": {
            "task": "image classification",
            "datasets": [{"ref": dataset_ref}],
            "inputs": [{"format": "image"}],
            "outputs": [{"format": f"scores of {report['model']['num_classes']} classes"}],
        },
        "quantitativeAnalysis": {"performanceMetrics": list(_metrics(side, visible(report["dataset"]["name"])))},
    }


def _metrics(side: Json, data: str) -> Iterator[dict[str, Any]]:
    """Clean accuracy, each worst case and each attack, with 95 % Wilson intervals."""
    evaluated = f"{counted(side['clean']['n'], 'sample')} of {data}"
    yield _metric("accuracy", side["clean"]["accuracy"], side["clean"]["ci95"], evaluated)
    for block in side["worst_case"]:
        what = f"worst case, {threat_label(block)}; {evaluated}"
        yield _metric("robust accuracy", block["robust_accuracy"], block["ci95"], what)
    for block in side["attacks"]:
        what = f"attack {block['id']}, {threat_label(block)}; {evaluated}"
        yield _metric("robust accuracy", block["robust_accuracy"], block["ci95"], what)


def _metric(kind: str, value: float, ci95: tuple[float, float], what: str) -> dict[str, Any]:
    low, high = ci95
    return {
        "type": kind,
        "value": f"{value:.6g}",
        "slice": visible(what),
        "confidenceInterval": {"lowerBound": f"{low:.6g}", "upperBound": f"{high:.6g}"},
    }
