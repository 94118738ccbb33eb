"""Every wrong request is refused at once, as a problem that names the field."""

from typing import Any

import pytest

from openapi.wire.delivery import Lane
from tests.service.conftest import World, upload, upload_ready
from tests.service.problems import refused

FGSM: dict[str, Any] = {"name": "fgsm", "eps": "8/255"}
BLACK_BOX: dict[str, Any] = {"name": "square", "eps": 0.1}

WRONG_AUDITS: list[tuple[dict[str, Any], str, str]] = [
    ({"attacks": [{"name": "no_such"}]}, "/attacks/0/name", "no_such"),
    ({"attacks": [{"eps": 0.1}]}, "/attacks/0/name", "required"),
    ({"attacks": [FGSM, {"name": "pgd", "step": 3}]}, "/attacks/1/step", "no such field"),
    ({"attacks": [{"name": "pgd", "steps": 0}]}, "/attacks/0/steps", "greater than or equal to 1"),
    ({"attacks": [{"name": "pgd", "steps": "many"}]}, "/attacks/0/steps", "integer"),
    ({"attacks": [{"name": "fgsm", "eps": 0}]}, "/attacks/0/eps", "greater than 0"),
    ({"attacks": [{"name": "fgsm", "eps": -0.1}]}, "/attacks/0/eps", "greater than 0"),
    ({"attacks": [{"name": "fgsm", "eps": 1.01}]}, "/attacks/0/eps", "(0, 1]"),
    ({"attacks": [{"name": "fgsm", "eps": "8/0"}]}, "/attacks/0/eps", "8/255"),
    ({"attacks": [{"name": "fgsm", "eps": "eight"}]}, "/attacks/0/eps", "8/255"),
    ({"attacks": [{"name": "fgsm", "norm": "l7"}]}, "/attacks/0/norm", "linf"),
    ({"attacks": []}, "/attacks", "write at least 1 item"),
    ({"harden": {}}, "/harden/train_dataset_id", "this field is required: the data set to train on"),
    ({"attacks": [{**FGSM, "mask": {"artifact_id": "art_none"}}]}, "/attacks/0/mask/artifact_id", "no such artifact"),
    ({"attacks": [{**FGSM, "mask": {}}]}, "/attacks/0/mask", "one of the two"),
    ({"attacks": [{**FGSM, "mask": {"concepts": ["a"], "array": "tried"}}]}, "/attacks/0/mask", "of an artifact"),
    ({"attacks": {"name": "fgsm"}}, "/attacks", "array"),
    ({"attacks": [{**FGSM, "id": "a"}, {**FGSM, "id": "a"}]}, "/attacks/1/id", "twice"),
    ({"attacks": [{**FGSM, "id": "../x"}]}, "/attacks/0/id", "beginning with a letter or digit"),
    ({"preset": "hard"}, "/preset", "standard"),
    ({"no_such": 1}, "/no_such", "no such field"),
    ({"max_samples": 0}, "/max_samples", "greater than or equal to 1"),
    ({"seed": -1}, "/seed", "greater than or equal to 0"),
    ({"seed": 2**63}, "/seed", "less than"),
    ({"keep_examples": "perhaps"}, "/keep_examples", "boolean"),
    ({"neurons": {"tap": "middle"}}, "/neurons/tap", "conv"),
    ({"neurons": {"eps": 0}}, "/neurons/eps", "greater than 0"),
    ({"policy": {"rules": [{"metric": "a", "op": "=>", "value": 1}]}}, "/policy/rules/0/op", ">="),
    ({"policy": {"rules": [{"metric": "a", "op": ">="}]}}, "/policy/rules/0/value", "required"),
    ({"execution": {"shards": 0}}, "/execution/shards", "greater than or equal to 1"),
    ({"labels": {"team": 3}}, "/labels/team", "string"),
    ({"regions": {"budget": 0}}, "/regions/budget", "greater than 0"),
    ({"regions": {"segmentation": "masks"}}, "/regions/segmentation", "carries no masks"),
    ({"explain": {"map": "heat"}}, "/explain/map", "cam"),
    ({"explain": {"attack": {"name": "cw"}, "targets": "random"}}, "/explain/targets", "does not aim"),
    ({"explain": {"layer": "nowhere"}}, "/explain/layer", "nowhere"),
    ({"explain": {"layer": "fc"}}, "/explain/layer", "keeps no places"),
    ({"harden": {"method": "sns"}}, "/harden/train_dataset_id", "train"),
    ({"harden": {"method": "magic"}}, "/harden/method", "sns"),
    ({"harden": {"train_dataset_id": "x", "method": "trades", "selection": "all"}}, "/harden/selection", "trades"),
    ({"harden": {"train_dataset_id": "x", "method": "pat", "regulariser": 3}}, "/harden/regulariser", "pat"),
    (
        {"harden": {"train_dataset_id": "x", "method": "rift", "validation": 0.1, "adversary": "fixed"}},
        "/harden/adversary",
        "rift",
    ),
    ({"harden": {"train_dataset_id": "x", "criticality": "restoration"}}, "/harden/criticality", "auto"),
    (
        {"harden": {"train_dataset_id": "x", "method": "meansparse", "sparsity": 0.1, "layers": 0.5}},
        "/harden/layers",
        "meansparse",
    ),
    (
        {"harden": {"train_dataset_id": "x", "method": "meansparse", "sparsity": 0.1, "accumulate": 2}},
        "/harden/accumulate",
        "meansparse",
    ),
    ({"harden": {"train_dataset_id": "x", "choose_by": "mean"}}, "/harden/choose_by", "set validation"),
    ({"harden": {"train_dataset_id": "dst_none"}}, "/harden/train_dataset_id", "dst_none"),
    ({"model_id": "mdl_none"}, "/model_id", "mdl_none"),
    ({"model_id": 7}, "/model_id", "string"),
    ({"dataset_id": "dst_none"}, "/dataset_id", "dst_none"),
]


@pytest.mark.parametrize(("fields", "pointer", "word"), WRONG_AUDITS, ids=[str(w[0])[:60] for w in WRONG_AUDITS])
def test_a_wrong_audit_names_the_field(world: World, fields: dict[str, Any], pointer: str, word: str) -> None:
    refused(world.audit(**fields), pointer, word)


def test_wrong_items_are_not_reported_as_a_short_list(world: World) -> None:
    (error,) = world.audit(attacks=[{"name": "pgd", "norm": "linf", "eps": 8}]).json()["errors"]
    assert error["pointer"] == "/attacks/0/eps"
    assert "8/255" in error["detail"]


def test_every_wrong_field_is_named_at_once(world: World) -> None:
    answer = world.audit(seed=-1, max_samples=0, attacks=[{"name": "fgsm", "eps": 0}])
    assert {e["pointer"] for e in answer.json()["errors"]} == {"/seed", "/max_samples", "/attacks/0/eps"}


@pytest.mark.parametrize("missing", ["model_id", "dataset_id"])
def test_ids_are_required(world: World, missing: str) -> None:
    body = {"model_id": world.model, "dataset_id": world.dataset}
    del body[missing]
    refused(world.api.post("/v1/audits", json=body), f"/{missing}", "required")


def test_a_data_set_of_another_shape(world: World) -> None:
    other = upload_ready(world.api, world.worker, "datasets", b"rgb", shape=[3, 8, 9])
    refused(world.audit(dataset_id=other), "/dataset_id", "3×8×9", "1×8×8", slug="dataset-mismatch")
    refused(
        world.audit(harden={"train_dataset_id": other}), "/harden/train_dataset_id", "3×8×9", slug="dataset-mismatch"
    )
    refused(world.harden(train_dataset_id=other), "/train_dataset_id", "3×8×9", slug="dataset-mismatch")
    refused(world.harden(eval_dataset_id=other), "/eval_dataset_id", "3×8×9", slug="dataset-mismatch")


def test_more_classes_than_logits(world: World) -> None:
    other = upload_ready(world.api, world.worker, "datasets", b"many", num_classes=4, class_counts=[1, 2, 3, 4])
    refused(world.audit(dataset_id=other), "/dataset_id", "3 logits", "labels go up to 3", slug="dataset-mismatch")


def test_class_names_that_are_not_the_models(world: World) -> None:
    names = ["cat", "dogs", "owl"]
    answer = world.api.post(
        "/v1/models",
        files={"file": ("m.onnx", b"labelled"), "metadata": (None, '{"labels": ["dog", "cat", "owl"]}')},
    )
    world.worker.do(world.worker.take(lanes=[Lane.SHORT]))
    model = answer.json()["id"]
    assert world.api.get(f"/v1/models/{model}", params={"wait": 60}).json()["labels"] == ["dog", "cat", "owl"]
    other = upload_ready(world.api, world.worker, "datasets", b"named", labels=names, label_source="name")
    words = ("1 of the data set's 3 class names", "'dogs': near is 'dog'", "Model: 'dog', 'cat', 'owl'")
    for field in ("/dataset_id", "/harden/train_dataset_id"):
        asked = {"dataset_id": other} if field == "/dataset_id" else {"harden": {"train_dataset_id": other}}
        refused(world.audit(model_id=model, **asked), field, *words, slug="dataset-mismatch")


def test_maps_that_a_model_does_not_have_are_refused_at_once(world: World) -> None:
    maps = {"missing": "its head does not average a feature map"}
    model = upload_ready(world.api, world.worker, "models", b"mapless", differentiable=False, maps=maps)
    regions = {"model_id": model, "attacks": [BLACK_BOX]}
    refused(world.audit(**regions, regions={"segmentation": "cam"}), "/regions/segmentation", "does not average")
    refused(world.audit(**regions, regions={"semantic": "cam_mass"}), "/regions/semantic", "does not average")
    explain = {"attack": BLACK_BOX}
    refused(world.audit(**regions, explain={**explain, "map": "cam"}), "/explain/map", "does not average")
    refused(world.audit(**regions, explain={**explain, "layer": "conv1"}), "/explain/layer", "needs gradients")
    refused(world.audit(**regions, explain={**explain, "map": "asm"}), "/explain/map", "needs gradients")
    allowed: list[dict[str, Any]] = [{"regions": {}}, {"explain": explain}, {"regions": {"semantic": "entropy"}}]
    for asked in allowed:
        assert world.audit(**regions, **asked).status_code == 202


def test_white_box_attacks_need_gradients(world: World) -> None:
    model = upload_ready(world.api, world.worker, "models", b"quantised", differentiable=False, trainable=False)
    refused(world.audit(model_id=model, attacks=[FGSM]), "/attacks/0/name", "gradients", "black-box")
    refused(world.audit(model_id=model, preset="smoke"), "/preset", "gradients")
    refused(world.audit(model_id=model), "/preset", "gradients")
    refused(world.harden(model_id=model), "/model_id", "trainable")
    refused(
        world.audit(model_id=model, attacks=[BLACK_BOX], harden={"train_dataset_id": world.dataset}),
        "/harden",
        "trainable",
    )
    refused(
        world.audit(model_id=model, attacks=[BLACK_BOX], neurons={"tap": "act"}),
        "/neurons",
        "gradients",
    )
    plain = world.audit(model_id=model, attacks=[BLACK_BOX], max_samples=4)
    assert plain.status_code == 202, "the neuron analysis was only there by default, and is left out"
    assert (
        next(shard for shard in iter(world.worker.take, None) if shard.job_id == plain.json()["id"]).stage == "attack"
    )
    world.api.delete(f"/v1/audits/{plain.json()['id']}")


def test_hardening_a_layer_that_is_not_there(world: World) -> None:
    refused(world.harden(layers=["conv1", "conv9"]), "/layers/1", "conv9")
    refused(world.harden(layers=[]), "/layers", "at least one")
    refused(
        world.audit(harden={"train_dataset_id": world.dataset, "layers": ["x"]}), "/harden/layers/0", "no layer 'x'"
    )


WRONG_HARDENINGS: list[tuple[dict[str, Any], str]] = [
    ({"train_dataset_id": "dst_none"}, "/train_dataset_id"),
    ({"train_dataset_id": None}, "/train_dataset_id"),
    ({"eval_dataset_id": "dst_none"}, "/eval_dataset_id"),
    ({"lambda": -1}, "/lambda"),
    ({"epochs": 0}, "/epochs"),
    ({"lr": 0}, "/lr"),
    ({"eps": "0/255"}, "/eps"),
    ({"attacks": [{"name": "x"}]}, "/attacks/0/name"),
    ({"max_clean_drop": 2}, "/max_clean_drop"),
    ({"optimiser": "sgd"}, "/optimiser"),
    ({"goal": {"robust_accuracy": 0.9}}, "/goal"),
    ({"patience": 2, "validation": 0.1}, "/patience"),
    ({"augment": ["flip", "flip"]}, "/augment"),
    ({"method": "pat", "lambda_choice": "adaptive"}, "/lambda_choice"),
    ({"method": "mart", "label_smoothing": 0.1}, "/label_smoothing"),
    ({"compare": True, "eval_dataset_id": None}, "/compare"),
]


@pytest.mark.parametrize(("fields", "pointer"), WRONG_HARDENINGS, ids=[str(w[0]) for w in WRONG_HARDENINGS])
def test_a_wrong_hardening_names_the_field(world: World, fields: dict[str, Any], pointer: str) -> None:
    refused(world.harden(**fields), pointer)


def test_a_rejected_model_cannot_be_audited(world: World) -> None:
    from openapi.problems import problem

    model = upload(world.api, "models", b"broken")
    world.worker.fail(world.worker.take(lanes=[Lane.SHORT]), problem("model-malformed", "these bytes are no ONNX"))
    found = world.api.get(f"/v1/models/{model}", params={"wait": 60}).json()
    assert (found["status"], found["problem"]["detail"]) == ("rejected", "these bytes are no ONNX")
    refused(world.audit(model_id=model), "/model_id", "these bytes are no ONNX", slug="model-malformed")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nonsense",
        b'{"seed": NaN}',
        b'{"a": 1, "a": 2}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"model_id": "\\ud800"}',
    ],
)
def test_a_body_that_is_not_json(world: World, body: bytes) -> None:
    answer = world.api.post("/v1/audits", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert answer.json()["type"].endswith("/malformed-request")


def test_a_name_that_appears_twice_is_told(world: World) -> None:
    body = b'{"model_id": "a", "harden": {"seed": 1, "epochs": 2, "seed": 1}}'
    answer = world.api.post("/v1/audits", content=body, headers={"Content-Type": "application/json"})
    assert 'the name "seed" appears twice in one object' in answer.json()["detail"]


@pytest.mark.parametrize("text", ["\\u0000", "\\uffff", "x" * 5000, "'; DROP TABLE models;--", "../.."])
def test_odd_texts_as_ids_are_no_ids(world: World, text: str) -> None:
    body = f'{{"model_id": "{text}", "dataset_id": "{world.dataset}"}}'.encode()
    answer = world.api.post("/v1/audits", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), answer.text


@pytest.mark.parametrize("body", [b"[]", b"3", b"null", b'"text"'])
def test_a_body_that_is_not_an_object(world: World, body: bytes) -> None:
    answer = world.api.post("/v1/audits", content=body, headers={"Content-Type": "application/json"})
    refused(answer, "")
