"""The calls about an audit's analyses, of an audit that confined workers did."""

from tests.e2e.client import Client


def test_what_is_listed_can_be_fetched(client: Client) -> None:
    dataset = client.dataset(8)
    body = {
        "model_id": client.model(),
        "dataset_id": dataset,
        "attacks": [{"name": "fgsm", "eps": 0.1}],
        "neurons": {"steps": 1, "vulnerability": {"attack": {"name": "fgsm", "eps": 0.1}}},
        "explain": {"attack": {"name": "fgsm", "eps": 0.1}, "refinement": False},
    }
    audit = client.start(body)
    report = client.report(audit)
    base = f"/audits/{audit}"
    section = report["neurons"]["vulnerability"]
    neurons = client.http.get(f"{base}/neurons", params={"sort": "cross"}).json()
    assert [row["neuron"] for row in neurons["items"]][:20] == [row["neuron"] for row in section["top"]["cross"]]
    assert client.http.get(f"{base}/matrix").json()["fooled"] == section["n"]
    explained = client.http.get(f"{base}/explanations").json()["items"]
    assert [item["index"] for item in explained] == [sample["index"] for sample in report["explain"]["samples"]]
    pictures = [*explained[0]["pictures"], *client.http.get(f"{base}/images/0").json()["pictures"]]
    assert {"psr", "benign", "difference"} <= {picture["what"] for picture in pictures}
    for picture in pictures:
        answer = client.http.get(client.url + picture["href"])
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png"), picture
