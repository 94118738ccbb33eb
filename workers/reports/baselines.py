"""Earlier audits that rules are relative to: their numbers, and the difference to this audit's with its interval."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openapi.intervals import difference, paired_difference
from openapi.paired import Sampled
from openapi.stages.report import BaselineFile, baseline
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

    Paired (Tango) where both audits have evaluated the same samples, else that of independent ones (Newcombe).
    Raises `UnknownMetric`.
    """
    new, old = least(now.report, path), least(before.report, path)
    after, earlier = _held(new, path, now), _held(old, path, before)
    if after is not None and earlier is not None and _same_samples(now, before):
        won = sum(a and not b for a, b in zip(after, earlier, strict=True))
        lost = sum(b and not a for a, b in zip(after, earlier, strict=True))
        return paired_difference(won, lost, len(after))
    counts, others = new.counts(), old.counts()
    return None if counts is None or others is None else difference(counts, others)


def _held(leaf: Leaf, path: str, audit: Judged) -> list[bool] | None:
    """Which samples an accuracy counts; None where the samples do not say it."""
    samples, head = audit.samples, path.partition(".")[0]
    if samples is None:
        return None
    found = None
    if head == "clean" and leaf.field == "accuracy" and leaf.block is audit.report["clean"]:
        found = list(samples.correct)
    elif head == "attacks" and leaf.field == "robust_accuracy" and leaf.block.get("id") in samples.fooled:
        found = samples.robust([leaf.block["id"]])
    elif head == "worst_case" and leaf.field == "robust_accuracy":
        found = samples.robust(leaf.block["attacks"])
    # Of randomised models the attacks' own passes differ: their numbers are not those of the samples.
    return found if found is not None and leaf.counts() == (sum(found), len(found)) else None


def same_images(now: Judged, before: Judged) -> bool:
    """Whether two audits are of the same file, read the same way: an image's number then means the same image."""
    one, other = now.report["dataset"], before.report["dataset"]
    return all(one.get(field) == other.get(field) for field in ("sha256", "split", "resize"))


def _same_samples(now: Judged, before: Judged) -> bool:
    if now.samples is None or before.samples is None:
        return False
    return same_images(now, before) and list(now.samples.index) == list(before.samples.index)
