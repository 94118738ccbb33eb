"""Result keys stay what they are: what was computed before an upgrade is found again after it.

``pinned_keys.json`` holds, for a few jobs driven through the real service, every shard that a worker was given, as
``<stage> <key>``, at the version of results of that time: when that is raised, all else of the keys stays. Ids and
moments, which differ each time, are replaced before the key is taken: no shard whose result is found again has any.
"""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from openapi.wire.jobs import Shard
from openapi.wire.settings import Settings
from tests.service.conftest import audit, ended, upload, upload_ready
from tests.service.worker import ProtocolWorker, until

PINNED = json.loads((Path(__file__).parent / "pinned_keys.json").read_text())

_ID = re.compile(r"\b(mdl|dst|aud|hrd|art)_[0-9a-z]{26}\b")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
_FGSM, _PGD = {"name": "fgsm", "eps": 0.1}, {"name": "pgd", "eps": "8/255", "steps": 3}
_NAMED = {"labels": ["cat", "dog", "owl"], "label_source": "name"}


def pin(shard: Shard) -> str:
    """The stage and the key of a shard without ids and moments."""
    text = json.dumps(shard.params)
    plain = _MOMENT.sub("MOMENT", _ID.sub(lambda found: found[1], text))
    if shard.stage in ("attack", "neurons", "prepare"):
        assert plain == text, "such results are found again in other jobs"
    return f"{shard.stage} {shard.model_copy(update={'params': json.loads(plain)}).result_key}"


class PinnedWorker(ProtocolWorker):
    """Leaves the same bytes whatever the ids of its jobs are."""

    def checkpoint(self, shard: Shard, format: str) -> bytes:
        return format.encode()


@pytest.fixture
def worker(settings: Settings) -> Any:
    found = PinnedWorker(settings)
    yield found
    found.close()


def driven(api: httpx.Client, worker: ProtocolWorker, path: str, **value: Any) -> list[str]:
    """Do a job to its end; `value` is what every attack finds. Returns its pins in order of the text."""
    pins = []
    while api.get(f"/v1/{path}").json()["finished_at"] is None:
        for shard in worker.waiting(0.3):
            pins.append(pin(shard))
            worker.do(shard, **(value if shard.stage == "attack" else {}))
    assert ended(api, path)["status"] == "succeeded"
    return sorted(pins)


def test_an_audit_by_preset_with_neurons(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = subjects(api, worker)
    body = {"attacks": None, "preset": "smoke", "neurons": {"max_samples": 6}, "max_samples": None}
    assert driven(api, worker, f"audits/{audit(api, model, dataset, **body)}") == PINNED["preset"]


def test_an_audit_with_choices(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = subjects(api, worker, **_NAMED)
    aimed = {"name": "pgd", "eps": 0.1, "target": "dog", "id": "mine"}
    choices: dict[str, Any] = {"samples": "random", "max_samples": 7, "seed": 3, "keep_examples": True}
    execution = {"shards": 2, "batch_size": 7}
    identity = audit(
        api, model, dataset, attacks=[aimed, _FGSM, _PGD], survivors_only=True, execution=execution, **choices
    )
    assert driven(api, worker, f"audits/{identity}") == PINNED["choices"]


def test_an_audit_that_ends_early(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = subjects(api, worker)
    rules = [{"metric": "worst_case.robust_accuracy", "op": ">=", "value": 0.8}]
    identity = audit(api, model, dataset, attacks=[_FGSM, _PGD], max_samples=8, stop_on="fail", policy={"rules": rules})
    # By itself: a result that is recorded beside that of the other attack would let both into the report.
    worker.do(worker.take_of("attack"), clean_correct=4, success=2)
    until(lambda: api.get(f"/v1/audits/{identity}").json()["phase"] == "report")
    pins = driven(api, worker, f"audits/{identity}", clean_correct=4, success=2)
    assert [p for p in pins if p.startswith("report")] == PINNED["early"]


def test_an_audit_that_prepares_its_data_and_hardens(api: httpx.Client, worker: ProtocolWorker) -> None:
    model = upload(api, "models", b"another model", {"labels": ["owl", "cat", "dog"]})
    worker.do(worker.take())
    data = [upload_ready(api, worker, "datasets", name, **_NAMED) for name in (b"train", b"eval")]
    harden = {"train_dataset_id": data[0], "epochs": 1, "method": "sns", "lambda": 2}
    identity = audit(api, model, data[1], attacks=[_FGSM, _PGD], harden=harden, keep_examples=True)
    assert driven(api, worker, f"audits/{identity}") == PINNED["hardens"]


def test_a_hardening(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = subjects(api, worker)
    train = upload_ready(api, worker, "datasets", b"train", num_samples=50)
    body = {"model_id": model, "train_dataset_id": train, "eval_dataset_id": dataset, "method": "pat", "epochs": 2}
    identity = api.post("/v1/hardenings", json={**body, "eval_max_samples": 6, "layers": ["conv1"]}).json()["id"]
    assert driven(api, worker, f"hardenings/{identity}") == PINNED["hardening"]


def test_the_report_is_told_how_numbers_were_written(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = subjects(api, worker)
    train = upload_ready(api, worker, "datasets", b"train", num_samples=50)
    body: dict[str, Any] = {
        "attacks": [{"name": "pgd", "eps": "0.5/255", "step_size": "1/2550"}],
        "harden": {"train_dataset_id": train, "eps": "3/510", "method": "pat", "epochs": 1},
        "neurons": {"eps": "2/255"},
    }
    identity = audit(api, model, dataset, **body)
    told = api.get(f"/v1/audits/{identity}").json()["request"]
    assert [told["attacks"][0][name] for name in ("eps", "step_size")] == [0.5 / 255, 1 / 2550]
    assert (told["harden"]["eps"], told["neurons"]["eps"]) == (3 / 510, 2 / 255)
    given: dict[str, Any] = {}
    while api.get(f"/v1/audits/{identity}").json()["finished_at"] is None:
        for shard in worker.waiting(0.3):
            given.setdefault(str(shard.stage), {})[shard.job_id[:3]] = shard.params
            worker.do(shard)
    assert given["attack"]["aud"]["attack"]["eps"] == 0.5 / 255, "what is computed has no words"
    assert given["neurons"]["aud"]["neurons"]["eps"] == 2 / 255
    assert given["harden"]["hrd"]["harden"]["eps"] == 3 / 510
    for params in given["report"].values():
        assert params["attacks"][0]["eps"] == params["request"]["attacks"][0]["eps"] == "0.5/255"
    assert given["report"]["hrd"]["request"]["eps"] == "3/510"
    assert given["report"]["aud"]["request"]["neurons"]["eps"] == "2/255"


def subjects(api: httpx.Client, worker: ProtocolWorker, **inspected: Any) -> tuple[str, str]:
    model = upload_ready(api, worker, "models", b"a model")
    return model, upload_ready(api, worker, "datasets", b"a data set", **inspected)
