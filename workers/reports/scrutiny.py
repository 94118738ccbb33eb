"""The close look at a hardening: its tables, the signs of masked gradients in them, and what they come to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from openapi.hardenings import HardeningRequest
from openapi.intervals import mcnemar
from openapi.report import Check
from openapi.scrutiny import Added, added
from openapi.stages.comparison import Finding, Gain
from openapi.stages.places import Whose
from openapi.stages.report import ReportParams
from openapi.text import counted
from openapi.threat_models import label_of
from workers.attacks.engine.outcomes import COLUMNS
from workers.reports.hardening import LEVEL, deciding, gains
from workers.reports.merge import AttackTable, merge_attacks

#: Checks whose failure on the hardened model says that its gradients mislead attacks.
MASKING = frozenset(
    {
        "deterministic",
        "iterative-beats-single-step",
        "white-box-beats-black-box",
        "larger-eps-never-helps",
        "more-steps-never-help",
        "losses-agree",
        "unbounded-attack-succeeds",
        "gradients-usable",
        "gradients-point-uphill",
        "transfer-is-no-stronger",
        "own-gradients-are-no-weaker",
    }
)


@dataclass(frozen=True)
class Looked:
    """The tables of the first samples: of the request's attacks and of those that were added, by side.

    own: those of the hardened model's own gradients and scores. transferred, surrogate: examples made elsewhere.
    operators: what a straight-through twin treats, and how often.
    """

    before: list[AttackTable]
    own: list[AttackTable]
    transferred: list[AttackTable]
    surrogate: list[AttackTable]
    rival: list[AttackTable]
    operators: dict[str, int]

    @property
    def after(self) -> list[AttackTable]:
        """All that was tried on the hardened model; a twin that treats nothing made no examples, so nothing of it."""
        return [*self.own, *self.transferred, *(self.surrogate if self.operators else [])]


def added_attacks(request: HardeningRequest) -> Added:
    """The attacks that the scrutiny of a request adds, as the service has planned them."""
    scrutiny = request.scrutiny
    return Added() if scrutiny is None else added(scrutiny, request.attacks or (), request.eps, request.steps)


def looked(
    params: ReportParams,
    request: HardeningRequest,
    inputs: Mapping[str, Path],
    sides: Mapping[Whose, list[AttackTable]],
) -> Looked | None:
    """Read what a scrutiny left; None where there was none. `sides`: the tables of the request's own attacks."""
    if request.scrutiny is None:
        return None
    end = min(params.slices[-1][1], request.scrutiny.max_samples)
    cuts = [(start, min(stop, end)) for start, stop in params.slices if start < end]
    more, first = added_attacks(request), len(params.attacks)

    def read(specs: Sequence[Any], at: int, whose: Whose) -> list[AttackTable]:
        return merge_attacks(specs, cuts, inputs, params.values, whose=whose, first=at, choice=params.choice)

    both = {whose: read(more.both, first, whose) for whose in sides}
    at = first + len(more.both)
    transferred = read(more.transferred, at, Whose.AFTER)
    surrogate = read(more.surrogate, at + len(more.transferred), Whose.AFTER)
    whole = {whose: [*(_first(t, end) for t in tables), *both[whose]] for whose, tables in sides.items()}
    # every slice counts the same twin's, and slices were added up
    added_up: dict[str, int] = next((t.extras.get("operators", {}) for t in surrogate), {})
    operators = {name: count // len(cuts) for name, count in added_up.items()}
    own, rival = whole[Whose.AFTER], whole.get(Whose.RIVAL, [])
    return Looked(whole[Whose.BEFORE], own, transferred, surrogate, rival, operators)


def _first(table: AttackTable, n: int) -> AttackTable:
    """The table of its first n samples; its passes and extras are still those of all."""
    columns = {field.name for field in fields(table)} & set(COLUMNS)
    return replace(table, **{name: getattr(table, name)[:n] for name in columns})


def masking_checks(found: Looked) -> list[Check]:
    """Two checks of the close look: examples from elsewhere should not fool more than the model's own gradients do."""
    rows = (
        ("transfer-is-no-stronger", "Examples of the uploaded model are no stronger", found.transferred),
        ("own-gradients-are-no-weaker", "Straight-through gradients find no more", found.surrogate),
    )
    return [_no_stronger(identity, title, tables, found) for identity, title, tables in rows]


def _no_stronger(identity: str, title: str, tables: Sequence[AttackTable], found: Looked) -> Check:
    def check(status: str, detail: str, **numbers: Any) -> Check:
        fields = {"id": f"after.{identity}", "title": f"After hardening: {title}", "status": status}
        return Check.model_validate({**fields, "detail": detail, "numbers": numbers})

    if not tables:
        return check("skipped", "the scrutiny leaves it out, or there was none")
    if tables is found.surrogate and not found.operators:
        return check("pass", "no operator's own gradient is zero: there is nothing to pass through")
    numbers, worst = [], None
    for table in tables:
        rivals = [t for t in found.own if t.spec.threat_model == table.spec.threat_model and _follows(t)]
        if not rivals:
            continue
        own = min(rivals, key=lambda t: int(t.robust.sum()))
        only, missed = int((own.robust & ~table.robust).sum()), int((table.robust & ~own.robust).sum())
        p = mcnemar(only, missed)
        numbers.append({"attack": table.id, "own": own.id, "only_it_fools": only, "only_own_fools": missed, "p": p})
        if only > missed and p <= LEVEL:
            worst = worst or numbers[-1]
    if not numbers:
        return check("skipped", "needs a white-box attack with many steps in the same ball")
    told = worst or numbers[0]
    detail = f"{told['attack']} fools {told['only_it_fools']} samples that {told['own']} does not"
    if worst is not None:
        detail += ": the model's own gradients lead attacks astray"
    return check("pass" if worst is None else "fail", detail, comparisons=numbers)


def _follows(table: AttackTable) -> bool:
    return table.spec.facts.climbs == "many steps"


def finding(
    rows: Sequence[Gain], checks: Iterable[Check], found: Looked | None, asked: Sequence[str]
) -> tuple[Finding, tuple[str, ...], int]:
    """What a hardening comes to, its reasons, and how many of them say that gradients are masked.

    rows: gains under the request's attacks on all samples. checks: on the hardened model. asked: ids of the request's
    attacks. A rise under them that the close look does not confirm counts as masked, where it was beyond chance on
    those samples too.
    """
    signs = [
        f"{check.title}: {check.detail}"
        for check in checks
        if check.status == "fail" and check.id.removeprefix("after.") in MASKING
    ]
    confirmed = rows
    if found is not None:
        confirmed = gains(found.before, found.after)
        few = gains(*([t for t in side if t.id in asked] for side in (found.before, found.own)))
        for weak, strong in zip(deciding(few), [_same(confirmed, row) for row in deciding(few)], strict=True):
            if weak.beyond_chance and not strong.beyond_chance:
                signs.append(
                    f"{_label(weak)}: {counted(weak.gained, 'sample')} gained and {weak.lost} lost under the attacks "
                    f"asked for, {strong.gained} and {strong.lost} under the close look (p = {strong.p:.2g})"
                )
    rose = any(row.beyond_chance for row in deciding(rows))
    if rose and signs:
        return "masked", tuple(signs), len(signs)
    flat = [row for row in (*deciding(rows), *deciding(confirmed)) if not row.beyond_chance]
    flat = list({row.threat_model: row for row in flat}.values())
    reasons = [
        f"{_label(row)}: {counted(row.gained, 'sample')} gained, {row.lost} lost (p = {row.p:.2g})" for row in flat
    ]
    return ("not_improved" if flat else "improved"), (*reasons, *signs), len(signs)


def _same(rows: Sequence[Gain], row: Gain) -> Gain:
    return next(other for other in rows if other.threat_model == row.threat_model)


def _label(row: Gain) -> str:
    return label_of(row.threat_model) if row.threat is None else row.threat.label
