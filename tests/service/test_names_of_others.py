"""What another tenant has made cannot be named in a request either."""

import json

from tests.service.conftest import upload
from tests.service.test_tenants import Two, two

__all__ = ["two"]


def test_an_audit_or_policy_of_another_key_can_be_named_nowhere(two: Two) -> None:
    """As a side of a comparison, a baseline of a rule, a replay, or a policy: it is answered as what is not there."""
    audit_id, policy_id = two.ids["audit_id"], two.ids["policy_id"]
    nobody = {audit_id: "aud_" + "0" * 26, policy_id: "pol_" + "0" * 26}
    model, dataset = upload(two.other, "models", b"others model"), upload(two.other, "datasets", b"others images")
    rule = {"metric": "clean.accuracy", "relative_to": audit_id}
    body = {"model_id": model, "dataset_id": dataset}
    asked: list[tuple[str, dict[str, object]]] = [
        ("audits", {**body, "policy_id": policy_id}),
        ("audits", {**body, "replay_of": audit_id}),
        ("audits", {**body, "policy": {"rules": [rule]}}),
        ("policies", {"name": "relative", "rules": [rule]}),
    ]
    for path, sent in asked:
        theirs = two.other.post(f"/v1/{path}", json=sent)
        text = json.dumps(sent).replace(audit_id, nobody[audit_id]).replace(policy_id, nobody[policy_id])
        absent = two.other.post(f"/v1/{path}", content=text, headers={"Content-Type": "application/json"})
        assert theirs.status_code == absent.status_code == 422, theirs.text
        said = theirs.text.replace(audit_id, nobody[audit_id]).replace(policy_id, nobody[policy_id])
        assert said == absent.text
    for base, candidate in ((audit_id, nobody[audit_id]), (nobody[audit_id], audit_id), (audit_id, audit_id)):
        query = {"base": base, "candidate": candidate}
        answer = two.other.get("/v1/comparisons", params=query)
        assert answer.status_code == 404
        assert (
            answer.text.replace(audit_id, nobody[audit_id])
            == two.other.get("/v1/comparisons", params=dict.fromkeys(query, nobody[audit_id])).text
        )
    assert two.mine.get("/v1/comparisons", params={"base": audit_id, "candidate": nobody[audit_id]}).status_code == 404
    for _ in range(2):
        two.worker.do(two.worker.take())
