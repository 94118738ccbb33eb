"""The plan of a hardening: ``[preparing →] training → [evaluation → report]``.

Without held-out data nothing is compared. Data is prepared where the model takes its labels or
channels in another form.
"""

from typing import Any

from openapi.hardening_options import HardenOptions
from openapi.hardenings import HardeningRequest
from openapi.stages.base import Stage
from service.orchestrator.evaluation import aimed_attacks, attack_steps, evaluated, slices
from service.orchestrator.hardened import hardened_file, hardened_subject
from service.orchestrator.matching import as_taken, prepare_steps
from service.orchestrator.plan import Ending, Extension, Known, Step, Subject
from service.orchestrator.reporting import REPORT, artifact_info, report_step
from service.orchestrator.validation import check_hardening_request

TRAINING, EVALUATION = "training", "evaluation"


def extend(known: Known) -> Extension:
    """What comes next. Raises the errors of `check_hardening_request`."""
    request: HardeningRequest = known.request
    model = known.subjects["model"]
    data = {name: known.subjects[name] for name in ("train", "eval") if name in known.subjects}
    if not known.planned:
        check_hardening_request(request, model, data["train"], data.get("eval"))
        if preparing := prepare_steps(model, data):
            return Extension(steps=preparing)
    if "train" not in known.done:
        return Extension(steps=[train_step(request, model, as_taken(known, "train"))])
    trained = known.done["train"].result
    files = tuple(trained.files.values())
    hardened = hardened_subject(model, trained, request)
    made: dict[str, Any] = {"hardened": hardened, "parent_id": model.id, "filename": hardened_file(trained).name}
    if "eval" not in data:
        return Extension(files=files, ending=Ending("inconclusive", **made))
    dataset = as_taken(known, "eval")
    if not known.of(EVALUATION):
        steps = comparison_steps(
            request, model, hardened, dataset, known.slice_size, keep_examples=known.keeps_examples
        )
        return Extension(steps=steps, files=files)
    if REPORT not in known.done:
        rows = [known.done["train"], *known.of(EVALUATION)]
        artifacts = [artifact_info(known.job_id, file, known.now) for file in files]
        return Extension(steps=[report_step(known, request, model, dataset, rows, artifacts=artifacts)])
    report = known.done[REPORT].result
    ending = Ending(report.value.get("verdict"), report.value.get("metrics"), **made)
    return Extension(files=tuple(report.files.values()), ending=ending)


def _mapping(dataset: Subject) -> dict[str, Any]:
    found = dataset.matched.get("label_mapping")
    return {"label_mapping": found} if found else {}


def train_step(request: HardeningRequest, model: Subject, dataset: Subject) -> Step:
    """The one step of the phase ``training``."""
    fields = set(HardenOptions.model_fields) - {"train_dataset_id"}
    return Step(
        TRAINING,
        "train",
        Stage.HARDEN,
        {"model": model.blob, **dataset.arrays()},
        {
            "model": model.contract(),
            "harden": request.model_dump(mode="json", by_alias=True, include=fields),
            "seed": request.seed,
            "parent": {"id": model.id, "sha256": model.sha256, "name": model.name},
            "dataset": {"id": dataset.id, "sha256": dataset.sha256, "name": dataset.name, **_mapping(dataset)},
        },
        execution={"batch_size": request.execution.batch_size},
        extends=True,
    )


def comparison_steps(
    request: HardeningRequest,
    model: Subject,
    hardened: Subject,
    dataset: Subject,
    slice_size: int,
    *,
    keep_examples: bool,
) -> list[Step]:
    """The phase ``evaluation``: the same attacks on the parent (before) and on the hardened model (after).

    The parent's steps have the result keys of those that an audit with the same attacks has run, and are then free.
    """
    cuts = slices(evaluated(dataset, request), request.execution, slice_size)
    options: dict[str, Any] = {
        "choice": request.eval_samples,
        "seed": request.seed,
        "execution": request.execution,
    }
    specs = aimed_attacks(request, model, dataset)
    before = attack_steps(EVALUATION, "", model, dataset, specs, cuts, keep_examples=keep_examples, **options)
    after = attack_steps(EVALUATION, "after.", hardened, dataset, specs, cuts, keep_examples=False, **options)
    return before + after
