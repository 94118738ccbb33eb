"""Earlier audits that rules are relative to: their numbers, and the difference to this audit's with its interval."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openapi.intervals import difference, paired_difference
from openapi.paired import Sampled
from openapi.stages.report import BaselineFile, baseline
from openapi.threat_models import ThreatModel
from workers.reports.merge import AttackTable
from workers.reports.metrics import Leaf, least


@dataclass(frozen=True)
class Judged:
    """An audit as rules see it: its report as JSON, and what became of its samples where that is known."""

    report: Mapping[str, Any]
    samples: Sampled | None = None


def read_baselines(inputs: Mapping[str, Path], wanted: Sequence[str]) -> dict[str, Judged]:
    """Those of the wanted audits that are among the inputs, by their ids."""
    found = {}
    for identity in wanted:
        report, samples = (inputs.get(baseline(identity, file)) for file in BaselineFile)
        if report is not None:
            lines = None if samples is None else Sampled.read(samples.read_bytes().splitlines())
            found[identity] = Judged(json.loads(report.read_bytes()), lines)
    return found


def sampled(tables: Sequence[AttackTable]) -> Sampled:
    """What became of the samples of this audit, as its own `samples.jsonl` will say it."""
    right = [all(column) for column in zip(*(t.correct.tolist() for t in tables), strict=True)]
    return Sampled(
        tables[0].index.tolist(), tables[0].label.tolist(), right, {t.id: t.success.tolist() for t in tables}
    )


def change(path: str, now: Judged, before: Judged) -> tuple[float, float] | None:
    """The 95 % interval of a proportion less that of the baseline; None where it is none.

    Paired (Tango) where both audits count the same samples, else that of independent ones (Newcombe): success rates
    are over what was attacked, which two models that are wrong about different images do not share.
    Raises `UnknownMetric`.
    """
    new, old = least(now.report, path), least(before.report, path)
    after, earlier = _held(new, path, now), _held(old, path, before)
    if after is not None and earlier is not None and same_images(now, before) and after.keys() == earlier.keys():
        won = sum(held and not earlier[sample] for sample, held in after.items())
        lost = sum(held and not after[sample] for sample, held in earlier.items())
        return paired_difference(won, lost, len(after))
    counts, others = new.counts(), old.counts()
    return None if counts is None or others is None else difference(counts, others)


def _held(leaf: Leaf, path: str, audit: Judged) -> dict[int, bool] | None:
    """Which samples a proportion is over, and which of them it counts; None where the samples do not say it."""
    samples, head, about = audit.samples, path.partition(".")[0], (path.partition(".")[0], leaf.field)
    if samples is None:
        return None
    found, over = None, samples.index
    if about == ("clean", "accuracy") and leaf.block is audit.report["clean"]:
        found = list(samples.correct)
    elif head == "attacks" and leaf.block.get("id") in samples.fooled:
        attack = leaf.block["id"]
        if leaf.field == "robust_accuracy":
            found = samples.robust([attack])
        elif leaf.field == "success_rate":
            attacked = samples.at(samples.correct)
            found, over = list(attacked.fooled[attack]), attacked.index
    elif about == ("worst_case", "robust_accuracy"):
        found = samples.robust(leaf.block["attacks"])
    elif head == "classes":
        of_class = samples.at([label == leaf.block["label"] for label in samples.label])
        found, over = _of_class(leaf.field, of_class, audit.report), of_class.index
    # Of randomised models the attacks' own passes differ: their numbers are not those of the samples.
    if found is None or leaf.counts() != (sum(found), len(found)):
        return None
    return dict(zip(over, found, strict=True))


def _of_class(field: str, samples: Sampled, report: Mapping[str, Any]) -> list[bool] | None:
    """What the report's `classes` count of one class's samples; the worst case is that of the bounded attacks."""
    if field == "accuracy":
        return list(samples.correct)
    attacks = [a for a in report["attacks"] if a.get("threat")]
    bounded = [a["id"] for a in attacks if ThreatModel.model_validate(a["threat"]).untargeted.bounded]
    return samples.robust(bounded or samples.fooled) if field == "robust_accuracy" else None


def same_images(now: Judged, before: Judged) -> bool:
    """Whether two audits are of the same file, read the same way: an image's number then means the same image."""
    one, other = now.report["dataset"], before.report["dataset"]
    return all(one.get(field) == other.get(field) for field in ("sha256", "split", "resize"))
