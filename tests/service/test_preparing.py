"""Data that a model takes in another form: the stage before the attacks, and what the report is told of it."""

import json

import httpx
import pytest

from openapi.wire.jobs import Shard
from tests.service.conftest import audit, ended, upload, upload_ready
from tests.service.worker import ProtocolWorker

NAMED = {"labels": ["cat", "dog", "owl"], "label_source": "name"}


def labelled(api: httpx.Client, worker: ProtocolWorker, *labels: str) -> str:
    identity = upload(api, "models", json.dumps(labels).encode(), {"labels": list(labels)})
    worker.do(worker.take())
    return identity


def test_names_in_another_order_are_brought_to_the_models(api: httpx.Client, worker: ProtocolWorker) -> None:
    model = labelled(api, worker, "owl", "Cat", "dog")
    dataset = upload_ready(api, worker, "datasets", b"named", **NAMED)
    identity = audit(api, model, dataset)
    shard = worker.take()
    assert (shard.stage, sorted(shard.inputs)) == ("prepare", ["x", "y"])
    assert shard.params["channels"] is None
    (reading,) = shard.params["readings"]
    assert reading["logits"] == [1, 2, 0]
    assert api.get(f"/v1/audits/{identity}").json()["phase"] == "preparing"
    worker.do(shard)
    attack = worker.take()
    assert attack.stage == "attack"
    assert attack.inputs["x"] == shard.inputs["x"]
    assert attack.inputs["y"] != shard.inputs["y"]
    worker.do(attack)
    report = worker.take()
    about = report.params["dataset"]
    assert about["label_mapping"] == {"order": "name", "logits": [1, 2, 0], "evidence": None}
    assert any("'cat' is 'Cat'" in warning for warning in about["warnings"])
    worker.do(report)
    assert ended(api, f"audits/{identity}")["status"] == "succeeded"


def test_the_same_names_need_no_stage(api: httpx.Client, worker: ProtocolWorker) -> None:
    model = labelled(api, worker, "cat", "dog", "owl")
    audit(api, model, upload_ready(api, worker, "datasets", b"named", **NAMED))
    attack = worker.take()
    assert attack.stage == "attack"
    worker.do(attack)
    about = worker.take().params["dataset"]
    assert (about["label_mapping"], about["labels"], about["channels"]) == (None, NAMED["labels"], "as stored")


def test_colour_for_a_model_that_takes_grey(api: httpx.Client, worker: ProtocolWorker) -> None:
    model = upload_ready(api, worker, "models", b"a model")
    audit(api, model, upload_ready(api, worker, "datasets", b"colour", shape=[3, 8, 8]))
    shard = worker.take()
    assert (shard.stage, shard.params["channels"]) == ("prepare", 1)
    worker.do(shard, channels="luminance")
    attack = worker.take()
    assert attack.inputs["x"] != shard.inputs["x"]
    worker.do(attack)
    about = worker.take().params["dataset"]
    assert about["channels"] == "luminance"
    assert "the images are colour and the model takes grey: every number is of luminance" in about["warnings"]


def test_evidence_takes_the_model_along_and_names_logits(api: httpx.Client, worker: ProtocolWorker) -> None:
    model = upload_ready(api, worker, "models", b"a model", num_classes=12)
    numbers = [str(i) for i in range(12)]
    numbered = {"num_classes": 12, "class_counts": [1] * 12, "numbered_names": sorted(numbers), "num_samples": 12}
    identity = audit(api, model, upload_ready(api, worker, "datasets", b"numbered", **numbered))
    shard = worker.take()
    assert sorted(shard.inputs) == ["model", "x", "y"]
    numeric, text = shard.params["readings"]
    assert (numeric["order"], text["order"]) == ("numeric", "text")
    assert [text["logits"][int(name)] for name in sorted(numbers)] == list(range(12))
    evidence = {"n": 10, "correct": {"numeric": 0, "text": 10}}
    worker.do(shard, evidence=evidence, notes=["text order was taken"])
    worker.do(worker.take())
    report = worker.take()
    about = report.params["dataset"]
    assert about["label_mapping"] == {"order": "text", "logits": text["logits"], "evidence": evidence}
    assert about["labels"] == sorted(numbers)
    assert "text order was taken" in about["warnings"]
    worker.do(report)
    assert ended(api, f"audits/{identity}")["status"] == "succeeded"


def test_a_hardening_prepares_what_it_trains_on_and_what_it_is_judged_by(
    api: httpx.Client, worker: ProtocolWorker
) -> None:
    model = labelled(api, worker, "owl", "cat", "dog")
    data = [upload_ready(api, worker, "datasets", name, **NAMED) for name in (b"train", b"eval")]
    body = {"model_id": model, "train_dataset_id": data[0], "eval_dataset_id": data[1], "method": "pat", "epochs": 1}
    answer = api.post("/v1/hardenings", json=body)
    assert answer.status_code == 202, answer.text
    made: dict[str, Shard] = {}
    for _ in range(2):
        shard = worker.take()
        assert shard.stage == "prepare"
        worker.do(shard)
        made[shard.inputs["x"].sha256] = shard
    train = worker.take()
    assert train.stage == "harden"
    assert train.inputs["y"] != made[train.inputs["x"].sha256].inputs["y"]
    worker.do(train)
    comparison = worker.take()
    assert comparison.inputs["x"] != train.inputs["x"]
    assert comparison.inputs["y"] != made[comparison.inputs["x"].sha256].inputs["y"]


def test_a_class_by_its_name_and_by_its_number_is_one_threat_model(api: httpx.Client, worker: ProtocolWorker) -> None:
    model = labelled(api, worker, "cat", "dog", "\N{GRINNING FACE}")
    dataset = upload_ready(api, worker, "datasets", b"plain")
    specs = [{"name": "pgd", "eps": 0.1, "steps": steps} for steps in (2, 3, 4)]
    targets = ("\N{GRINNING FACE}", 2, "dog")
    attacks = [{**spec, "target": target} for spec, target in zip(specs, targets, strict=True)]
    identity = audit(api, model, dataset, attacks=attacks, neurons=None)
    for _ in attacks:
        worker.do(worker.take())
    params = worker.take().params
    assert [attack["target"] for attack in params["attacks"]] == ["\N{GRINNING FACE}", "\N{GRINNING FACE}", "dog"]
    assert [attack["id"].partition("-to-")[2] for attack in params["attacks"]] == ["u1f600", "2", "dog"]
    assert api.get(f"/v1/audits/{identity}").json()["request"]["attacks"][1]["target"] == 2, "as it was asked for"


def test_a_class_can_be_aimed_at_by_the_data_sets_name(api: httpx.Client, worker: ProtocolWorker) -> None:
    model = upload_ready(api, worker, "models", b"a model")
    dataset = upload_ready(api, worker, "datasets", b"named", **NAMED)
    audit(api, model, dataset, attacks=[{"name": "pgd", "eps": 0.1, "target": "dog"}])
    attack = worker.take()
    assert (attack.stage, attack.params["attack"]["target"]) == ("attack", 1)


@pytest.mark.parametrize(("asked", "told"), [(500, True), (10, False), (None, False)])
def test_more_samples_than_there_are_is_said(
    api: httpx.Client, worker: ProtocolWorker, asked: int | None, told: bool
) -> None:
    model, dataset = (upload_ready(api, worker, kind, kind.encode()) for kind in ("models", "datasets"))
    identity = audit(api, model, dataset, max_samples=asked)
    while (report := worker.take()).stage != "report":
        worker.do(report)
    about = report.params["dataset"]
    assert (about["num_samples"], about["evaluated"]) == (10, 10)
    assert [w for w in about["warnings"] if "asked for" in w] == (
        ["500 samples were asked for and the data set has 10: all of them were evaluated"] if told else []
    )
    worker.do(report)
    assert ended(api, f"audits/{identity}")["status"] == "succeeded"


def test_an_audit_waits_for_the_data_set_that_carries_concepts(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = upload_ready(api, worker, "models", b"a model"), upload_ready(api, worker, "datasets", b"plain")
    concepts = upload(api, "datasets", b"with masks")
    explain = {"attack": {"name": "fgsm", "eps": 0.1}, "dissection": {"dataset_id": concepts}}
    inspect = worker.take()
    identity = audit(api, model, dataset, explain=explain, neurons={})
    assert worker.is_empty()  # nothing begins before all is inspected
    assert api.delete(f"/v1/datasets/{concepts}").status_code == 409
    worker.do(inspect)  # it has none: only now that can be seen
    problem = ended(api, f"audits/{identity}")["problem"]
    assert problem["errors"][0]["pointer"] == "/explain/dissection/dataset_id"
    assert "carries no masks" in problem["detail"]
    assert api.delete(f"/v1/datasets/{concepts}").status_code == 204
    explain["dissection"] = {"dataset_id": "dst_none"}
    body = {"model_id": model, "dataset_id": dataset, "explain": explain}
    answer = api.post("/v1/audits", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/explain/dissection/dataset_id"
