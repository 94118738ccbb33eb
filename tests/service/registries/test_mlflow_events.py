"""What MLflow tells is looked at: signature, age, whether it was told before, and whether it can be kept."""

from typing import Any

from tests.service.registries.team import ONNX, SECRET, Team, created, done, event


def test_an_event_that_is_sent_again_changes_nothing(team: Team) -> None:
    model = team.model()
    team.server.register(model, team.server.log({"MLmodel": ONNX, "model.onnx": b"sent again"}))
    team.work(done(team, model))
    (audit,) = team.audits(model)
    for _ in range(3):
        answer = event(team, created(model))
        assert (answer.status_code, answer.json()["outcome"]) == (202, "known"), answer.text
        assert answer.json()["version"]["audit_id"] == audit["id"]
    assert event(team, {"entity": "registered_model", "action": "created", "data": {"name": model}}).json() == {
        "outcome": "ignored",
        "version": None,
    }
    assert event(team, created("a model of others")).json()["outcome"] == "ignored"
    assert len(team.audits(model)) == 1


def test_what_is_not_signed_or_too_old_is_refused_whatever_it_is_of(team: Team) -> None:
    """So is an event for a registry that there is not, with the same words."""
    body = created(f"{team.prefix}-none")
    plain = team.api.post(f"/v1/integrations/{team.ids['plain']}/events", json=body)
    answers = [plain, event(team, body, secret="another"), event(team, body, identity="int_none")]
    answers += [event(team, body, age=301 + 60), event(team, body, age=-301 - 60)]
    assert [answer.status_code for answer in answers] == [401] * 5
    assert len({answer.json()["detail"] for answer in answers}) == 1
    assert SECRET not in plain.text


def test_texts_that_cannot_be_stored_are_refused(team: Team) -> None:
    for text in ("\0", "\ud800", "x" * 300):
        answer = event(team, created(f"{team.prefix}-{text}"))
        assert (answer.status_code, answer.json()["title"]) == (400, "The request cannot be read")
    bodies: list[Any] = [[], {"entity": {}}, {"entity": "model_version", "action": "created", "data": {"name": "x"}}]
    for body in bodies:
        assert event(team, body).status_code == 400
