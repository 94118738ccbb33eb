"""Planning as pure functions: slices, keys, pointers, ids, cursors."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi.audits import AuditRequest, Execution
from openapi.hardenings import HardeningRequest
from openapi.stages.neurons import NeuronsParams
from openapi.stages.places import Whose
from openapi.wire.jobs import Blob, Limits, OutputFile
from service.fields import pointer
from service.ids import new_id
from service.orchestrator.evaluation import MAX_SLICES, Samples, slices
from service.orchestrator.job_kinds.audit import attack_phase
from service.orchestrator.job_kinds.hardening import comparison_steps
from service.orchestrator.requests import stored, with_attacks, with_evaluation
from service.orchestrator.subjects import DatasetSubject, ModelSubject
from tests.service.worker import DATASET, MODEL


def model(sha: str) -> ModelSubject:
    return ModelSubject(f"mdl_{sha}", "n", sha * 64, 1, MODEL)


PARENT, HARDENED = model("a"), model("b")
_FILE = OutputFile(name="x", kind="array", format="npy", blob=Blob(sha256="c" * 64, size=1))
DATA = DatasetSubject(
    "dst_c", "n", "c" * 64, 1, DATASET.model_copy(update={"num_samples": 1000}), files={"x": _FILE, "y": _FILE}
)


@given(st.integers(1, 5000), st.one_of(st.none(), st.integers(1, 300)), st.integers(1, 2000))
def test_slices_cover_every_sample_once(n: int, shards: int | None, size: int) -> None:
    cuts = slices(n, Execution(shards=shards), size)
    assert [i for start, stop in cuts for i in range(start, stop)] == list(range(n))
    assert all(start < stop for start, stop in cuts)
    if shards is None:
        assert len(cuts) <= MAX_SLICES
    else:
        assert len(cuts) == min(shards, n)
        assert max(b - a for a, b in cuts) - min(b - a for a, b in cuts) <= 1


def test_slices_of_more_samples_begin_with_those_of_fewer() -> None:
    assert slices(3000, Execution(), 1024)[:2] == slices(2048, Execution(), 1024)


def keys(request: AuditRequest) -> list[str]:
    planned = attack_phase(with_attacks(request), PARENT, DATA, 256)
    return [p.message("aud_x", "shd_x", Limits()).result_key for p in planned]


def audit(**fields: Any) -> AuditRequest:
    return AuditRequest.model_validate({"model_id": "mdl_a", "dataset_id": "dst_c", "preset": "smoke", **fields})


def test_what_does_not_change_a_result_does_not_change_its_key() -> None:
    assert keys(audit()) == keys(audit(labels={"a": "b"}, execution={"batch_size": 7}, policy={"rules": []}))
    named = [{"name": "fgsm", "id": "x", "eps": 0.1}]
    plain = [{"name": "fgsm", "eps": 0.1}]
    assert keys(audit(attacks=named)) == keys(audit(attacks=plain))


def test_what_changes_a_result_changes_its_key() -> None:
    different = [audit(), audit(seed=1), audit(keep_examples=True)]
    assert len({keys(request)[0] for request in different}) == 3
    assert set(keys(audit(max_samples=256))) <= set(keys(audit())), "the first slice of more samples is the same work"


def test_the_parents_part_of_a_comparison_is_the_audits_own_work() -> None:
    attacks = [{"name": "fgsm", "eps": 0.1}]
    request = with_evaluation(
        HardeningRequest.model_validate(
            {"model_id": "mdl_a", "train_dataset_id": "d", "eval_dataset_id": "dst_c", "attacks": attacks}
        )
    )
    samples = Samples.of(request, DATA, 256)
    planned = comparison_steps(request, {Whose.BEFORE: PARENT, Whose.AFTER: HARDENED}, samples, keep_examples=False)
    before = [p for p in planned if not p.name.startswith("after.")]
    assert [p.message("h", "s", Limits()).result_key for p in before] == keys(audit(attacks=attacks, neurons=None))
    assert len(planned) == 2 * len(before)


def test_neurons_take_the_first_samples_only() -> None:
    planned = attack_phase(with_attacks(audit(neurons={"max_samples": 300})), PARENT, DATA, 256)
    found = [p.params for p in planned if isinstance(p.params, NeuronsParams)]
    assert [(params.start, params.stop) for params in found] == [(0, 256), (256, 300)]


def test_attacks_replace_the_preset() -> None:
    filled = with_attacks(audit(attacks=[{"name": "fgsm", "eps": 0.1}]))
    assert filled.preset is None
    assert [a.id for a in filled.attacks or ()] == ["fgsm-linf-0.1"]
    assert with_attacks(AuditRequest(model_id="m", dataset_id="d")).preset == "standard"


def test_a_stored_request_remembers_what_was_said() -> None:
    silent, spoken = with_attacks(audit()), with_attacks(audit(neurons={"tap": "conv"}))
    assert "neurons" not in AuditRequest.model_validate(stored(silent)).model_fields_set
    assert "neurons" in AuditRequest.model_validate(stored(spoken)).model_fields_set
    assert AuditRequest.model_validate(stored(silent)) == silent


@pytest.mark.parametrize(
    ("location", "body", "expected"),
    [
        (("attacks", 0, "pgd", "eps"), {"attacks": [{"eps": 1}]}, "/attacks/0/eps"),
        (("attacks", 0, "pgd", "missing"), {"attacks": [{}]}, "/attacks/0/missing"),
        (("neurons", "NeuronOptions", "tap"), {"neurons": {"tap": 1}}, "/neurons/tap"),
        (("labels", "a/b~c"), {"labels": {"a/b~c": 1}}, "/labels/a~1b~0c"),
        (("model_id",), {}, "/model_id"),
        ((), {}, ""),
    ],
)
def test_pointers_lead_into_the_body(location: tuple[str | int, ...], body: Any, expected: str) -> None:
    assert pointer(location, body) == expected


def test_ids_sort_by_time() -> None:
    made = []
    for _ in range(50):
        made.append(new_id("aud"))
        time.sleep(0.0002)
    assert made == sorted(made)
    assert len(set(made)) == 50
    assert all(len(identity) == 30 for identity in made)
