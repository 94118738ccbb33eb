"""Named checks on the results themselves: signs of gradient masking, of broken attacks, and of a wrong set-up.

After Athalye, Carlini and Wagner, "Obfuscated Gradients Give a False Sense of Security" (ICML 2018), and Carlini et
al., "On Evaluating Adversarial Robustness" (2019). They need per-sample outcomes alone; a check without its attacks is
`skipped` and says what to ask for.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from openapi.attacks import ATTACKS
from openapi.intervals import wilson
from openapi.report import Check
from openapi.text import counted
from workers.attacks.engine.file_scores import decision_check
from workers.attacks.engine.gradient_probe import checks_from
from workers.reports.contests import LOSS_GAP, leeway_of, stronger
from workers.reports.merge import AttackTable
from workers.reports.unbounded import iterates, unbounded

#: Share of attacked samples whose gradient may vanish.
ZERO_GRADIENTS = 0.05
#: Black-box attacks in a ball.
_SCORE = [name for name, kind in ATTACKS.items() if kind.facts.family == "score" and kind.facts.turn is not None]
#: Checks that compare attacks of one threat model.
_COMPARING = frozenset(
    {"iterative-beats-single-step", "white-box-beats-black-box", "more-steps-never-help", "losses-agree"}
)


def result_checks(
    tables: Sequence[AttackTable],
    num_classes: int,
    *,
    survivors_only: bool = False,
    shape: Sequence[int] | None = None,
) -> tuple[Check, ...]:
    """All checks that need only what was run, in a fixed order.

    survivors_only: attacks of one threat model met different samples and are not compared with each other. shape: of an
    image, (c, h, w), where it is known.
    """
    checks: tuple[Callable[[Sequence[AttackTable]], Check], ...] = (
        lambda t: _better_than_chance(t, num_classes),
        _deterministic,
        _lawful,
        _iterative,
        _white_box,
        _larger_eps,
        _more_steps,
        _losses,
        lambda t: _unbounded(t, shape),
        _gradients,
    )
    probed = checks_from({t.id: t.extras for t in tables if not t.spec.facts.black_box and t.attacked.any()})
    decided = decision_check({t.id: t.extras for t in tables}, tables[0].n, int(tables[0].correct.sum()))
    found = (*(check(tables) for check in checks), *probed, decided)
    return tuple(_not_compared(check) if survivors_only and check.id in _COMPARING else check for check in found)


def _not_compared(check: Check) -> Check:
    detail = "each attack met only the survivors of those before it; audit without survivors_only to compare them"
    return check.model_copy(update={"status": "skipped", "detail": detail, "numbers": {}})


def _check(identity: str, title: str, passed: bool | None, detail: str, **numbers: Any) -> Check:
    status = "skipped" if passed is None else "pass" if passed else "fail"
    return Check.model_validate(
        {"id": identity, "title": title, "status": status, "detail": detail, "numbers": numbers}
    )


def _better_than_chance(tables: Sequence[AttackTable], num_classes: int) -> Check:
    correct = np.logical_and.reduce([t.correct for t in tables])
    low, high = wilson(int(correct.sum()), len(correct))
    chance = 1 / num_classes
    accuracy = float(correct.mean())
    # Too few samples prove nothing either way: it fails when the accuracy is surely below half of what there is to win.
    passed = True if low > chance else False if high < (1 + chance) / 2 else None
    detail = f"clean accuracy {100 * accuracy:.1f} % against {100 * chance:.1f} % by chance"
    if passed is None:
        detail += f": too few to tell by {counted(len(correct), 'sample')} (95 % interval {low:.3f} to {high:.3f})"
    elif not passed:
        detail += ": check the model's input (mean, std, range, channels) and the labels' order"
    title = "The model classifies clean images"
    return _check("clean-above-chance", title, passed, detail, accuracy=accuracy, chance=chance)


def _deterministic(tables: Sequence[AttackTable]) -> Check:
    flagged = [t.id for t in tables if t.randomised]
    differing = int((np.ptp(np.stack([t.predicted for t in tables]), axis=0) > 0).sum())
    good = not flagged and not differing
    detail = (
        "two forward passes on the same images agree"
        if good
        else "forward passes on the same image differ: a randomised model needs attacks that average over them"
    )
    return _check("deterministic", "The model is deterministic", good, detail, flagged=flagged, differing=differing)


def _lawful(tables: Sequence[AttackTable]) -> Check:
    worst: dict[str, float] = {}
    for t in tables:
        eps = getattr(t.spec, "eps", None)
        if eps is not None and t.success.any():
            worst[t.id] = float(np.nanmax(t.distance[t.success])) / float(eps)
    if not worst:
        return _check("inside-the-ball", "Examples lie inside their ball", None, "no attack with an eps had a success")
    good = max(worst.values()) <= 1 + 1e-6
    detail = "the largest distance is at most eps for every attack" if good else "an example lies outside its ball"
    return _check("inside-the-ball", "Examples lie inside their ball", good, detail, distance_over_eps=worst)


def _compare(identity: str, title: str, found: Sequence[Sequence[Any]], missing: str) -> Check:
    """One check over pairs (weaker, stronger), or with what is let pass as a third, see `contests.stronger`."""
    if not found:
        return _check(identity, title, None, missing)
    judged = [stronger(*pair) for pair in found]
    bad = next((numbers for good, numbers in judged if not good), None)
    if bad is not None:
        detail = (
            f"{bad['stronger']} leaves {bad['stronger_robust']} samples robust, {bad['weaker']} only "
            f"{bad['weaker_robust']}: a sign of masked gradients"
        )
    else:
        detail = "; ".join(
            f"{n['stronger']} leaves {n['stronger_robust']}, {n['weaker']} {n['weaker_robust']}" for _, n in judged[:3]
        ) + (f"; and {len(judged) - 3} more" if len(judged) > 3 else "")
    return _check(identity, title, bad is None, detail, comparisons=[numbers for _, numbers in judged])


def _iterative(tables: Sequence[AttackTable]) -> Check:
    single = [t for t in tables if t.spec.facts.climbs == "one step" and t.target is None]
    found = [
        (weak, strong)
        for weak in single
        for strong in tables
        if strong.spec.threat_model == weak.spec.threat_model and iterates(strong)
    ]
    return _compare(
        "iterative-beats-single-step",
        "Iterative attacks are no weaker than a single step",
        found,
        "needs fgsm and an iterative white-box attack at the same norm and eps",
    )


def _white_box(tables: Sequence[AttackTable]) -> Check:
    found = []
    for weak in tables:
        if weak.spec.facts.family != "score":
            continue
        rivals = [t for t in tables if t.spec.threat_model == weak.spec.threat_model and iterates(t)]
        if rivals:
            found.append((weak, min(rivals, key=lambda t: int(t.robust.sum())), leeway_of(rivals)))
    return _compare(
        "white-box-beats-black-box",
        "White-box attacks are no weaker than black-box ones",
        found,
        f"needs a white-box and a black-box attack ({', '.join(_SCORE)}) at the same norm and eps",
    )


def _losses(tables: Sequence[AttackTable]) -> Check:
    """Where scores lie close together, such as cosines or squashed logits, cross-entropy pulls at all classes alike, a
    margin loss at one; on healthy nets they differ by a few per cent either way (APGD's paper, Tables 2 and 3), so that
    only a gap counts that is surely larger than that.
    """
    identity, title = "losses-agree", "Cross-entropy and margin losses find the same"
    cross_entropy: dict[str, AttackTable] = {}
    margins: dict[str, AttackTable] = {}
    for t in tables:
        loss = getattr(t.spec, "loss", None)
        if loss is not None:
            rest = repr({k: v for k, v in t.spec.model_dump().items() if k not in ("id", "loss")})
            (cross_entropy if loss == "ce" else margins)[rest] = t
    pairs = [(ce, margins[alike]) for alike, ce in cross_entropy.items() if alike in margins]
    if not pairs:
        missing = "needs apgd with the losses ce and dlr, or pgd with ce and margin, otherwise alike"
        return _check(identity, title, None, missing)
    judged = [(ce, margin, *stronger(margin, ce, LOSS_GAP)) for ce, margin in pairs]
    bad = next((found for _, _, good, found in judged if not good), None)
    detail = "; ".join(f"{ce.id} leaves {100 * found['gap']:+.1f} % against {m.id}" for ce, m, _, found in judged[:3])
    if bad is not None:
        detail = (
            f"{bad['stronger']} leaves {bad['stronger_robust']} samples robust, {bad['weaker']} only "
            f"{bad['weaker_robust']}: the model's scores saturate, or lie so close together that cross-entropy pulls "
            "at all classes, and attacks on it overstate the robustness; add a margin loss"
        )
    numbers = [
        {"cross_entropy": ce.id, "margin": m.id, "gap": found["gap"], "ci95": found["ci95"]}
        for ce, m, _, found in judged
    ]
    return _check(identity, title, bad is None, detail, comparisons=numbers)


def _ladder(tables: Sequence[AttackTable], rung: str) -> Iterator[tuple[AttackTable, AttackTable]]:
    """Neighbours among attacks that are alike in everything but the option `rung`, in rising order."""
    families: dict[str, list[AttackTable]] = {}
    for t in tables:
        value = getattr(t.spec, rung, None)
        if value is None or t.spec.facts.family == "corruption":
            continue
        rest = {k: v for k, v in t.spec.model_dump().items() if k not in ("id", rung, "step_size")}
        families.setdefault(repr(sorted(rest.items(), key=lambda kv: kv[0])), []).append(t)
    for family in families.values():
        rising = sorted(family, key=lambda t: float(getattr(t.spec, rung)))
        yield from ((a, b) for a, b in pairwise(rising) if getattr(a.spec, rung) < getattr(b.spec, rung))


def _larger_eps(tables: Sequence[AttackTable]) -> Check:
    return _compare(
        "larger-eps-never-helps",
        "A larger eps never helps the model",
        list(_ladder(tables, "eps")),
        "needs one attack at two or more eps",
    )


def _more_steps(tables: Sequence[AttackTable]) -> Check:
    return _compare(
        "more-steps-never-help",
        "More steps never help the model",
        list(_ladder(tables, "steps")),
        "needs one attack with two or more numbers of steps",
    )


def _unbounded(tables: Sequence[AttackTable], shape: Sequence[int] | None) -> Check:
    passed, detail, numbers = unbounded(tables, shape)
    return _check("unbounded-attack-succeeds", "Unbounded attacks fool the model", passed, detail, **numbers)


def _gradients(tables: Sequence[AttackTable]) -> Check:
    title = "Loss gradients neither vanish nor overflow"
    counted = [t for t in tables if not t.spec.facts.black_box and "zero_gradients" in t.extras and t.attacked.any()]
    if not counted:
        return _check("gradients-usable", title, None, "no white-box attack counted its gradients")
    share = {t.id: float(t.extras["zero_gradients"]) / int(t.attacked.sum()) for t in counted}
    bad = {t.id: int(t.extras.get("bad_gradients", 0)) for t in counted}
    worst = max(share, key=lambda k: share[k])
    good = share[worst] <= ZERO_GRADIENTS and not any(bad.values())
    detail = f"at most {100 * share[worst]:.1f} % of attacked samples met a zero gradient ({worst})"
    if any(bad.values()):
        detail += f"; {max(bad.values())} met NaN or infinite ones"
    if not good:
        detail += ": saturated outputs or masked gradients; a black-box attack or another loss would tell more"
    return _check("gradients-usable", title, good, detail, zero_share=share, not_finite=bad)
