"""The plan of a hardening: ``[preparing →] training → [evaluation → report]``.

Without held-out data nothing is compared. Data is prepared where the model takes its labels or
channels in another form.
"""

from dataclasses import replace

from openapi.hardening_options import HardenOptions
from openapi.hardenings import HardeningRequest
from openapi.stages.base import Given, Stage
from openapi.stages.harden import HardenParams, Origin, TrainingData
from openapi.stages.report import ReportValue
from service.orchestrator.evaluation import Samples, aimed_attacks, attack_steps, evaluated, slices
from service.orchestrator.hardened import hardened_file, hardened_subject
from service.orchestrator.matching import as_taken, prepare_steps
from service.orchestrator.plan import Ahead, Ending, Extension, Known, Step
from service.orchestrator.reporting import REPORT, listed, report_step
from service.orchestrator.subjects import DatasetSubject, ModelSubject, Part
from service.orchestrator.validation import check_hardening_request

TRAINING, EVALUATION = "training", "evaluation"
#: The name of the step that trains.
TRAIN = "train"


def extend(known: Known[HardeningRequest]) -> Extension:
    """What comes next. Raises the errors of `check_hardening_request`."""
    request, model, data = known.request, known.model, known.datasets
    if not known.planned:
        check_hardening_request(request, model, data[Part.TRAIN], data.get(Part.EVAL))
        if preparing := prepare_steps(model, data):
            return Extension(steps=preparing, ahead=ahead(known))
    if TRAIN not in known.done:
        return Extension(steps=[train_step(request, model, as_taken(known, Part.TRAIN))], ahead=ahead(known))
    trained = known.done[TRAIN]
    files = tuple(trained.result.files.values())
    hardened = hardened_subject(model, trained, request)
    ending = Ending("inconclusive", hardened=hardened, parent_id=model.id, filename=hardened_file(trained).name)
    if Part.EVAL not in data:
        return Extension(files=files, ending=ending)
    dataset = as_taken(known, Part.EVAL)
    rows = known.of(EVALUATION)
    if not rows:
        samples = Samples.of(request, dataset, known.slice_size)
        before = replace(samples, keep_examples=known.keeps_examples)
        steps = comparison_steps(request, model, hardened, before, samples)
        return Extension(steps=steps, ahead=ahead(known), files=files)
    if REPORT not in known.done:
        artifacts = [listed(known.job_id, file, known.now) for file in files]
        step = report_step(known, request, model, dataset, [trained, *rows], artifacts=artifacts)
        return Extension(steps=[step])
    report = known.done[REPORT]
    value = report.value(ReportValue)
    ending = replace(ending, verdict=value.verdict, metrics=value.metrics)
    return Extension(files=tuple(report.result.files.values()), ending=ending)


def ahead(known: Known[HardeningRequest]) -> list[Ahead]:
    """The phases of a hardening."""
    request, dataset = known.request, known.datasets.get(Part.EVAL)
    found = [Ahead(TRAINING, Stage.HARDEN, training_weight(request, known.datasets[Part.TRAIN]))]
    if dataset is not None:
        n, specs = evaluated(dataset, request), len(request.attacks or ())
        count = len(slices(n, request.execution, known.slice_size)) * specs
        found += [Ahead(EVALUATION, Stage.ATTACK, 2.0 * n * specs, 2 * count), Ahead(REPORT, Stage.REPORT)]
    return found


def training_weight(request: HardeningRequest, dataset: DatasetSubject) -> float:
    """Images that the training sees, each epoch's counted anew."""
    n = dataset.inspection.num_samples
    return float(request.epochs * min(n, request.max_samples or n))


def train_step(request: HardeningRequest, model: ModelSubject, dataset: DatasetSubject) -> Step:
    """The one step of the phase ``training``."""
    options = {name: getattr(request, name) for name in HardenOptions.model_fields if name != "train_dataset_id"}
    mapping = dataset.matched.label_mapping if dataset.matched is not None else None
    return Step(
        TRAINING,
        TRAIN,
        Stage.HARDEN,
        {Given.MODEL: model.blob, **dataset.arrays()},
        HardenParams(
            model=model.contract(),
            harden=HardenOptions(**options),
            seed=request.seed,
            parent=Origin(id=model.id, sha256=model.sha256, name=model.name),
            dataset=TrainingData(id=dataset.id, sha256=dataset.sha256, name=dataset.name, label_mapping=mapping),
        ),
        weight=training_weight(request, dataset),
        execution={"batch_size": request.execution.batch_size},
        extends=True,
    )


def comparison_steps(
    request: HardeningRequest, model: ModelSubject, hardened: ModelSubject, before: Samples, after: Samples
) -> list[Step]:
    """The phase ``evaluation``: the same attacks on the parent (before) and on the hardened model (after).

    The parent's steps have the result keys of those that an audit with the same attacks has run, and are then free.
    """
    specs = aimed_attacks(request, model, before.dataset)
    return [
        *attack_steps(EVALUATION, model, before, specs),
        *attack_steps(EVALUATION, hardened, after, specs, after=True),
    ]
