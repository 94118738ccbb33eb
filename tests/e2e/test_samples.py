"""Samples chosen at random, by class or one by one: real audits give each sample the result it has among all."""

from collections import Counter

import pytest

from tests.e2e.client import Client, Json

N = 70


@pytest.fixture(scope="module")
def body(client: Client) -> Json:
    attacks = [{"name": "pgd", "eps": 0.05, "steps": 4}, {"name": "fgsm", "eps": 0.05}]
    return {
        "model_id": client.model(),
        "dataset_id": client.dataset(N),
        "attacks": attacks,
        "neurons": {"steps": 2, "max_samples": 8},
        "seed": 3,
    }


@pytest.fixture(scope="module")
def every(client: Client, body: Json) -> list[Json]:
    audit = client.start(body)
    client.report(audit)
    return client.samples(audit)


@pytest.mark.parametrize(
    ("fields", "n", "said"),
    [
        ({"samples": "random", "max_samples": 20}, 20, "random"),
        ({"samples": "per_class", "max_samples": 20, "execution": {"shards": 3}}, 20, "each class"),
        ({"samples": [66, 3, 14], "execution": {"shards": 2}}, 3, "listed"),
        ({"samples": "random", "max_samples": 20, "survivors_only": True, "execution": {"shards": 2}}, 20, "seed 3"),
    ],
)
def test_chosen_samples(client: Client, body: Json, every: list[Json], fields: Json, n: int, said: str) -> None:
    audit = client.start({**body, **fields})
    report, samples = client.report(audit), client.samples(audit)
    assert report["dataset"]["evaluated"] == report["clean"]["n"] == len(samples) == n
    assert said in report["dataset"]["samples"]
    assert report["config"]["samples"] == fields["samples"]
    indices = [sample["index"] for sample in samples]
    assert indices == sorted(set(indices))
    assert indices != list(range(n))
    if not fields.get("survivors_only"):
        for sample in samples:
            full = every[sample["index"]]
            assert {**sample, "attacks": {}} == {**full, "attacks": {}}
            for name, outcome in sample["attacks"].items():
                assert outcome["success"] == full["attacks"][name]["success"]
    if fields["samples"] == "per_class":
        assert set(Counter(sample["label"] for sample in samples).values()) == {2}
    if isinstance(fields["samples"], list):
        assert indices == sorted(fields["samples"])
    assert report["neurons"]["pairs"]["n"] == min(8, n)


def test_wrong_choices_are_refused_by_name(client: Client, body: Json) -> None:
    for fields, pointer in (
        ({"samples": "random"}, "/max_samples"),
        ({"samples": [1, 2], "max_samples": 2}, "/max_samples"),
        ({"samples": [1, 2, 1]}, "/samples/2"),
        ({"samples": [1, N]}, "/samples/1"),
        ({"samples": []}, "/samples"),
        ({"samples": [-1]}, "/samples/0"),
        ({"samples": "last"}, "/samples"),
    ):
        answer = client.http.post("/audits", json={**body, **fields})
        assert answer.status_code == 422, answer.text
        assert pointer in [error["pointer"] for error in answer.json()["errors"]], answer.text
