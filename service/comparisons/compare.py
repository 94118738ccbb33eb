"""Two reports with their samples → what changed, and whether by chance. No database and no HTTP in here."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openapi.comparisons import (
    MOST_NAMED,
    MOST_OF_CLASS,
    AttackPaired,
    ClassPaired,
    ComparedAudit,
    ComparisonReport,
    ComparisonVerdict,
    LeftOut,
    Paired,
    SamplesLeftOut,
    ThreatPaired,
)
from openapi.intervals import holm, mcnemar, paired_difference
from openapi.paired import Sampled
from openapi.problems import InvalidField
from openapi.text import counted
from openapi.threat_models import ThreatModel, threat_label

#: The error that a verdict allows.
LEVEL = 0.05

Json = Mapping[str, Any]
Row = dict[str, Any]


@dataclass(frozen=True)
class Side:
    """One audit: its report as JSON, and what became of its samples."""

    report: Json
    samples: Sampled

    def class_of(self, label: int) -> str:
        """What a class is called, by which the sides' numberings are brought together."""
        names = self.report["model"].get("labels")
        return str(names[label]) if names and label < len(names) else str(label)


@dataclass(frozen=True)
class _Held:
    """What both sides hold of the same samples, (n,) each."""

    index: Sequence[int]
    base: Sequence[bool]
    candidate: Sequence[bool]

    def of(self, at: Sequence[int]) -> "_Held":
        """The samples at these places alone."""
        return _Held([self.index[i] for i in at], [self.base[i] for i in at], [self.candidate[i] for i in at])

    def row(self, most: int = MOST_NAMED) -> Row:
        """The fields of a `Paired`, but for the adjusted p."""
        won = [i for i, old, new in zip(self.index, self.base, self.candidate, strict=True) if new and not old]
        lost = [i for i, old, new in zip(self.index, self.base, self.candidate, strict=True) if old and not new]
        n, before, after = len(self.index), sum(self.base), sum(self.candidate)
        return {
            "n": n,
            "base": before / n,
            "candidate": after / n,
            "difference": (after - before) / n,
            "ci95": paired_difference(len(won), len(lost), n),
            "won": len(won),
            "lost": len(lost),
            "p": mcnemar(len(won), len(lost)),
            "worse": tuple(lost[:most]),
            "better": tuple(won[:most]),
        }


def compare(base: Side, candidate: Side) -> ComparisonReport:
    """Put the candidate beside the base. Raises `InvalidField` where they are not of the same images and classes."""
    _check_images(base.report["dataset"], candidate.report["dataset"])
    there = set(candidate.samples.index)
    index = [sample for sample in base.samples.index if sample in there]
    if not index:
        raise InvalidField("candidate", "the audits have evaluated no sample in common")
    alone = _evaluated_alone(base, candidate)
    base, candidate = (Side(side.report, side.samples.only(index)) for side in (base, candidate))
    places = _places_of_classes(base, candidate)
    pairs, left_out = _same_attacks(base.report["attacks"], candidate.report["attacks"])
    clean = _Held(index, base.samples.correct, candidate.samples.correct).row()
    found = (_threat(w, pairs, base, candidate) for w in base.report["worst_case"])
    worst = [row for row in found if row is not None]
    _adjust([clean, *worst])
    attacks = [_attack(ids, base, candidate, places) for ids in pairs.items()]
    _adjust(attacks)
    classes = _classes(_held(_deciding_attacks(base.report, pairs), pairs, base, candidate), base, places)
    told, threats = Paired(**clean), tuple(ThreatPaired(**row) for row in worst)
    decide = _deciding_rows(told, threats)
    verdict, reasons = _judged(decide)
    return ComparisonReport(
        base=_about(base.report),
        candidate=_about(candidate.report),
        dataset_name=base.report["dataset"]["name"],
        n=len(index),
        clean=told,
        attacks=tuple(AttackPaired(**row) for row in attacks),
        worst_case=threats,
        classes=tuple(ClassPaired(**row) for row in classes),
        left_out=tuple(left_out),
        samples_left_out=alone,
        verdict=verdict,
        rule=_rule(verdict, [name for name, _ in decide]),
        reasons=reasons,
    )


def _check_images(base: Json, candidate: Json) -> None:
    """The same file, read the same way: an image's number then means the same image."""
    for field, said in (("sha256", "file"), ("split", "split"), ("resize", "resizing")):
        if base.get(field) != candidate.get(field):
            raise InvalidField(
                "candidate",
                f"it is of other images than the base: {candidate['name']!r} and {base['name']!r} differ in "
                f"their {said}",
            )


def _evaluated_alone(base: Side, candidate: Side) -> tuple[SamplesLeftOut, ...]:
    """The samples that only one side evaluated, by side; nothing of a side without any."""
    evaluated = {"base": base.samples.index, "candidate": candidate.samples.index}
    common = set(evaluated["base"]) & set(evaluated["candidate"])
    alone = {side: [sample for sample in index if sample not in common] for side, index in evaluated.items()}
    return tuple(
        SamplesLeftOut.model_validate({"side": side, "n": len(index), "index": tuple(index[:MOST_NAMED])})
        for side, index in alone.items()
        if index
    )


def _places_of_classes(base: Side, candidate: Side) -> dict[int, list[int]]:
    """Label in the base → places of its samples. Raises `InvalidField` where the sides disagree on a sample's class."""
    found: dict[int, list[int]] = {}
    for at, (sample, label, other) in enumerate(
        zip(base.samples.index, base.samples.label, candidate.samples.label, strict=True)
    ):
        one, another = base.class_of(label), candidate.class_of(other)
        if one != another:
            raise InvalidField(
                "candidate", f"sample {sample} is of the class {one!r} in the base and {another!r} in it"
            )
        found.setdefault(label, []).append(at)
    return dict(sorted(found.items()))


def _same_attacks(base: Sequence[Json], candidate: Sequence[Json]) -> tuple[dict[str, str], list[LeftOut]]:
    """Ids of the attacks that both ran, base → candidate, and the others: the same options, whatever the ids."""
    pairs: dict[str, str] = {}
    free = list(candidate)
    for attack in base:
        same = [other for other in free if _options(other) == _options(attack)]
        if same:
            chosen = next((other for other in same if other["id"] == attack["id"]), same[0])
            pairs[attack["id"]] = chosen["id"]
            free.remove(chosen)
    ids = {"base": {a["id"] for a in base}, "candidate": {a["id"] for a in candidate}}
    left = [_left_out(a["id"], "base", "candidate", ids) for a in base if a["id"] not in pairs]
    return pairs, left + [_left_out(a["id"], "candidate", "base", ids) for a in free]


def _left_out(identity: str, side: str, other: str, ids: Mapping[str, set[str]]) -> LeftOut:
    reason = "other options there" if identity in ids[other] else f"the {other} did not run it"
    return LeftOut.model_validate({"id": identity, "side": side, "reason": reason})


def _options(attack: Json) -> str:
    return json.dumps([attack["name"], attack["params"]], sort_keys=True)


def _held(ids: Sequence[str], pairs: Mapping[str, str], base: Side, candidate: Side) -> _Held:
    """What both sides hold against these attacks (ids of the base)."""
    theirs = [pairs[i] for i in ids]
    return _Held(base.samples.index, base.samples.robust(ids), candidate.samples.robust(theirs))


def _attack(ids: tuple[str, str], base: Side, candidate: Side, places: Mapping[int, list[int]]) -> Row:
    own, other = ids
    about = next(a for a in base.report["attacks"] if a["id"] == own)
    held = _held([own], {own: other}, base, candidate)
    return {
        **held.row(),
        "id": own,
        "candidate_id": other,
        "name": about["name"],
        "threat_model": about["threat_model"],
        "classes": tuple(ClassPaired(**row) for row in _classes(held, base, places)),
    }


def _threat(worst: Json, pairs: Mapping[str, str], base: Side, candidate: Side) -> Row | None:
    ids = [i for i in worst["attacks"] if i in pairs]
    if not ids:
        return None
    about = {"threat_model": worst["threat_model"], "threat": worst.get("threat"), "attacks": tuple(ids)}
    return {**_held(ids, pairs, base, candidate).row(), **about}


def _deciding_attacks(report: Json, pairs: Mapping[str, str]) -> list[str]:
    """The common attacks of the bounded threat models; of all, if none is bounded."""
    found = [w for w in report["worst_case"] if any(i in pairs for i in w["attacks"])]
    bounded = [w for w in found if w.get("threat") and ThreatModel.model_validate(w["threat"]).bounded] or found
    return [i for w in bounded for i in w["attacks"] if i in pairs]


def _classes(held: _Held, base: Side, places: Mapping[int, list[int]]) -> list[Row]:
    names = base.report["model"].get("labels")
    rows = [
        {
            **held.of(at).row(MOST_OF_CLASS),
            "label": label,
            "name": names[label] if names and label < len(names) else None,
        }
        for label, at in places.items()
    ]
    _adjust(rows)
    return rows


def _adjust(rows: Sequence[Row]) -> None:
    for row, p in zip(rows, holm([row["p"] for row in rows]), strict=True):
        row["p_adjusted"] = p


def _deciding_rows(clean: Paired, worst: Sequence[ThreatPaired]) -> list[tuple[str, Paired]]:
    """The rows that the verdict is of: clean accuracy and the bounded worst cases (all, if none is bounded)."""
    bounded = [row for row in worst if row.threat is not None and row.threat.bounded] or worst
    return [("clean accuracy", clean), *((threat_label(row.model_dump(mode="json")), row) for row in bounded)]


def _judged(rows: Sequence[tuple[str, Paired]]) -> tuple[ComparisonVerdict, tuple[str, ...]]:
    beyond = [(name, row) for name, row in rows if row.p_adjusted <= LEVEL]
    fell, rose = (any(sign * row.difference > 0 for _, row in beyond) for sign in (-1, 1))
    verdict: ComparisonVerdict = (
        "mixed" if fell and rose else "worse" if fell else "better" if rose else "no_difference"
    )
    return verdict, tuple(
        f"{name}: {counted(row.won, 'sample')} won, {row.lost} lost of {row.n} (p = {row.p_adjusted:.2g})"
        for name, row in beyond or rows
    )


def _rule(verdict: ComparisonVerdict, names: Sequence[str]) -> str:
    """What a verdict says. One that rises is enough for `better`; a hardening's finding wants all to rise."""
    happened = {
        "better": "at least one rose beyond chance, and none fell",
        "worse": "at least one fell beyond chance, and none rose",
        "mixed": "at least one rose beyond chance, and at least one fell",
        "no_difference": "none rose or fell beyond chance",
    }[verdict]
    rows = counted(len(names), "row")
    return f"of {', '.join(names)}, {happened} (McNemar's exact test, p ≤ {LEVEL} adjusted by Holm for {rows})"


def _about(report: Json) -> ComparedAudit:
    return ComparedAudit(
        id=report["id"],
        created_at=report["created_at"],
        model_id=report["model"]["id"],
        model_name=report["model"]["name"],
        model_sha256=report["model"]["sha256"],
        dataset_id=report["dataset"]["id"],
        evaluated=report["dataset"]["evaluated"],
    )
