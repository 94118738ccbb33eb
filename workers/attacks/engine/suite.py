"""Run one attack on one slice of a data set: clean pass, attack on the correct ones, independent confirmation."""

import time
from collections.abc import Callable
from contextlib import ExitStack

import torch
from torch import Tensor

from openapi.attacks.base import Attack
from openapi.wire.settings import Gradients
from workers.attacks.engine.attack_run import AttackRun, join
from workers.attacks.engine.batch_size import operations, rows_at_once, usual_tile
from workers.attacks.engine.chunk import Chunk, Setup, run_chunk
from workers.attacks.engine.gradient_precision import are_rough
from workers.attacks.engine.replay import RECORDERS, Replays
from workers.attacks.engine.threads import fitting_threads
from workers.attacks.engine.victim import Logits, Victim, frozen, quickened
from workers.attacks.registry import load
from workers.exact_float32 import exact_float32

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
    free: Tensor | None = None,
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
    with `seed` decide the randomness. skip: (n,) mask of samples that are not attacked. free: (n, 1, h, w) or (n, h, w)
    bool, the only pixels that may change; samples without one are not attacked. batch_size: rows a pass (None:
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
        quick = quickened(model, few, tempered=not (spec.facts.minimal or spec.facts.black_box))
        tile = batch_size or rows_at_once(quick, few, usual, not spec.facts.black_box)
        outside = [Victim(model, index[s].to(where), tile=tile) for s in slices]
        clean = [v.logits(x[s].to(where, torch.float32), v.everyone) for v, s in zip(outside, slices, strict=True)]
        probabilities = all(are_probabilities(z) for z in clean)
        setup = Setup(spec, attack, quick, seed, replays, probabilities, rough)
        for s, z, victim in zip(slices, clean, outside, strict=True):

            def beat(fraction: float, begin: int = s.start, size: int = len(z)) -> None:
                if progress is not None:
                    progress(begin + fraction * size, len(x))

            spared = torch.zeros(len(z), dtype=torch.bool, device=where) if skip is None else skip[s].to(where)
            region = None if free is None else free[s].reshape(len(z), 1, *x.shape[2:]).to(where, torch.float32)
            chunk = Chunk(victim, x[s].to(where, torch.float32), y[s].to(where, torch.int64), z, spared, region)
            parts.append(run_chunk(setup, chunk, beat))
            beat(1.0)
    figures = {} if replays is None else {"cuda_graphs": replays.figure}
    return join(parts, num_classes, time.perf_counter() - began, **figures)


def _check_input(x: Tensor, y: Tensor, index: Tensor) -> None:
    if x.ndim != 4 or len(x) != len(y) or len(x) != len(index):
        raise ValueError("x is (n, c, h, w), y (n,), index (n,)")
    if len(x) and not (float(x.min()) >= 0 and float(x.max()) <= 1):
        raise ValueError("pixels must lie in [0, 1]")


def are_probabilities(z: Tensor) -> bool:
    """Whether all outputs are probability vectors: the model ends in a softmax, see `Victim.probabilities`."""
    return bool((z >= 0).all() and (z.sum(1) - 1).abs().max() < 1e-4)
