"""What every address says of itself: its methods, its representations, HEAD as GET without the content."""

from typing import Any

import httpx
import pytest

from tests.service.conftest import World
from tests.service.problems import is_problem


@pytest.fixture(scope="module")
def document(world: World) -> dict[str, Any]:
    found: dict[str, Any] = world.api.get("/schema/openapi.json").json()
    return found


def addresses(document: dict[str, Any]) -> list[tuple[str, set[str]]]:
    """Paths with something in the place of their parameters, and their methods."""
    found = []
    for path, item in document["paths"].items():
        parameters = [each for method in item.values() for each in method.get("parameters", ())]
        for each in parameters:
            if each["in"] == "path" and each["schema"].get("type") == "integer":
                path = path.replace("{" + each["name"] + "}", "0")
        found.append((path.replace("{", "").replace("}", ""), {method.upper() for method in item}))
    return found


def allowed(answer: httpx.Response) -> set[str]:
    return set(answer.headers["allow"].replace(" ", "").split(","))


def test_every_address_lists_all_of_its_methods(world: World, document: dict[str, Any]) -> None:
    found = addresses(document)
    assert len(found) > 25
    for path, methods in found:
        wanted = methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
        options = world.api.options(path)
        assert (options.status_code, allowed(options)) == (204, wanted), path
        wrong = world.api.request("TRACE" if "PUT" in methods else "PUT", path)
        is_problem(wrong, 405, "method-not-allowed")
        assert allowed(wrong) == wanted, path


def test_head_is_get_without_the_content(world: World, document: dict[str, Any]) -> None:
    audit = world.audit(preset="smoke").json()["id"]
    for path, methods in addresses(document):
        if "GET" not in methods or path.endswith("/events"):
            continue
        path = path.replace("audit_id", audit).replace("model_id", world.model).replace("dataset_id", world.dataset)
        get, head = world.api.get(path), world.api.head(path)
        assert (head.status_code, head.content) == (get.status_code, b""), path
        assert head.headers["content-type"] == get.headers["content-type"], path
        if not path.startswith(("/health", "/metrics")):
            assert head.headers["content-length"] == get.headers["content-length"], path
    events = world.api.head(f"/v1/audits/{audit}/events")
    assert (events.status_code, events.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert world.api.head("/v1/audits/aud_none").status_code == 404


def test_what_cannot_be_had_is_refused_before_anything_is_done(world: World) -> None:
    for accept in ("application/pdf", "text/csv", "image/*"):
        headers = {"Accept": accept}
        for path in ("/v1/audits", f"/v1/models/{world.model}", "/v1/attacks"):
            is_problem(world.api.get(path, headers=headers), 406, "not-acceptable")
        before = world.api.get("/v1/audits").json()["items"]
        body = {"model_id": world.model, "dataset_id": world.dataset}
        is_problem(world.api.post("/v1/audits", json=body, headers=headers), 406, "not-acceptable")
        assert world.api.get("/v1/audits").json()["items"] == before
    for accept in ("*/*", "application/*", "text/html, */*;q=0.1", "application/json"):
        assert world.api.get("/v1/audits", headers={"Accept": accept}).status_code == 200
    # Files are what they are, and so is an address that names its format.
    assert world.api.get(f"/v1/models/{world.model}/content", headers={"Accept": "text/csv"}).status_code == 200


@pytest.mark.parametrize("cursor", ["", "%", "a b", "ä", "x" * 65, "a\nb", "zzz", "shd_" + "0" * 26, "aud_" + "0" * 27])
def test_a_cursor_has_a_grammar(world: World, cursor: str) -> None:
    for path in ("models", "datasets", "audits", "hardenings"):
        is_problem(world.api.get(f"/v1/{path}", params={"cursor": cursor}), 422, "validation")


def test_a_cursor_is_one_of_the_list(world: World) -> None:
    found = is_problem(world.api.get("/v1/audits", params={"cursor": world.model}), 422, "validation")
    assert [error["pointer"] for error in found["errors"]] == ["cursor"]
    assert world.api.get("/v1/models", params={"cursor": world.model}).status_code == 200


@pytest.mark.parametrize(
    ("path", "query", "name"),
    [
        ("audits", {"limt": 5}, "limt"),
        ("audits", {"limit": 5, "state": "failed"}, "state"),
        ("models", {"wait": 1}, "wait"),
        ("attacks", {"limit": 1}, "limit"),
        ("audits/aud_0", {"cursor": "x"}, "cursor"),
    ],
)
def test_a_parameter_that_a_call_does_not_have_is_refused(
    world: World, path: str, query: dict[str, str | int], name: str
) -> None:
    for ask in (world.api.get, world.api.head):
        answer = ask(f"/v1/{path}", params=query)
        assert answer.status_code == 422
    found = is_problem(world.api.get(f"/v1/{path}", params=query), 422, "validation")
    assert [error["pointer"] for error in found["errors"]] == [name]


def test_near_misses_of_parameters_are_named(world: World) -> None:
    found = world.api.get("/v1/audits", params={"curser": "x"}).json()["errors"][0]["detail"]
    assert found == "there is no such query parameter; did you mean 'cursor'?"
    assert world.api.post("/v1/audits?wait=5", json={}).json()["errors"][0]["pointer"] == "wait"


@pytest.mark.parametrize("label", ["", "a", ":b", 'a"b:c', "a\\b:c", "a\0b:c", "a:b\0"])
def test_a_label_has_a_grammar(world: World, label: str) -> None:
    is_problem(world.api.get("/v1/audits", params={"label": label}), 422, "validation")


def test_grammars_stand_in_the_document(document: dict[str, Any]) -> None:
    found: dict[str, set[str]] = {}
    for item in document["paths"].values():
        for operation in item.values():
            for parameter in operation.get("parameters", ()):
                schema = parameter["schema"]
                patterns = [s.get("pattern") for s in (schema, *schema.get("oneOf", ()), *schema.get("anyOf", ()))]
                found.setdefault(parameter["name"], set()).update(p or "" for p in patterns)
    for name in ("cursor", "label", "Last-Event-ID", "Idempotency-Key"):
        assert any(found[name]), name
    stream = document["paths"]["/v1/audits/{audit_id}/events"]["get"]["responses"]["200"]["content"][
        "text/event-stream"
    ]
    assert stream["schema"]["properties"]["data"]["contentSchema"] == {"$ref": "#/components/schemas/JobEvent"}


def test_true_is_no_number_and_a_text_is_none(world: World) -> None:
    for wrong in (
        {"seed": True},
        {"seed": "3"},
        {"attacks": [{"name": "pgd", "steps": "10"}]},
        {"keep_examples": "yes"},
    ):
        is_problem(world.audit(**wrong), 422, "validation")
    assert world.audit(seed=3.0, attacks=[{"name": "pgd", "eps": "0.1", "steps": 10.0}]).status_code == 202
