"""One attack on one chunk: the rows that are held at once."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from openapi.attacks.base import Attack
from workers.attacks.engine.attack_run import AttackRun
from workers.attacks.engine.batch import TOLERANCE, Batch
from workers.attacks.engine.file_scores import by_a_hair, count_decisions, labels_of
from workers.attacks.engine.gradient_probe import probe_gradient
from workers.attacks.engine.outcomes import Columns
from workers.attacks.engine.replay import Replays
from workers.attacks.engine.rng import SampleRng
from workers.attacks.engine.totals import Extras
from workers.attacks.engine.victim import Logits, Victim
from workers.attacks.maths.balls import Norm, distance, into_ball
from workers.attacks.maths.losses import margin, margin_target
from workers.attacks.registry import AttackFunction


@dataclass(frozen=True)
class Setup:
    """What the chunks of a run share.

    quick: what the attack's own passes go through. probabilities, rough: see `Victim`.
    """

    spec: Attack
    attack: AttackFunction
    quick: Logits
    seed: int
    replays: Replays | None
    probabilities: bool
    rough: bool


@dataclass(frozen=True)
class Chunk:
    """The samples of one chunk, on the device.

    outside: makes the clean and the confirming passes, on the model itself. x: (n, c, h, w), y: (n,), clean: (n, K)
    logits, spared: (n,) mask of samples that are not attacked. free: see `Batch`; a sample without a free pixel is not
    attacked.
    """

    outside: Victim
    x: Tensor
    y: Tensor
    clean: Tensor
    spared: Tensor
    free: Tensor | None = None


class _Found:
    """What is found out of the samples of a chunk: until they are attacked, that nothing happened to them.

    attacked: (n,) mask of those that are classified correctly, not spared, and not of the chosen class.
    """

    def __init__(self, chunk: Chunk, target: int | None) -> None:
        self.predicted = chunk.clean.argmax(1)
        self.attacked = (self.predicted == chunk.y) & ~chunk.spared
        if target is not None:
            self.attacked &= chunk.y != target
        if chunk.free is not None:
            self.attacked &= chunk.free.flatten(1).any(1)
        self.x_adv, self.final = chunk.x.clone(), chunk.clean.clone()
        self.success = torch.zeros_like(self.attacked)
        self.reached = torch.zeros_like(self.attacked)
        self.queries = torch.full_like(chunk.y, -1)

    def confirm(self, chunk: Chunk, rows: Tensor, batch: Batch, spec: Attack) -> None:
        """Take over what was found for the batch at `rows` (m,), where an independent pass on what is stored agrees."""
        stored = _lawful(batch.x_adv, chunk.x[rows], spec)
        self.x_adv[rows] = stored
        self.final[rows] = chunk.outside.logits(stored, rows)
        clean = chunk.clean[rows]
        tolerance = TOLERANCE * (clean.amax(1) - clean.amin(1))
        lead = margin(self.final[rows], chunk.y[rows])
        named = labels_of(chunk.outside.model)
        labels = None if named is None else named(self.final[rows])
        wrong = torch.ones_like(batch.found) if labels is None else labels != chunk.y[rows]
        batch.decide((lead > 2 * tolerance) & wrong)
        success = (batch.found | batch.misled) & (lead > tolerance) & wrong
        near = ((lead > 0) & ~success).nonzero().flatten()
        success[near] = by_a_hair(chunk.outside.model, stored[near], chunk.y[rows[near]], self.final[rows[near]])
        self.success[rows] = success
        if batch.target is not None:
            reached = batch.found & (margin_target(self.final[rows], batch.target) > tolerance)
            self.reached[rows] = reached if labels is None else reached & (labels == batch.target)
        if spec.facts.black_box:
            self.queries[rows] = batch.victim.forwards

    def columns(self, chunk: Chunk, norm: Norm, probabilities: bool) -> Columns:
        """Name → column of `Outcomes`, as arrays."""
        adv_predicted = self.final.argmax(1)
        columns: dict[str, Tensor] = {
            "index": chunk.outside.index,
            "label": chunk.y,
            "predicted": self.predicted,
            "correct": self.predicted == chunk.y,
            "attacked": self.attacked,
            "success": self.success,
            "reached": self.reached,
            "adv_predicted": adv_predicted,
            "distance": torch.where(self.success, distance(self.x_adv, chunk.x, norm), torch.nan),
            "confidence": _confidence(self.final, adv_predicted, probabilities),
            "queries": self.queries,
            "clean_confidence": _confidence(chunk.clean, self.predicted, probabilities),
        }
        return {name: column.cpu().numpy() for name, column in columns.items()}


def run_chunk(setup: Setup, chunk: Chunk, beat: Callable[[float], None]) -> AttackRun:
    """Attack the chunk's samples that are classified correctly, and confirm what was found; beat(share done)."""
    spec, target = setup.spec, getattr(setup.spec, "chosen", None)
    few = chunk.outside.everyone[:16]
    randomised = _differs(chunk.clean[few], chunk.outside.logits(chunk.x[few], few))
    if randomised and setup.replays is not None:
        setup.replays.give_up("the model is randomised")
    found = _Found(chunk, target)
    rows = found.attacked.nonzero().flatten()
    extras: Extras = {"zero_gradients": 0, "bad_gradients": 0}
    extras |= {"gradients": "bfloat16"} if setup.rough else {}
    if chunk.free is not None:
        extras["without_region"] = int((~chunk.free.flatten(1).any(1)).sum())
    forwards = backwards = 0
    if len(rows):
        batch = _batch(setup, chunk, rows, randomised, target, beat)
        if not spec.facts.black_box:
            extras |= _probed(batch)
        setup.attack(batch, spec)
        found.confirm(chunk, rows, batch, spec)
        extras |= {**_steps(batch, spec), **batch.extras}
        extras["zero_gradients"] = int(batch.victim.zero_gradients.sum())
        extras["bad_gradients"] = int(batch.victim.bad_gradients.sum())
        forwards, backwards = int(batch.victim.forwards.sum()), int(batch.victim.backwards.sum())
    extras |= count_decisions(chunk.outside.model, chunk.clean, chunk.y, found.final, found.attacked, found.success)
    return AttackRun(
        **found.columns(chunk, spec.measured_norm, setup.probabilities),
        seconds=0.0,  # of the whole run
        x_adv=found.x_adv.cpu(),
        num_classes=chunk.clean.shape[1],
        norm=spec.measured_norm,
        randomised=randomised,
        forward_passes=forwards,
        backward_passes=backwards,
        extras=extras,
    )


def _batch(
    setup: Setup, chunk: Chunk, rows: Tensor, randomised: bool, target: int | None, beat: Callable[[float], None]
) -> Batch:
    """What the attack works on: the samples at `rows` (m,) of the chunk."""
    spec, index, y, clean = setup.spec, chunk.outside.index[rows], chunk.y[rows], chunk.clean[rows]
    victim = Victim(
        setup.quick,
        index,
        tile=chunk.outside.tile,
        probabilities=setup.probabilities,
        rough=setup.rough,
        replays=setup.replays,
        least=1 if spec.facts.black_box else 2,
        labels=y,
    )
    return Batch(
        victim,
        chunk.x[rows],
        y,
        (clean + 1e-30).log() if setup.probabilities else clean,
        SampleRng(setup.seed, index),
        norm=spec.measured_norm,
        minimal=spec.facts.minimal,
        repeatable=not randomised,
        target=target,
        named=labels_of(chunk.outside.model),
        free=None if chunk.free is None else chunk.free[rows],
        beat=beat,
    )


def _probed(batch: Batch) -> dict[str, int]:
    """What the probe of the gradient counts; it is no part of the attack, so that its passes are forgotten."""
    counts = probe_gradient(batch)
    for counter in (batch.victim.forwards, batch.victim.backwards):
        counter.zero_()
    return counts


def _differs(a: Tensor, b: Tensor) -> bool:
    """Whether two forward passes on the same images differ by more than float noise: a randomised model."""
    spread = (a.amax(1) - a.amin(1)).clamp(min=1e-12)
    return bool(((a - b).abs().amax(1) > 1e-4 * spread).any())


def _steps(batch: Batch, spec: Attack) -> Extras:
    """Return how many samples were first fooled by iterate 0, 1, … steps, for attacks in a ball that say so."""
    steps, at = getattr(spec, "steps", None), batch.found_at[batch.found]
    if steps is None or batch.minimal or batch.target is not None or bool(((at < 0) | (at > steps)).any()):
        return {}
    return {"success_by_step": torch.bincount(at, minlength=steps + 1).tolist()}


def _lawful(x_adv: Tensor, x: Tensor, spec: Attack) -> Tensor:
    """Return the examples inside [0, 1] and, for ball attacks, inside the ball; unchanged where they already are."""
    eps, norm = getattr(spec, "eps", None), spec.measured_norm
    if eps is None or spec.facts.minimal or norm not in ("linf", "l2"):
        return x_adv.clamp(0, 1)
    return into_ball(x_adv, x, eps, norm)


def _confidence(z: Tensor, predicted: Tensor, probabilities: bool) -> Tensor:
    """The probability (n,) of the predicted classes."""
    p = z if probabilities else z.softmax(1)
    return p.gather(1, predicted[:, None]).squeeze(1)
