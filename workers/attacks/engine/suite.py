"""Run one attack on one slice of a data set: clean pass, attack on the correct ones, independent confirmation."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from openapi.attacks.base import Attack
from openapi.wire.settings import Gradients
from workers.attacks.engine.attack_run import AttackRun, join
from workers.attacks.engine.batch_size import operations, rows_at_once, usual_tile
from workers.attacks.engine.gradient_precision import are_rough
from workers.attacks.engine.gradient_probe import probe_gradient
from workers.attacks.engine.replay import RECORDERS, Replays
from workers.attacks.engine.rng import SampleRng
from workers.attacks.engine.samples import TOLERANCE, Hunt
from workers.attacks.engine.threads import fitting_threads
from workers.attacks.engine.victim import Logits, Victim, frozen, quickened
from workers.attacks.maths.balls import Norm, distance, into_ball
from workers.attacks.maths.losses import margin, margin_target
from workers.attacks.registry import load
from workers.precision import exact_float32

#: Rows whose state is held at once, and bytes of their images: passes are cut into smaller tiles, so this bounds
#: bookkeeping alone. A GPU wants more rows than a pass takes: those that retire leave it full.
_CHUNK = {"cpu": (512, 2**26), "cuda": (4096, 2**29)}


def run_attack(
    model: Logits,
    spec: Attack,
    x: Tensor,
    y: Tensor,
    index: Tensor,
    *,
    seed: int = 0,
    skip: Tensor | None = None,
    num_classes: int | None = None,
    batch_size: int | None = None,
    device: str | torch.device | None = None,
    gradients: Gradients = "auto",
    cuda_graphs: bool = False,
    progress: Callable[[float, float], None] | None = None,
) -> AttackRun:
    """Attack every correctly classified sample and confirm each success on the stored float32 example.

    model: (m, c, h, w) float32 in [0, 1] → (m, K) logits; an nn.Module is put into eval mode with frozen weights and
    left as it was. x: (n, c, h, w) float32 in [0, 1], y: (n,) labels, index: (n,) global sample indices, which alone
    with `seed` decide the randomness. skip: (n,) mask of samples that are not attacked. batch_size: rows a pass (null:
    64 on a CPU, up to 512 for a tiny model, 1024 on a GPU, less where that much has no room, see
    `batch_size`; halved when memory runs out); it changes the speed, not the result. gradients: their arithmetic in
    attacks with an eps, see
    `gradient_precision`; where it is bfloat16, figures["gradients"] says so. cuda_graphs: replay
    gradient passes on a GPU, see `replay`; figures["cuda_graphs"] is then the number of replays, or why there are
    none. progress(done, total):
    samples.

    Raises ModelNumerics (NaN or infinite logits, with the sample's `index`), NotDifferentiable, MemoryLimit, ValueError
    (x outside [0, 1], shapes that do not fit).
    """
    _check_input(x, y, index)
    attack = load(spec.name)
    if len(x) == 0:
        raise ValueError("there are no samples to attack")
    where = torch.device(device) if device is not None else x.device
    began = time.perf_counter()
    parts: list[AttackRun] = []
    # NHWC strides would make every pass slower, and results depend on them; one channel may have both at once
    x = torch.empty(x.shape, dtype=x.dtype, device=x.device).copy_(x)
    few = x[:2].to(where, torch.float32)
    rough = are_rough(gradients, where) and not (spec.facts.minimal or spec.facts.black_box)
    replays = Replays(where) if cuda_graphs and where.type in RECORDERS and not spec.facts.black_box else None
    with frozen(model), exact_float32(), ExitStack() as stack:
        if replays is not None:
            stack.callback(replays.forget)
        most_rows, most_bytes = _CHUNK.get(where.type, _CHUNK["cpu"])
        chunk_rows = max(1, min(most_rows, most_bytes // max(1, x[:1].numel() * 4)))
        slices = [slice(begin, begin + chunk_rows) for begin in range(0, len(x), chunk_rows)]
        work = operations(model, few[:1]) if where.type == "cpu" else torch.inf
        usual = batch_size or usual_tile(few, work)
        stack.enter_context(fitting_threads(usual * work))
        quick = quickened(model, few)
        tile = batch_size or rows_at_once(quick, few, usual, not spec.facts.black_box)
        outside = [Victim(model, index[s].to(where), tile=tile) for s in slices]
        clean = [v.logits(x[s].to(where, torch.float32), v.everyone) for v, s in zip(outside, slices, strict=True)]
        probabilities = all(are_probabilities(z) for z in clean)
        for s, z, victim in zip(slices, clean, outside, strict=True):

            def beat(fraction: float, begin: int = s.start, size: int = len(z)) -> None:
                if progress is not None:
                    progress(begin + fraction * size, len(x))

            chunk = (x[s].to(where, torch.float32), y[s].to(where, torch.int64), z)
            spared = torch.zeros(len(z), dtype=torch.bool, device=where) if skip is None else skip[s].to(where)
            parts.append(
                _run_chunk(victim, quick, replays, spec, attack, *chunk, spared, seed, probabilities, rough, beat)
            )
            beat(1.0)
    run = join(parts, num_classes)
    if replays is not None:
        run.figures["cuda_graphs"] = replays.figure
    run.seconds = time.perf_counter() - began
    return run


def _check_input(x: Tensor, y: Tensor, index: Tensor) -> None:
    if x.ndim != 4 or len(x) != len(y) or len(x) != len(index):
        raise ValueError("x is (n, c, h, w), y (n,), index (n,)")
    if len(x) and not (float(x.min()) >= 0 and float(x.max()) <= 1):
        raise ValueError("pixels must lie in [0, 1]")


def are_probabilities(z: Tensor) -> bool:
    """Whether all outputs are probability vectors: the model ends in a softmax, see `Victim.probabilities`."""
    return bool((z >= 0).all() and (z.sum(1) - 1).abs().max() < 1e-4)


def _differs(a: Tensor, b: Tensor) -> bool:
    """Whether two forward passes on the same images differ by more than float noise: a randomised model."""
    spread = (a.amax(1) - a.amin(1)).clamp(min=1e-12)
    return bool(((a - b).abs().amax(1) > 1e-4 * spread).any())


def _run_chunk(
    outside: Victim,
    quick: Logits,
    replays: Replays | None,
    spec: Attack,
    attack: Callable[[Hunt, Any], None],
    x: Tensor,
    y: Tensor,
    clean: Tensor,
    spared: Tensor,
    seed: int,
    probabilities: bool,
    rough: bool,
    beat: Callable[[float], None],
) -> AttackRun:
    """Attack one chunk through `quick`; `outside` makes the clean and the confirming passes, on the model itself."""
    index = outside.index
    few = outside.everyone[:16]
    randomised = _differs(clean[few], outside.logits(x[few], few))
    predicted = clean.argmax(1)
    target = getattr(spec, "chosen", None)
    attacked = (predicted == y) & ~spared
    if target is not None:
        attacked &= y != target
    rows = attacked.nonzero().flatten()
    norm: Norm = spec.measured_norm
    x_adv, final = x.clone(), clean.clone()
    success = torch.zeros(len(x), dtype=torch.bool, device=x.device)
    reached = torch.zeros_like(success)
    queries = torch.full((len(x),), -1, dtype=torch.int64, device=x.device)
    if randomised and replays is not None:
        replays.give_up("the model is randomised")
    least = 1 if spec.facts.black_box else 2
    victim = Victim(
        quick,
        index[rows],
        tile=outside.tile,
        probabilities=probabilities,
        rough=rough,
        replays=replays,
        least=least,
        labels=y[rows],
    )
    figures: dict[str, Any] = {"zero_gradients": 0, "bad_gradients": 0} | ({"gradients": "bfloat16"} if rough else {})
    if len(rows):
        z = (clean[rows] + 1e-30).log() if probabilities else clean[rows]
        rng = SampleRng(seed, index[rows])
        hunt = Hunt(
            victim,
            x[rows],
            y[rows],
            z,
            rng,
            norm=norm,
            minimal=spec.facts.minimal,
            repeatable=not randomised,
            target=target,
            beat=beat,
        )
        if not spec.facts.black_box:
            figures |= probe_gradient(hunt)
            for counter in (victim.forwards, victim.backwards):
                counter.zero_()  # the probe is no part of the attack
        attack(hunt, spec)
        stored = _lawful(hunt.x_adv, x[rows], spec)
        x_adv[rows] = stored
        final[rows] = outside.logits(stored, rows)  # the independent pass, on exactly what is stored
        tolerance = TOLERANCE * (clean[rows].amax(1) - clean[rows].amin(1))
        lead = margin(final[rows], y[rows])
        hunt.decide(lead > 2 * tolerance)
        success[rows] = (hunt.found | hunt.misled) & (lead > tolerance)
        if hunt.target is not None:
            reached[rows] = hunt.found & (margin_target(final[rows], hunt.target) > tolerance)
        if spec.facts.black_box:
            queries[rows] = victim.forwards
        figures |= _steps(hunt, spec)
        figures |= hunt.figures
        figures["zero_gradients"] = int(victim.zero_gradients.sum())
        figures["bad_gradients"] = int(victim.bad_gradients.sum())
    measured = torch.where(success, distance(x_adv, x, norm), torch.nan)
    final_class = final.argmax(1)
    return AttackRun(
        index=index.cpu().numpy(),
        label=y.cpu().numpy(),
        predicted=predicted.cpu().numpy(),
        clean_confidence=_confidence(clean, predicted, probabilities),
        correct=(predicted == y).cpu().numpy(),
        attacked=attacked.cpu().numpy(),
        success=success.cpu().numpy(),
        reached=reached.cpu().numpy(),
        adv_predicted=final_class.cpu().numpy(),
        confidence=_confidence(final, final_class, probabilities),
        distance=measured.cpu().numpy(),
        queries=queries.cpu().numpy(),
        x_adv=x_adv.cpu(),
        num_classes=clean.shape[1],
        norm=norm,
        randomised=randomised,
        forward_passes=int(victim.forwards.sum()),
        backward_passes=int(victim.backwards.sum()),
        figures=figures,
    )


def _steps(hunt: Hunt, spec: Attack) -> dict[str, Any]:
    """Return how many samples were first fooled by iterate 0, 1, … steps, for attacks in a ball that say so."""
    steps, at = getattr(spec, "steps", None), hunt.found_at[hunt.found]
    if steps is None or hunt.minimal or hunt.target is not None or bool(((at < 0) | (at > steps)).any()):
        return {}
    return {"success_by_step": torch.bincount(at, minlength=steps + 1).tolist()}


def _lawful(x_adv: Tensor, x: Tensor, spec: Attack) -> Tensor:
    """Return the examples inside [0, 1] and, for ball attacks, inside the ball; unchanged where they already are."""
    eps, norm = getattr(spec, "eps", None), spec.measured_norm
    if eps is None or spec.facts.minimal or norm not in ("linf", "l2"):
        return x_adv.clamp(0, 1)
    return into_ball(x_adv, x, eps, norm)


def _confidence(z: Tensor, predicted: Tensor, probabilities: bool) -> NDArray[np.float32]:
    p = z if probabilities else z.softmax(1)
    return p.gather(1, predicted[:, None]).squeeze(1).cpu().numpy()
