"""The model card of a hardened checkpoint: Markdown with the YAML header of the Hugging Face Hub's model cards."""

import json
from collections.abc import Iterable, Sequence

from openapi.base import JsonObject, as_written
from openapi.hardening_methods import METHODS, HardeningMethod
from openapi.hardenings import HardeningRequest
from openapi.report import AttackReport, Clean, Interval, Report, WorstCase
from openapi.stages.comparison import Comparison, ScrutinyReport
from openapi.stages.harden import HardenValue, Origin, Quantised
from openapi.text import markdown
from workers.reports.formatting import attack_text, threat_text


def model_card(
    report: Report,
    request: HardeningRequest,
    found: Comparison,
    training: HardenValue | None,
    trained_on: Origin | None = None,
) -> str:
    """Lineage, results with intervals, data, settings and limits of the model that this report's hardening made.

    found: both sides on the held-out data set of the report; trained_on: None in jobs of earlier versions.
    The header is YAML that is JSON: names are quoted.
    """
    name = request.name or f"{report.model.name} ({request.method} hardened)"
    parts = [
        _header(report, name, found),
        f"# {markdown(name)}\n",
        f"An image classifier with {report.model.num_classes} classes, trained further by `{request.method}` "
        f"({markdown(METHODS[request.method].definition)}) so that it withstands adversarial perturbations.\n",
        *_lineage(report, request, trained_on),
        *_results(report, found),
        *_settings(request, training),
        *_limits(report, request),
    ]
    return "\n".join(parts)


def _header(report: Report, name: str, found: Comparison) -> str:
    metrics: list[JsonObject] = [{"type": "accuracy", "name": "Clean accuracy", "value": found.after.clean.accuracy}]
    metrics += [
        {"type": "accuracy", "name": f"Robust accuracy, {threat_text(w)}, worst case", "value": w.robust_accuracy}
        for w in found.after.worst_case
    ]
    data: JsonObject = {"type": report.dataset.name, "name": report.dataset.name}
    result: JsonObject = {"task": {"type": "image-classification"}, "dataset": data, "metrics": [*metrics]}
    fields: JsonObject = {
        "tags": ["image-classification", "adversarial-robustness", "sensitive-neuron-stabilizing"],
        "pipeline_tag": "image-classification",
        "model-index": [{"name": name, "results": [result]}],
    }
    return "\n".join(["---", *(f"{key}: {json.dumps(value)}" for key, value in fields.items()), "---", ""])


def _lineage(report: Report, request: HardeningRequest, trained_on: Origin | None) -> list[str]:
    model, data = report.model, report.dataset
    trained = [] if trained_on is None else [("training data", markdown(trained_on.name), f"`{trained_on.sha256}`")]
    return [
        "## Where it comes from\n",
        *_table(
            ("", "name", "sha256"),
            [
                ("parent model", markdown(model.name), f"`{model.sha256}`"),
                *trained,
                ("held-out data", markdown(data.name), f"`{data.sha256}`"),
            ],
        ),
        f"Hardening `{report.id}`, seed {request.seed}. The files' own sha256 and all versions stand in "
        "`manifest.json`, the epochs in `log.jsonl`.\n",
    ]


def _results(report: Report, found: Comparison) -> list[str]:
    before, after = found.before, found.after
    rows = [("clean", _share(before.clean), _share(after.clean))]
    rows += [
        (f"{markdown(attack_text(a.name, a.params))}, {markdown(threat_text(a))}", _share(a), _share(b))
        for a, b in zip(before.attacks, after.attacks, strict=True)
    ]
    rows += [
        (f"worst case, {markdown(threat_text(a))}", _share(a), f"**{_share(b)}**")
        for a, b in zip(before.worst_case, after.worst_case, strict=True)
    ]
    failed = [check for check in found.checks if check.status == "fail"]
    return [
        f"## Results on {after.clean.n} held-out images of {markdown(report.dataset.name)}\n",
        "In brackets 95 % Wilson intervals.\n",
        *_table(("accuracy", "before", "after"), rows),
        *_closer_look(found),
        *[f"- **Check failed** after hardening: {markdown(c.title)}: {markdown(c.detail)}" for c in failed],
        *([""] if failed else []),
    ]


def _closer_look(found: Comparison) -> list[str]:
    """What stronger attacks leave, and what the comparison comes to."""
    lines = []
    if (look := found.scrutiny) is not None:
        rows = [
            (f"`{a.id}`", *(_share(b) if b is not None else "–" for b in (_called(look.before.attacks, a.id), a)))
            for a in look.after.attacks
        ]
        lines = [f"A closer look at {look.n} of the images:\n", *_table(("attack", "before", "after"), rows)]
        lines += [f"{' '.join(_made_elsewhere(look))}\n"]
    if found.finding is not None:
        reasons = "; ".join(markdown(reason) for reason in found.reasons)
        lines += [f"**{found.finding.replace('_', ' ').capitalize()}**{': ' if reasons else '.'}{reasons}\n"]
    return lines


def _made_elsewhere(look: ScrutinyReport) -> list[str]:
    """What the rows mean that have no number before hardening."""
    said = []
    if any(a.id.startswith("transfer-") for a in look.after.attacks):
        said.append("`transfer`: PGD examples of the parent model, tried on this one.")
    if look.operators:
        counted = ", ".join(f"{count} × `{name}`" for name, count in sorted(look.operators.items()))
        said.append(f"`straight-through`: PGD by gradients that pass where this model's own are zero ({counted}).")
    else:
        said.append("No operator of this model has a gradient that is zero everywhere: none had to be passed through.")
    return said


def _called(attacks: Iterable[AttackReport], identity: str) -> AttackReport | None:
    return next((a for a in attacks if a.id == identity), None)


def _settings(request: HardeningRequest, training: HardenValue | None) -> list[str]:
    used = request.model_dump(mode="json", by_alias=True)
    left_out = {"model_id", "train_dataset_id", "eval_dataset_id", "attacks", "labels", "execution", "name"}
    rows = [(f"`{key}`", f"`{json.dumps(value)}`") for key, value in used.items() if key not in left_out]
    lines = ["## How it was trained\n", *_table(("option", "value"), rows)]
    if training is not None:
        lines += _layers(METHODS[request.method], training)
        if training.delivered is not None:
            lines.append(f"The weights of epoch {training.delivered} were chosen by the validation split.")
        if (small := training.quantised) is not None:
            lines.append(
                f"`hardened.int8.onnx`: {100 * small.accuracy:.1f} % of {small.n} {small.judged_on} images, where the "
                f"file in floats has {100 * small.float_accuracy:.1f} %; both say the same of "
                f"{100 * small.agreement:.1f} %. {_robustness(small)}"
            )
        if (half := training.halved) is not None:
            before, after = (half.float_accuracy, half.float_robust_accuracy), (half.accuracy, half.robust_accuracy)
            lines.append(
                f"Trained in float32 and written in {half.precision}, as the upload was: on {half.n} {half.judged_on} "
                f"images {_both(before)} before rounding and {_both(after)} after."
            )
        if (walked := training.frontier) is not None:
            what = "meets" if walked.met else "comes nearest to"
            where = f"Weights {walked.delivered:g} of the way from the uploaded to the hardened ones"
            if walked.delivered_epoch is not None:
                where = f"The weights of epoch {walked.delivered_epoch}"
            lines.append(f"{where}: what {what} the goal on the validation split.")
    return [*lines, ""]


def _layers(method: HardeningMethod, training: HardenValue) -> list[str]:
    """Which layers the method stabilised, or trained."""
    names = ", ".join(f"`{name}`" for name in training.layers)
    if method.stabilises:
        return [f"Stabilised layers: {names}."]
    if method.kind == "edit":
        return []
    if method.kind == "module":
        return [f"The layer that was trained: {names}."]
    return [f"What was trained: everything from `{training.layers[0]}` upwards."]


def _both(accuracies: tuple[float, float]) -> str:
    clean, robust = (f"{100 * share:.1f} %" for share in accuracies)
    return f"{clean} (under PGD {robust})"


def _robustness(small: Quantised) -> str:
    if small.robust_accuracy is None or small.float_robust_accuracy is None:
        return "Its robustness was not measured."
    ours, theirs = (f"{100 * share:.1f} %" for share in (small.robust_accuracy, small.float_robust_accuracy))
    return f"Under PGD by the gradients of the network in floats it holds {ours}, the file in floats {theirs}."


def _limits(report: Report, request: HardeningRequest) -> list[str]:
    spec = report.model.input
    order = f", channels {spec.channels}" if spec.shape is None or spec.shape[0] == 3 else ""
    return [
        "## Use and limits\n",
        f"Files take what the parent took: per channel `(lo + pixel · (hi − lo) − mean) / std` with range "
        f"{list(spec.range)}, mean {list(spec.mean or (0.0,))}, std {list(spec.std or (1.0,))}, layout {spec.layout}"
        f"{order}; they return logits. `load_example.py` does it.\n",
        "Robust accuracy is an upper bound: an attack that was not tried may find more. The numbers hold for images "
        f"like those of the data set and for the threat models in the table; the training saw L-infinity eps "
        f"{as_written(request.eps)} alone. Intervals cover the choice of images, not a stronger attack, and nothing "
        "here is a certificate.\n",
    ]


def _share(of: Clean | AttackReport | WorstCase) -> str:
    value = of.accuracy if isinstance(of, Clean) else of.robust_accuracy
    return f"{100 * value:.1f} % {_interval(of.ci95)}"


def _interval(ci: Interval) -> str:
    return f"({100 * ci[0]:.1f} to {100 * ci[1]:.1f})"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [*(f"| {' | '.join(row)} |" for row in lines), ""]
