"""Ids of another tenant in the bodies and queries of requests; those in paths are walked in `test_tenants`."""

from tests.service.conftest import upload
from tests.service.test_tenants import Two
from tests.service.test_tenants import two as two


def test_no_field_of_a_request_says_whether_another_keys_thing_is_there(two: Two) -> None:
    """Policies, audits to replay or to be relative to, uploads, what integrations name: as if there were nothing."""
    own_model, own = (upload(two.other, kind, b"own " + kind.encode()) for kind in ("models", "datasets"))
    for _ in range(2):
        two.worker.do(two.worker.take())
    audited = {"model_id": own_model, "dataset_id": own}
    rule = {"metric": "clean.accuracy", "drop": 0.1}
    entered = {"dataset_id": own, "secret": "whsec_" + "QUJD" * 8}
    asked: list[tuple[str, str, dict[str, object]]] = []
    for policy, former, dataset, upload_id in (
        (two.ids["policy_id"], two.ids["audit_id"], two.ids["dataset_id"], two.ids["upload_id"]),
        ("pol_none", "aud_none", "dst_none", "upl_none"),
    ):
        asked += [
            ("policy_id", policy, {"path": "audits", "json": {**audited, "policy_id": policy}}),
            ("replay_of", former, {"path": "audits", "json": {**audited, "replay_of": former}}),
            (
                "rules",
                former,
                {"path": "audits", "json": {**audited, "policy": {"rules": [{**rule, "relative_to": former}]}}},
            ),
            (
                "relative",
                former,
                {"path": "policies", "json": {"name": "r", "rules": [{**rule, "relative_to": former}]}},
            ),
            ("upload", upload_id, {"path": "models", "json": {"upload_id": upload_id}}),
            ("upload", upload_id, {"path": "datasets", "json": {"upload_id": upload_id}}),
            ("data", dataset, {"path": "integrations/generic", "json": {**entered, "dataset_id": dataset}}),
            ("policy", policy, {"path": "integrations/generic", "json": {**entered, "policy_id": policy}}),
            (
                "train",
                dataset,
                {"path": "integrations/generic", "json": {**entered, "harden": {"train_dataset_id": dataset}}},
            ),
        ]
    answers = [two.other.post(f"/v1/{more['path']}", json=more["json"]) for _, _, more in asked]
    half = len(asked) // 2
    for (name, theirs, _), (_, none, _), there, absent in zip(
        asked[:half], asked[half:], answers[:half], answers[half:], strict=True
    ):
        assert there.status_code == absent.status_code >= 400, (name, there.text, absent.text)
        assert there.text.replace(theirs, none) == absent.text, name
    for base, candidate in ((two.ids["audit_id"], "aud_none"), ("aud_none", two.ids["audit_id"])):
        found = two.other.get("/v1/comparisons", params={"base": base, "candidate": candidate})
        absent = two.other.get("/v1/comparisons", params={"base": "aud_none", "candidate": "aud_none"})
        assert found.status_code == absent.status_code == 404
        assert found.text.replace(two.ids["audit_id"], "aud_none") == absent.text
