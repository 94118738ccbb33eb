"""The method `meansparse`: an edit of the network, as strong as attacks that its gradients do not deceive find best."""

import copy
from collections.abc import Sequence

import torch

from openapi.hardening_options import HardenOptions
from openapi.stages.harden import Decided, Sparsified
from workers.attacks.ball.pairs import dual_pairs
from workers.hardening.data import Rows, TrainingSet
from workers.hardening.layers import stabilised_layers
from workers.hardening.training import Hardening
from workers.hardening.watch import MONITORED, Report, Watch
from workers.models.audited import AuditedModel
from workers.models.mean_sparse import Centre, centres, sparsify
from workers.models.surrogate import straight_through_twin

#: Sparsities among which one is chosen, and the clean accuracy that it may cost (as the paper weighs them, by hand).
TRIED = tuple(step / 20 for step in range(1, 11))
MOST_CLEAN_DROP = 0.01
#: Written into the log where attacks by the network's own gradients see more robustness than there is.
_MASKED = "PGD by the network's own gradients leaves {own:.1%} right, by straight-through gradients {through:.1%}"


def harden_by_edit(
    model: AuditedModel, data: TrainingSet, options: HardenOptions, *, seed: int, report: Report
) -> Hardening:
    """Edit `model` in place. The log has two lines, before and after; epoch 1 judges the edited network."""
    data.check_labels(model.num_classes)
    train, held_out = data.split(options.validation, seed) if options.validation else (data, None)
    layers = stabilised_layers(model, options.layers)
    found = centres(model, (rows.x for rows in train.all(options.batch_size)))
    before = _watched(model, train, options, layers, held_out, seed, report)
    omega = before.select(min(options.pairs, MONITORED), stream=2)
    log = [before.judge(0, omega, (None, None, None), 0.0, 0.0)]
    judged = before.monitor if held_out is None else list(held_out.all(options.batch_size))
    tried = (options.sparsity,) if options.sparsity is not None else TRIED
    looked_at = []
    for alpha in (0.0, *tried):
        looked_at.append(_look(model, found, alpha, judged, options, seed))
        report(len(looked_at), 1 + len(tried), "sparsities", "choose")
    best = chosen(looked_at) if options.sparsity is None else looked_at[-1]
    sparsify(model, found, best.sparsity)
    after = _watched(model, train, options, layers, held_out, seed, report)
    line = after.judge(1, omega, (None, None, None), 0.0, 0.0)
    log.append(line.model_copy(update={"note": _note(best)}))
    everything = tuple(model.trainable_parameters())
    neurons = {name: tuple(int(m) for m in at) for name, at in omega.items()}
    decided = Decided(sparsity=best.sparsity, looked_at=tuple(looked_at))
    return Hardening(layers, neurons, everything, tuple(log), 1, decided=decided)


def chosen(looked_at: Sequence[Sparsified]) -> Sparsified:
    """The most robust by straight-through gradients that costs little clean accuracy, the weaker edit of equals.

    looked_at: the first is the network as it came.
    """
    least = looked_at[0].clean_accuracy - MOST_CLEAN_DROP - 1e-12
    permitted = [found for found in looked_at if found.clean_accuracy >= least]
    return max(permitted, key=lambda found: found.straight_through)


def _note(best: Sparsified) -> str:
    told = f"sparsity {best.sparsity:g}"
    if best.straight_through < best.robust_accuracy:
        told += "; " + _MASKED.format(own=best.robust_accuracy, through=best.straight_through)
    return told


def _look(
    model: AuditedModel,
    found: Sequence[Centre],
    alpha: float,
    batches: Sequence[Rows],
    options: HardenOptions,
    seed: int,
) -> Sparsified:
    """The network with a sparsity, on some images; the model is left as it was."""
    edited = copy.deepcopy(model)
    if alpha > 0:
        sparsify(edited, found, alpha)
    twin, _ = straight_through_twin(edited)
    clean = own = through = n = 0
    for rows in batches:
        with torch.no_grad():
            right = edited(rows.x).argmax(1) == rows.y
        stays = [right & _stays(edited, source, rows, options, seed) for source in (edited, twin)]
        clean, n = clean + int(right.sum()), n + len(rows.y)
        own, through = own + int(stays[0].sum()), through + int((stays[0] & stays[1]).sum())
    return Sparsified(sparsity=alpha, clean_accuracy=clean / n, robust_accuracy=own / n, straight_through=through / n)


def _stays(judged: AuditedModel, source: AuditedModel, rows: Rows, options: HardenOptions, seed: int) -> torch.Tensor:
    """Which images are right after PGD of at least 10 steps by the gradients of `source`, (n,)."""
    x_adv = dual_pairs(source, rows.x, rows.y, rows.index, seed=seed, eps=options.eps, steps=max(10, options.steps))
    with torch.no_grad():
        stays: torch.Tensor = judged(x_adv).argmax(1) == rows.y
    return stays


def _watched(
    model: AuditedModel,
    data: TrainingSet,
    options: HardenOptions,
    layers: tuple[str, ...],
    held_out: TrainingSet | None,
    seed: int,
    report: Report,
) -> Watch:
    return Watch(model, data, options, layers, held_out=held_out, seed=seed, report=report)
