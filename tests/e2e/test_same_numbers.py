"""An audit gives the same numbers whatever the batch size and the number of shards."""

from collections.abc import Callable

import pytest

from tests.e2e.client import Client, Json, assert_same, by_neuron, numbers

N = 70


@pytest.fixture(scope="module")
def request_body(client: Client) -> Json:
    return {
        "model_id": client.model("small_vgg.pt"),
        "dataset_id": client.dataset(N),
        "attacks": [
            {"name": "pgd", "eps": 0.05, "steps": 5, "restarts": 2},
            {"name": "pgd", "norm": "l2", "eps": 1.0, "steps": 5},
            {"name": "fgsm", "eps": 0.05},
        ],
        "neurons": {"eps": 0.03, "steps": 3},
        "seed": 7,
    }


def run(client: Client, forget: Callable[[], None], body: Json, execution: Json) -> tuple[Json, list[Json]]:
    # Results are found again by content, and neither batch size nor cut is part of it.
    forget()
    audit = client.start({**body, "execution": execution})
    report = numbers(client.report(audit))
    return report, client.samples(audit)


@pytest.fixture(scope="module")
def reference(client: Client, forget: Callable[[], None], request_body: Json) -> tuple[Json, list[Json]]:
    return run(client, forget, request_body, {"batch_size": 64, "shards": 1})


@pytest.mark.parametrize("execution", [{"batch_size": 1, "shards": 1}, {"batch_size": 7, "shards": 1}, {"shards": 3}])
def test_batch_size_and_shards(
    client: Client,
    forget: Callable[[], None],
    request_body: Json,
    reference: tuple[Json, list[Json]],
    execution: Json,
) -> None:
    report, samples = run(client, forget, request_body, execution)
    report, expected = dict(report), dict(reference[0])
    # Convolutions round differently in another batch size, and the steps' signs make more of it.
    neurons, expected_neurons = by_neuron(report.pop("neurons")), by_neuron(expected.pop("neurons"))
    assert_same(neurons, expected_neurons, "neurons", tolerance=1e-3)
    assert_same(report, expected)
    assert_same(samples, reference[1])


def test_survivors_only_gives_the_same_worst_case(
    client: Client, forget: Callable[[], None], request_body: Json, reference: tuple[Json, list[Json]]
) -> None:
    body = {**request_body, "neurons": None, "survivors_only": True}
    report, samples = run(client, forget, body, {"shards": 2})
    expected = reference[0]
    assert [w["robust"] for w in report["worst_case"]] == [w["robust"] for w in expected["worst_case"]]
    pgd, l2, fgsm = report["attacks"]
    assert (l2["robust"], fgsm["robust"]) == tuple(a["robust"] for a in expected["attacks"][1:])
    assert pgd["figures"]["met"] == fgsm["robust"] < fgsm["figures"]["met"]
    assert pgd["forward_passes"] < expected["attacks"][0]["forward_passes"]
    for ours, every in zip(samples, reference[1], strict=True):
        assert ours["attacks"][fgsm["id"]]["success"] == every["attacks"][fgsm["id"]]["success"]
        anyone = every["attacks"][fgsm["id"]]["success"] or every["attacks"][pgd["id"]]["success"]
        assert ours["attacks"][pgd["id"]]["success"] == anyone


def test_the_reference_says_something(reference: tuple[Json, list[Json]]) -> None:
    report, samples = reference
    assert report["clean"]["n"] == len(samples) == N
    assert 0.8 <= report["clean"]["accuracy"] <= 1
    first = report["attacks"][0]
    assert 0 < first["robust"] < report["clean"]["correct"]
    assert [sample["index"] for sample in samples] == list(range(N))
