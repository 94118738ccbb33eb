"""Time budgets and rules broken early, with real workers: the report says what ran, the verdict what is known."""

from tests.e2e.client import Client, Json

SLOW: Json = {"name": "square", "eps": 0.02, "queries": 1_000_000}


def request(client: Client, **fields: object) -> Json:
    fgsm = {"name": "fgsm", "eps": 0.1}
    model, dataset = client.model(), client.dataset(60)
    return {"model_id": model, "dataset_id": dataset, "attacks": [fgsm, SLOW], "neurons": None, **fields}


def test_a_time_budget_ends_a_long_audit(client: Client) -> None:
    rules = [
        {"metric": "clean.accuracy", "op": ">=", "value": 0.5},
        {"metric": "attacks.square.robust_accuracy", "op": ">=", "value": 0.0},
        {"metric": "worst_case.robust_accuracy", "op": ">=", "value": 0.0},
        {"metric": "worst_case.linf eps=0.1.robust_accuracy", "op": ">=", "value": 0.0},
    ]
    for budget in (8, 40, 200):  # on a slow machine the first attack alone may take eight seconds
        report = client.report(client.start(request(client, time_budget=budget, policy={"rules": rules})))
        if report["attacks"]:
            break
    assert report["stopped"]["reason"] == "time_budget"
    assert len(report["stopped"]["not_run"]) == 1
    assert [a["name"] for a in report["attacks"]] == ["fgsm"]
    statuses = [rule["status"] for rule in report["verdict"]["rules"]]
    assert statuses == ["pass", "inconclusive", "inconclusive", "pass"]
    assert report["verdict"]["status"] == "inconclusive"
    page = client.http.get(f"/audits/{report['id']}/report.html").text
    assert f"time budget of {budget} s" in page


def test_a_broken_rule_ends_it_at_once(client: Client) -> None:
    rules = [{"metric": "worst_case.robust_accuracy", "op": ">=", "value": 0.99}]
    report = client.report(client.start(request(client, stop_on="fail", policy={"rules": rules})))
    assert report["stopped"]["reason"] == "stop_on"
    assert report["verdict"]["status"] == "fail"
    assert "whatever the rest" in report["verdict"]["rules"][0]["detail"]


def test_wrong_words_are_refused_by_name(client: Client) -> None:
    for fields, pointer in (
        ({"time_budget": 0}, "/time_budget"),
        ({"stop_on": "pass"}, "/stop_on"),
        ({"stop_on": "fail"}, "/stop_on"),
    ):
        answer = client.http.post("/audits", json=request(client, **fields))
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == pointer
