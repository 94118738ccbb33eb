"""The chart, rendered by Helm: valid Kubernetes, restricted where it says so, and only settings that exist."""

import json
from typing import Any

import kubernetes_validate
import pytest
import yaml

from openapi.wire.settings import Settings
from tests.deploy.files import CHART, Yaml, run

STORES = ("--set", "stores.databaseUrl=postgresql://u:p@db/t", "--set", "stores.redisUrl=redis://:p@queue:6379/0")
EVERYTHING = {
    "stores.s3Endpoint": "https://s3.example.org",
    "stores.s3AccessKeyId": "key",
    "stores.s3SecretAccessKey": "secret",
    "api.autoscaling.enabled": "true",
    "ingress.enabled": "true",
    "ingress.className": "nginx",
    "ingress.tlsSecret": "certificate",
    "worker.autoscaling.by": "keda",
    "worker.gpus": "1",
    "networkPolicy.stores.cidrs[0]": "10.0.0.0/8",
    "monitoring.serviceMonitor": "true",
    "monitoring.alerts": "true",
    "monitoring.dashboard": "true",
    "monitoring.labels.release": "prometheus",
}
CHOICES: dict[str, dict[str, str]] = {
    "defaults": {},
    "everything": EVERYTHING,
    "open": {"api.auth": "none", "ingress.enabled": "true"},
    "full sandbox": {"worker.sandbox": "full"},
    "hpa": {"worker.autoscaling.by": "hpa"},
}


def arguments(choices: dict[str, str]) -> list[str]:
    return [*STORES, *(part for name, value in choices.items() for part in ("--set", f"{name}={value}"))]


def rendered(choices: dict[str, str]) -> list[Yaml]:
    text = run("helm", "template", "audits", str(CHART), *arguments(choices))
    return [document for document in yaml.safe_load_all(text) if document]


def one(documents: list[Yaml], kind: str, name: str) -> Yaml:
    (found,) = [document for document in documents if (document["kind"], document["metadata"]["name"]) == (kind, name)]
    return found


@pytest.mark.parametrize("choices", CHOICES.values(), ids=CHOICES)
def test_it_is_valid_kubernetes(choices: dict[str, str]) -> None:
    run("helm", "lint", str(CHART), "--strict", *arguments(choices))
    documents = rendered(choices)
    assert {"Deployment", "Service", "PodDisruptionBudget", "NetworkPolicy", "ConfigMap"} <= {
        document["kind"] for document in documents
    }
    for document in documents:
        if document["apiVersion"].partition("/")[0] not in ("keda.sh", "monitoring.coreos.com"):
            kubernetes_validate.validate(document, "1.34", strict=True)


@pytest.mark.parametrize("choices", CHOICES.values(), ids=CHOICES)
def test_every_setting_is_one_that_the_service_reads(choices: dict[str, str]) -> None:
    for document in rendered(choices):
        values = document.get("data") if document["kind"] == "ConfigMap" else document.get("stringData")
        for name, value in (values or {}).items():
            if name.startswith("TREMOR_"):
                field = name.removeprefix("TREMOR_").lower()
                read: Any = json.loads(value) if field == "allowed_hosts" else value
                Settings(**{field: read})
                assert field in Settings.model_fields


@pytest.mark.parametrize("name", ["defaults", "everything", "open", "hpa"])
def test_pods_keep_to_the_restricted_level(name: str) -> None:
    """Every demand of the Pod Security Standards' level "restricted"."""
    for document in rendered(CHOICES[name]):
        if document["kind"] != "Deployment":
            continue
        pod = document["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)
        assert all(set(volume) == {"name", "emptyDir"} for volume in pod["volumes"])
        assert pod["automountServiceAccountToken"] is False
        for container in pod["containers"]:
            rights = container["securityContext"]
            assert rights["allowPrivilegeEscalation"] is False
            assert rights["capabilities"] == {"drop": ["ALL"]}
            assert rights["readOnlyRootFilesystem"] is True
            assert "procMount" not in rights


def test_the_full_sandbox_asks_for_what_it_needs() -> None:
    documents = rendered(CHOICES["full sandbox"])
    pod = one(documents, "Deployment", "audits-worker")["spec"]["template"]["spec"]
    assert pod["hostUsers"] is False
    assert pod["securityContext"]["seccompProfile"]["type"] == "Localhost"
    assert one(documents, "ConfigMap", "audits-worker")["data"]["TREMOR_SANDBOX"] == "required"


def test_scaling_reads_metrics_that_there_are() -> None:
    documents = rendered(EVERYTHING)
    found = one(documents, "ScaledObject", "audits-worker")["spec"]
    assert [trigger["metadata"]["valueLocation"] for trigger in found["triggers"]] == [
        'tremor_shards{status="queued"}',
        'tremor_shards{status="running"}',
    ]
    assert {trigger["metadata"]["url"] for trigger in found["triggers"]} == {"http://audits-api.default.svc/metrics"}
    assert "replicas" not in one(documents, "Deployment", "audits-worker")["spec"]


def test_without_keys_it_answers_under_its_own_names() -> None:
    documents = rendered(CHOICES["open"])
    names = json.loads(one(documents, "ConfigMap", "audits-api")["data"]["TREMOR_ALLOWED_HOSTS"])
    assert names == ["audits-api.default.svc", "audits-api.default.svc.cluster.local", "tremor.example.org"]
    command = one(documents, "Deployment", "audits-api")["spec"]["template"]["spec"]["containers"][0]["command"]
    assert command == ["tremor", "api", "--open"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [("api.replicas=0", "replicas"), ("worker.sandbox=off", "sandbox"), ("stores.redisUrl=http://x", "redisUrl")],
)
def test_wrong_values_are_refused_by_name(wrong: str, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        run("helm", "template", "audits", str(CHART), *STORES, "--set", wrong)


def test_the_stores_must_be_named() -> None:
    with pytest.raises(AssertionError, match=r"stores\.databaseUrl"):
        run("helm", "template", "audits", str(CHART))
