"""A CycloneDX 1.6 bill of materials of the audited model, with its robustness as performance metrics."""

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from openapi.text import visible
from openapi.threat_models import threat_label

Json = Mapping[str, Any]


def bill(report: Json) -> dict[str, Any]:
    """The bill; the same report gives the same one."""
    model, data = report["model"], report["dataset"]
    dataset_ref = f"dataset:{data['sha256']}"
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, 'urn:tremor:' + report['id'])}",
        "version": 1,
        "metadata": {
            "timestamp": report["created_at"],
            "tools": {"components": [{"type": "application", "name": "Tremor", "version": version("tremor")}]},
            "component": {
                "type": "machine-learning-model",
                "bom-ref": f"model:{model['sha256']}",
                "name": visible(model["name"]),
                "hashes": [{"alg": "SHA-256", "content": model["sha256"]}],
                "properties": [
                    {"name": "tremor:audit", "value": report["id"]},
                    {"name": "tremor:verdict", "value": report["verdict"]["status"] or "no policy"},
                    {"name": "tremor:format", "value": model["format"]},
                    {"name": "tremor:parameters", "value": str(model["num_parameters"])},
                ],
                "modelCard": {
                    "modelParameters": {
                        "task": "image classification",
                        "datasets": [{"ref": dataset_ref}],
                        "inputs": [{"format": "image"}],
                        "outputs": [{"format": f"scores of {model['num_classes']} classes"}],
                    },
                    "quantitativeAnalysis": {"performanceMetrics": list(_metrics(report))},
                },
            },
        },
        "components": [
            {
                "type": "data",
                "bom-ref": dataset_ref,
                "name": visible(data["name"]),
                "hashes": [{"alg": "SHA-256", "content": data["sha256"]}],
                "data": [{"type": "dataset", "name": visible(data["name"])}],
            }
        ],
    }


def _metrics(report: Json) -> Iterator[dict[str, Any]]:
    """Clean accuracy, each worst case and each attack, with 95 % Wilson intervals."""
    evaluated = f"{report['clean']['n']} samples of {visible(report['dataset']['name'])}"
    yield _metric("accuracy", report["clean"]["accuracy"], report["clean"]["ci95"], evaluated)
    for block in report["worst_case"]:
        what = f"worst case, {threat_label(block)}; {evaluated}"
        yield _metric("robust accuracy", block["robust_accuracy"], block["ci95"], what)
    for block in report["attacks"]:
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
