"""The plan of a hardening: ``[preparing →] training → [evaluation → report]``, with a second training to compare with.

Without held-out data nothing is compared. Data is prepared where the model takes its labels or
channels in another form.
"""

from collections.abc import Mapping
from dataclasses import replace

from openapi.hardening_methods import RIVALS
from openapi.hardening_options import OF_COMPARISON, HardenOptions
from openapi.hardenings import HardeningRequest
from openapi.stages.base import Given, Stage
from openapi.stages.harden import HardenParams, Origin, TrainingData
from openapi.stages.places import Whose
from openapi.stages.report import ReportValue
from openapi.wire.jobs import Pace
from service.orchestrator.evaluation import Samples, aimed_attacks, attack_steps, evaluated, slices
from service.orchestrator.hardened import RIVAL, hardened_file, hardened_subject
from service.orchestrator.matching import as_taken, prepare_steps
from service.orchestrator.plan import Ahead, Ending, Extension, Known, Step
from service.orchestrator.reporting import REPORT, listed, report_step
from service.orchestrator.scrutinising import added_to, scrutiny_steps
from service.orchestrator.subjects import DatasetSubject, ModelSubject, Part
from service.orchestrator.validation import check_hardening_request

TRAINING, EVALUATION = "training", "evaluation"
#: The name of the step that trains.
TRAIN = "train"
#: Options that not every method takes: its rival is trained without them.
_OF_ONE_METHOD = ("lambda_choice", "keep_frontier", "sparsity")


def extend(known: Known[HardeningRequest]) -> Extension:
    """What comes next. Raises the errors of `check_hardening_request`."""
    request, model, data = known.request, known.model, known.datasets
    if not known.planned:
        check_hardening_request(request, model, data[Part.TRAIN], data.get(Part.EVAL))
        if preparing := prepare_steps(model, data):
            return Extension(steps=preparing, ahead=ahead(known))
    if TRAIN not in known.done:
        return Extension(steps=train_steps(request, model, as_taken(known, Part.TRAIN)), ahead=ahead(known))
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
        models = {Whose.BEFORE: model, Whose.AFTER: hardened}
        if RIVAL in known.done:
            models[Whose.RIVAL] = hardened_subject(model, known.done[RIVAL], request)
        steps = comparison_steps(request, models, samples, keep_examples=known.keeps_examples)
        return Extension(steps=steps, ahead=ahead(known), files=files)
    if REPORT not in known.done:
        artifacts = [listed(known.job_id, file, known.now) for file in files]
        step = report_step(
            known, request, model, dataset, [trained, *rows], artifacts=artifacts, rival=known.done.get(RIVAL)
        )
        return Extension(steps=[step])
    report = known.done[REPORT]
    value = report.value(ReportValue)
    ending = replace(ending, verdict=value.verdict, metrics=value.metrics)
    return Extension(files=tuple(report.result.files.values()), ending=ending)


def ahead(known: Known[HardeningRequest]) -> list[Ahead]:
    """The phases of a hardening."""
    request, dataset = known.request, known.datasets.get(Part.EVAL)
    trainings = 1 + request.compare
    weight = trainings * training_weight(request, known.datasets[Part.TRAIN])
    found = [Ahead(TRAINING, Stage.HARDEN, weight, trainings)]
    if dataset is not None:
        n, specs = evaluated(dataset, request), len(request.attacks or ())
        sides, cuts = 2 + request.compare, len(slices(n, request.execution, known.slice_size))
        weight, count = float(sides * n * specs), sides * cuts * specs
        if request.scrutiny is not None:
            more = sides * len(added_to(request).both)
            weight += min(n, request.scrutiny.max_samples) * more
            count += more
        found += [Ahead(EVALUATION, Stage.ATTACK, weight, count), Ahead(REPORT, Stage.REPORT)]
    return found


def training_weight(request: HardeningRequest, dataset: DatasetSubject) -> float:
    """Images that the training sees, each epoch's counted anew."""
    n = dataset.inspection.num_samples
    return float(request.epochs * min(n, request.max_samples or n))


def train_steps(request: HardeningRequest, model: ModelSubject, dataset: DatasetSubject) -> list[Step]:
    """The phase ``training``: by the method asked for, and where they are to be compared by its rival."""
    if not request.compare:
        return [_train_step(TRAIN, request, model, dataset)]
    plain = {name: HardenOptions.model_fields[name].default for name in _OF_ONE_METHOD}
    rival = request.model_copy(update={"method": RIVALS.get(request.method, "pat"), **plain})
    steps = (_train_step(TRAIN, request, model, dataset), _train_step(RIVAL, rival, model, dataset))
    # The plan goes on when both are done; each counts as the images that it sees, whatever it tells of itself.
    return [replace(step, extends=False, unit="images") for step in steps]


def _train_step(name: str, request: HardeningRequest, model: ModelSubject, dataset: DatasetSubject) -> Step:
    left_out = {"train_dataset_id", *OF_COMPARISON}
    options = {name: getattr(request, name) for name in HardenOptions.model_fields if name not in left_out}
    mapping = dataset.matched.label_mapping if dataset.matched is not None else None
    return Step(
        TRAINING,
        name,
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
        execution=Pace(batch_size=request.execution.batch_size),
        extends=True,
    )


def comparison_steps(
    request: HardeningRequest, models: Mapping[Whose, ModelSubject], samples: Samples, *, keep_examples: bool
) -> list[Step]:
    """The phase ``evaluation``: the same attacks on the parent (before), the hardened model (after) and its rival.

    The parent's steps have the result keys of those that an audit with the same attacks has run, and are then free;
    keep_examples: whether that audit keeps its examples. Then those on the hardened model are kept too, so that the
    report can show what became of images.
    """
    specs = aimed_attacks(request, models[Whose.BEFORE], samples.dataset)
    steps: list[Step] = []
    for whose, model in models.items():
        keeps = keep_examples and whose is not Whose.RIVAL
        steps += attack_steps(EVALUATION, model, replace(samples, keep_examples=keeps), specs, whose=whose)
    return steps + scrutiny_steps(EVALUATION, request, models, samples)
