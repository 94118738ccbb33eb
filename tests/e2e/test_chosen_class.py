"""A chosen target class from request to report: by number and by name, reached and misled apart."""

import pytest

from tests.e2e.client import DEMO, INPUT, Client, Json

NAMES = ["top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"]
N = 60


@pytest.fixture(scope="module")
def body(client: Client) -> Json:
    content = (DEMO / "small_vgg.onnx").read_bytes()
    model = client.upload("models", "m.onnx", content, {"name": "named", "input": INPUT, "labels": NAMES})
    return {"model_id": model, "dataset_id": client.dataset(N), "neurons": None, "keep_examples": True}


def test_reached_and_misled_are_reported_apart(client: Client, body: Json) -> None:
    pgd = {"name": "pgd", "eps": 0.1, "steps": 10}
    attacks = [pgd, {**pgd, "target": "bag"}, {"name": "apgd_t", "eps": 0.2, "steps": 10, "target": 8}]
    audit = client.start({**body, "attacks": attacks, "execution": {"shards": 2}})
    report, samples = client.report(audit), client.samples(audit)
    plain, named, other = report["attacks"]
    assert plain["targeted"] is None
    for attack in (named, other):
        outcomes = [(s, s["attacks"][attack["id"]]) for s in samples]
        attacked = [(s, o) for s, o in outcomes if s["correct"] and s["label"] != 8]
        reached = [o for _, o in attacked if o["success"] and o["predicted"] == 8]
        found = attack["targeted"]
        assert (found["target"], found["name"]) == (8, "bag")
        assert (found["n"], found["reached"]) == (len(attacked), len(reached))
        assert found["success_rate"] == len(reached) / len(attacked)
        assert found["ci95"][0] < found["success_rate"] <= found["ci95"][1]
        assert not any(o["success"] for s, o in outcomes if s["label"] == 8)
        fooled = [o for _, o in attacked if o["success"]]
        assert attack["robust"] == report["clean"]["correct"] - len(fooled)
    assert 0 < named["targeted"]["reached"] <= named["targeted"]["n"]
    assert named["id"] == "pgd-linf-0.1-10-to-bag"
    assert {w["threat_model"]: w["attacks"] for w in report["worst_case"]} == {
        "linf eps=0.1": [plain["id"], named["id"]],
        "linf eps=0.2 target=bag": [other["id"]],  # as the class is called where it is named first
    }
    page = client.http.get(f"/audits/{audit}/report.html").text
    assert "towards class bag" in page


def test_classes_have_numbers_and_rules_of_their_own(client: Client, body: Json) -> None:
    rules = [
        {"metric": "classes.bag.robust_accuracy", "op": ">=", "value": 0.0},
        {"metric": "classes.8.robust_accuracy", "op": ">=", "value": 0.0},
        {"metric": "classes.bag.accuracy", "op": "<", "value": 0.01},
        {"metric": "classes.robust_accuracy", "op": ">=", "value": 0.0},
    ]
    attacks = [{"name": "fgsm", "eps": 0.02}, {"name": "pgd", "eps": 0.02}, {"name": "deepfool", "steps": 2}]
    audit = client.start({**body, "attacks": attacks, "policy": {"rules": rules}})
    report, samples = client.report(audit), client.samples(audit)
    fgsm, pgd, _ = (attack["id"] for attack in report["attacks"])
    assert [c["label"] for c in report["classes"]] == sorted({s["label"] for s in samples})
    for found in report["classes"]:
        own = [s for s in samples if s["label"] == found["label"]]
        robust = [s for s in own if s["correct"] and not any(s["attacks"][a]["success"] for a in (fgsm, pgd))]
        assert (found["n"], found["robust"]) == (len(own), len(robust)), "without a bound every model falls"
        assert found["robust_accuracy"] == len(robust) / len(own)
        assert found["name"] == NAMES[found["label"]]
    bag = next(c for c in report["classes"] if c["name"] == "bag")
    least = min(c["robust_accuracy"] for c in report["classes"])
    assert [r["actual"] for r in report["verdict"]["rules"]] == [
        bag["robust_accuracy"],
        bag["robust_accuracy"],
        bag["accuracy"],
        least,
    ]
    assert [r["status"] for r in report["verdict"]["rules"]] == ["pass", "pass", "fail", "pass"]
    for metric, word in (
        ("classes.bagg.robust_accuracy", "bag"),
        ("classes.10.robust_accuracy", "0 to 9"),
        ("classes.bag.robust_acuracy", "robust_accuracy"),
    ):
        answer = client.http.post("/audits", json={**body, "policy": {"rules": [{**rules[0], "metric": metric}]}})
        assert answer.status_code == 422, answer.text
        found = answer.json()["errors"][0]
        assert found["pointer"] == "/policy/rules/0/metric"
        assert word in found["detail"]


def test_wrong_classes_are_refused_by_name(client: Client, body: Json) -> None:
    for target, word in ((10, "0 to 9"), ("bagg", "did you mean 'bag'"), ("zebra", "there are top"), (-1, "")):
        attacks = [{"name": "fgsm"}, {"name": "fgsm", "eps": 0.1, "target": target}]
        answer = client.http.post("/audits", json={**body, "attacks": attacks})
        assert answer.status_code == 422, answer.text
        found = {error["pointer"]: error["detail"] for error in answer.json()["errors"]}
        assert word in found["/attacks/1/target"], found
    nameless = {**body, "model_id": client.model()}
    answer = client.http.post("/audits", json={**nameless, "attacks": [{"name": "fgsm", "target": "bag"}]})
    assert "give the number" in answer.json()["errors"][0]["detail"]
