"""Policies under a name: over HTTP and the command line, bound to models, and what becomes of them in an audit."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from openapi.policies import AppliesTo
from openapi.wire.delivery import Lane
from openapi.wire.jobs import Shard
from service.cli.policies import policies as command
from service.db.tables import Model
from service.policies.service import applies
from tests.service.conftest import World, audit, upload
from tests.service.problems import is_problem

CLEAN = {"metric": "clean.accuracy", "op": ">=", "value": 0.9}
NOBODY = "aud_" + "0" * 26


def made(world: World, name: str, **fields: Any) -> dict[str, Any]:
    answer = world.api.post("/v1/policies", json={"name": name, "rules": [CLEAN], **fields})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/v1/policies/{found['id']}"
    return found


def rules_of(world: World, **fields: Any) -> list[dict[str, Any]]:
    """The rules that an audit is judged by."""
    identity = audit(world.api, fields.pop("model", world.model), world.dataset, **fields)
    found: list[dict[str, Any]] = world.api.get(f"/v1/audits/{identity}").json()["request"]["policy"]["rules"]
    assert world.api.delete(f"/v1/audits/{identity}").status_code == 204
    return found


def take_of(world: World, job: str) -> Shard:
    """The next shard of a job; those of deleted ones are left undone."""
    return next(shard for shard in iter(world.worker.take, None) if shard.job_id == job)


def test_a_policy_is_made_read_changed_and_deleted(world: World) -> None:
    policy = made(world, "release", description="what may be shipped")
    assert world.api.get(f"/v1/policies/{policy['id']}").json() == policy
    assert policy["intervals"] is True
    assert policy["applies_to"] == {"names": [], "tags": {}}
    is_problem(world.api.post("/v1/policies", json={"name": "release", "rules": [CLEAN]}), 409, "conflict")
    other = made(world, "other")
    is_problem(world.api.patch(f"/v1/policies/{other['id']}", json={"name": "release"}), 409, "conflict")
    path = f"/v1/policies/{policy['id']}"
    changed = world.api.patch(path, json={"rules": [{**CLEAN, "value": 0.8}], "name": "release"}).json()
    assert (changed["rules"][0]["value"], changed["description"]) == (0.8, "what may be shipped")
    assert changed["updated_at"] >= policy["updated_at"]
    listed = world.api.get("/v1/policies", params={"limit": 1}).json()
    assert [item["id"] for item in listed["items"]] == [other["id"]]
    rest = world.api.get("/v1/policies", params={"cursor": listed["next_cursor"]}).json()["items"]
    assert policy["id"] in [item["id"] for item in rest]
    (only,) = world.api.get("/v1/policies", params={"name": "release"}).json()["items"]
    assert only["id"] == policy["id"]
    for identity in (policy["id"], other["id"]):
        assert world.api.delete(f"/v1/policies/{identity}").status_code == 204
        is_problem(world.api.get(f"/v1/policies/{identity}"), 404, "not-found")


@pytest.mark.parametrize(
    ("fields", "pointer", "said"),
    [
        ({"rules": []}, "/rules", "write at least 1 item"),
        ({"rules": [{"metric": "clean.acuracy", "value": 1}]}, "/rules/0/metric", "did you mean 'accuracy'"),
        ({"rules": [{"metric": "clean.accuracy"}]}, "/rules/0/value", "relative_to"),
        ({"rules": [{**CLEAN, "relative_to": NOBODY}]}, "/rules/0/value", "no value of its own"),
        ({"rules": [{**CLEAN, "drop": 0.1}]}, "/rules/0/drop", "name one in relative_to"),
        ({"rules": [{"metric": "clean.accuracy", "relative_to": NOBODY}]}, "/rules/0/relative_to", "no audit"),
        ({"rules": [{"metric": "clean.n", "op": "==", "relative_to": NOBODY}]}, "/rules/0/relative_to", "says >="),
        ({"applies_to": {"names": [""]}}, "/applies_to/names/0", "at least 1"),
        ({"name": ""}, "/name", "at least 1"),
        ({"name": "   "}, "/name", "no blank"),
        ({"rules": [{**CLEAN, "op": "==", "intervals": True}]}, "/rules/0/intervals", "goes by the value"),
        ({"rules": [{**CLEAN, "policy_id": "pol_mine"}]}, "/rules/0/policy_id", "leave it out"),
        ({"rule": []}, "/rule", "did you mean 'rules'"),
    ],
)
def test_a_wrong_policy_names_the_field(world: World, fields: dict[str, Any], pointer: str, said: str) -> None:
    body = is_problem(
        world.api.post("/v1/policies", json={"name": "wrong", "rules": [CLEAN], **fields}), 422, "validation"
    )
    found = {error["pointer"]: error["detail"] for error in body["errors"]}
    assert said in found[pointer]


def test_an_audit_takes_over_the_rules_that_it_names(world: World) -> None:
    policy = made(world, "named")
    own = {"metric": "worst_case.robust_accuracy", "op": ">=", "value": 0.3}
    taken = {**CLEAN, "intervals": True, "policy_id": policy["id"]}
    assert rules_of(world, policy_id=policy["id"], policy={"rules": [own]}) == [own, taken]
    said = is_problem(world.audit(policy={"rules": [{**own, "policy_id": "pol_mine"}]}), 422, "validation")
    assert said["errors"][0]["pointer"] == "/policy/rules/0/policy_id", "nobody says that but the service"
    said = is_problem(world.audit(policy={"rules": [{**own, "op": "==", "intervals": True}]}), 422, "validation")
    assert said["errors"][0]["pointer"] == "/policy/rules/0/intervals"
    world.api.patch(f"/v1/policies/{policy['id']}", json={"intervals": False})
    assert rules_of(world, policy_id=policy["id"]) == [{**CLEAN, "policy_id": policy["id"]}]
    world.api.delete(f"/v1/policies/{policy['id']}")
    body = is_problem(world.audit(policy_id=policy["id"]), 422, "validation")
    assert body["errors"][0]["pointer"] == "/policy_id"


def test_audits_of_bound_models_are_judged_unasked(world: World) -> None:
    model = upload(world.api, "models", b"bound", {"name": "digits-7", "tags": {"stage": "production", "team": "a"}})
    world.worker.do(world.worker.take(lanes=[Lane.SHORT]))
    by_name = made(world, "by name", applies_to={"names": ["digits-*"]})
    by_tag = made(world, "by tag", applies_to={"tags": {"stage": "production"}})
    neither = made(world, "neither", applies_to={"names": ["digits"], "tags": {"stage": "test"}})
    both = [by_name["id"], by_tag["id"]]
    assert [rule["policy_id"] for rule in rules_of(world, model=model)] == both
    assert [rule["policy_id"] for rule in rules_of(world, model=model, policy_id=by_tag["id"])] == both[::-1]
    assert rules_of(world) == []
    for policy in (by_name, by_tag, neither):
        world.api.delete(f"/v1/policies/{policy['id']}")


@pytest.mark.parametrize(
    ("names", "tags", "bound"),
    [
        (["net"], {}, True),
        (["n*"], {}, True),
        (["Net", "ne?", "[n]et", "et"], {}, False),
        ([], {"a": "1"}, True),
        ([], {"a": "1", "b": "2"}, True),
        ([], {"a": "1", "c": "3"}, False),
        ([], {}, False),
        (["x"], {"a": "1"}, True),
    ],
)
def test_what_binds(names: list[str], tags: dict[str, str], bound: bool) -> None:
    model = Model(name="net", meta={"tags": {"a": "1", "b": "2"}})
    assert applies(AppliesTo(names=tuple(names), tags=tags), model) is bound


def test_rules_that_are_relative_to_an_audit_are_given_its_report(world: World) -> None:
    attack = {"attacks": [{"name": "fgsm", "eps": 0.1}], "neurons": None, "max_samples": 4}
    first = str(world.audit(**attack).json()["id"])
    for _ in range(2):
        world.worker.do(take_of(world, first))
    assert world.api.get(f"/v1/audits/{first}", params={"wait": 60}).json()["status"] == "succeeded"
    files = {
        item["kind"] + item["format"]: item for item in world.api.get(f"/v1/audits/{first}/artifacts").json()["items"]
    }
    rule = {"metric": "clean.accuracy", "relative_to": first, "drop": 0.1}
    policy = made(world, "relative", rules=[rule])
    second = str(world.audit(**attack, policy_id=policy["id"]).json()["id"])
    report = take_of(world, second)
    assert report.stage == "report", "what was attacked is found again"
    assert report.inputs[f"baseline.report.{first}"].sha256 == files["reportjson"]["sha256"]
    assert report.inputs[f"baseline.samples.{first}"].sha256 == files["samplesjsonl"]["sha256"]
    world.worker.do(report)
    world.api.delete(f"/v1/policies/{policy['id']}")


def test_equality_goes_by_the_value_where_a_policy_goes_by_intervals(world: World) -> None:
    policy = made(world, "equal", rules=[{"metric": "clean.n", "op": "==", "value": 4}, CLEAN])
    taken = rules_of(world, policy_id=policy["id"])
    assert [rule.get("intervals", False) for rule in taken] == [False, True]
    world.api.delete(f"/v1/policies/{policy['id']}")


def test_rules_are_relative_to_audits_that_have_ended_well_on_the_same_images(world: World) -> None:
    attack = {"attacks": [{"name": "fgsm", "eps": 0.1}], "neurons": None, "max_samples": 4}
    other = upload(world.api, "datasets", b"other images")
    world.worker.do(world.worker.take(lanes=[Lane.SHORT]))

    def succeeded(dataset: str, seed: int) -> str:
        identity = audit(world.api, world.model, dataset, seed=seed, **attack)
        while ended_at(identity) is None:
            for shard in world.worker.waiting(0.3):
                world.worker.do(shard)
        return identity

    def ended_at(identity: str) -> str | None:
        found: str | None = world.api.get(f"/v1/audits/{identity}").json()["finished_at"]
        return found

    def refused(rules: list[dict[str, Any]], pointer: str, said: str, **fields: Any) -> None:
        for path, body, prefix in (
            ("policies", {"name": "relative", "rules": rules}, ""),
            ("audits", {"model_id": world.model, "dataset_id": world.dataset, "policy": {"rules": rules}}, "/policy"),
        ):
            found = is_problem(world.api.post(f"/v1/{path}", json=body), 422, "validation")["errors"]
            assert [(error["pointer"], said in error["detail"]) for error in found] == [(prefix + pointer, True)]

    def to(audit_id: str) -> dict[str, Any]:
        return {"metric": "clean.accuracy", "relative_to": audit_id}

    running = audit(world.api, world.model, world.dataset, seed=31, **attack)
    refused([to(running)], "/rules/0/relative_to", "is queued; a rule can be relative to it when it has succeeded")
    world.api.delete(f"/v1/audits/{running}")
    mine, theirs = succeeded(world.dataset, 32), succeeded(other, 33)
    refused([to(mine), to(theirs)], "/rules/1/relative_to", "of other images")
    found = is_problem(world.audit(policy={"rules": [to(theirs)]}), 422, "validation")["errors"]
    assert [error["pointer"] for error in found] == ["/policy/rules/0/relative_to"]
    policy = made(world, "theirs", rules=[to(theirs)])
    found = is_problem(world.audit(policy_id=policy["id"]), 422, "validation")["errors"]
    assert (found[0]["pointer"], theirs in found[0]["detail"]) == ("/policy_id", True)
    # What a policy, or an unfinished audit, is relative to stays.
    body = is_problem(world.api.delete(f"/v1/audits/{theirs}"), 409, "conflict")
    assert (body["policy_id"], "'theirs'" in body["detail"]) == (policy["id"], True)
    world.api.delete(f"/v1/policies/{policy['id']}")
    assert world.api.delete(f"/v1/audits/{theirs}").status_code == 204
    user = audit(world.api, world.model, world.dataset, seed=34, policy={"rules": [to(mine)]}, **attack)
    assert is_problem(world.api.delete(f"/v1/audits/{mine}"), 409, "conflict")["job_id"] == user
    assert world.api.delete(f"/v1/audits/{user}").status_code == 204
    assert world.api.delete(f"/v1/audits/{mine}").status_code == 204


def test_the_command(world: World, tmp_path: Path) -> None:
    def run(*words: str) -> Any:
        return CliRunner().invoke(command, [words[0], *words[1:], "--server", str(world.api.base_url)])

    file = tmp_path / "rules.toml"
    file.write_text('rules = ["clean.accuracy>=90%"]\n')
    done = run(
        "create", "from the command", str(file), "--model", "digits-*", "--tag", "stage=production", "--by", "values"
    )
    assert done.exit_code == 0, done.output
    identity = done.stdout.strip()
    found = json.loads(run("show", identity).stdout)
    assert (found["rules"], found["intervals"]) == ([CLEAN], False)
    assert found["applies_to"] == {"names": ["digits-*"], "tags": {"stage": "production"}}
    assert f"{identity}  1 rule  for digits-*, stage=production  from the command" in run("list").stdout
    assert identity in [item["id"] for item in json.loads(run("list", "--json").stdout)]
    assert run("delete", identity).exit_code == 0
    assert run("delete", identity).exit_code == 2
    assert CliRunner().invoke(command, ["list"]).exit_code == 2
