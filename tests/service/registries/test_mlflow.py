"""Versions in a real MLflow server are audited, and what is found stands there: tags, an alias, hardened versions."""

from tests.service.registries.mlflow_server import PATIENCE
from tests.service.registries.team import ONNX, Team, created, done, event
from tests.service.worker import until


def test_a_registered_version_is_audited_and_its_tags_say_what_was_found(team: Team) -> None:
    model = team.model()
    run = team.server.log({"MLmodel": ONNX, "model.onnx": b"an onnx file"})
    assert team.server.register(model, run, stage="candidate") == "1"
    tags = team.work(done(team, model))
    (audit,) = team.audits(model)
    assert tags == {
        "stage": "candidate",
        "tremor.status": "succeeded",
        "tremor.verdict": "pass",
        "tremor.clean_accuracy": "1.0000",
        "tremor.robust_accuracy": "1.0000",
        "tremor.threat_model": "linf eps=0.1",
        "tremor.samples": "4",
        "tremor.audit": audit["id"],
        "tremor.report": f"https://tremor.example/ui/audits/{audit['id']}",
    }
    assert team.server.aliases(model) == {"robust": "1"}
    uploaded = team.api.get(f"/v1/models/{audit['model_id']}").json()
    assert uploaded["name"] == model, "policies are bound by it"
    assert uploaded["tags"]["stage"] == "candidate"
    assert team.api.get(f"/v1/models/{audit['model_id']}/content").content == b"an onnx file"


def test_a_tag_asks_for_another_audit_once_for_each_value(team: Team) -> None:
    model = team.model()
    team.server.register(model, team.server.log({"MLmodel": ONNX, "model.onnx": b"asked again"}))
    team.work(done(team, model))
    for value in ("again", "again", "and again"):
        team.server.tag(model, "1", "tremor.request", value)
        team.server.tag(model, "1", "note", "none of ours")
    team.work(lambda: len(team.audits(model)) == 3 and all(a["finished_at"] for a in team.audits(model)))
    assert event(team, created(model, tremor_audit="x")).json()["outcome"] == "known"


def test_the_alias_leads_to_the_newest_version_that_has_passed(team: Team) -> None:
    model = team.model()
    for number, verdict, leads in (("1", "fail", {}), ("2", "pass", {"robust": "2"}), ("3", "fail", {"robust": "2"})):
        team.server.register(model, team.server.log({"MLmodel": ONNX, "model.onnx": number.encode()}))
        tags = team.work(done(team, model, number), verdict=verdict)
        assert tags["tremor.verdict"] == verdict
        assert team.server.aliases(model) == leads
    team.server.tag(model, "1", "tremor.request", "now it passes")
    team.work(lambda: team.server.tags(model, "1").get("tremor.verdict") == "pass")
    assert team.server.aliases(model) == {"robust": "2"}, "a newer one has passed"
    team.server.tag(model, "2", "tremor.request", "now it fails")
    team.work(lambda: team.server.tags(model, "2").get("tremor.verdict") == "fail", verdict="fail")
    assert until(lambda: team.server.aliases(model) == {}, PATIENCE)


def test_a_hardened_checkpoint_becomes_a_version_that_says_where_it_comes_from(team: Team) -> None:
    model = team.model("hard")
    run = team.server.log({"MLmodel": ONNX, "model.onnx": b"to be hardened", "requirements.txt": b"onnx"})
    team.server.register(model, run)
    tags = team.work(done(team, model))
    assert tags["tremor.hardened_version"] == "2"
    (audit,) = team.audits(model)
    made = team.server.version(model, "2")
    told = team.server.tags(model, "2")
    assert (told["tremor.hardened_from"], told["tremor.hardening_id"]) == ("1", audit["hardening_id"])
    parent = team.server.ask("GET", "/runs/get", run_id=made["run_id"])["run"]
    assert {"key": "mlflow.parentRunId", "value": run} in parent["data"]["tags"]
    assert parent["info"]["status"] == "FINISHED"
    folder = f"/get-artifact?run_id={made['run_id']}&path=model/"
    checkpoint = team.server.client.get(f"{folder}model.onnx").content
    assert checkpoint == f"onnx {audit['hardening_id']}".encode()
    assert team.server.client.get(f"{folder}requirements.txt").content == b"onnx"
    assert b"onnx" in team.server.client.get(f"{folder}MLmodel").content
    assert event(team, created(model, "2", **told)).json()["outcome"] == "ignored", "it is not hardened for ever"
    assert len(team.audits(model)) == 1
    assert team.server.versions(model) == ["1", "2"]
