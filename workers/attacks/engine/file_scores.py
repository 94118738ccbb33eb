"""What becomes of the results when a file's own argmax decides, and the check that reads it.

Attacks and counts go by the logits below a file's last operators. Where the file's float32 scores saturate (sigmoids of
sure networks, means of them), several classes share the highest one: its argmax names the first of them, and the
file's user sees another accuracy than the logits have. And where sure networks that contradict each other are mixed, a
lead of the logits may be below what counts as a success elsewhere (`batch.TOLERANCE`) and be none of rounding's: their
log-odds are hundreds apart, and exact near 0. There the file's argmax decides (`by_a_hair`). And of such files an
example counts only where their own scores name the wrong class (`labels_of`): where they tie, attacks go on.
"""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from openapi.report import Check
from workers.attacks.engine.victim import Logits

#: How far pixels move, in float32's relative precision, when it is asked whether rounding decides; as
#: `models.agreement` does it.
_ROUNDINGS = 30
_DRAWS = 3
#: Share of the samples, or of the examples, on which the file may decide otherwise; a single one proves nothing.
_MOST = 0.005


def labels_of(model: Logits) -> Callable[[Tensor], Tensor] | None:
    """Return what gives the classes (n,) that the file itself names, from logits (n, K); None unless it mixes
    probabilities."""
    offer = getattr(model, "file_decision", None)
    if offer is None or not getattr(model, "mixes", False):
        return None

    def named(logits: Tensor) -> Tensor:
        found = offer(logits)
        labels: Tensor = logits.argmax(1) if found is None else found.labels
        return labels

    return named


def by_a_hair(model: Logits, x_adv: Tensor, y: Tensor, final: Tensor) -> Tensor:
    """Return the mask (n,) of examples of which the file's own scores name another class, though by little.

    Only of files that mix probabilities: their scores must name it without a tie, and go on to when every pixel moves
    by 30 roundings up or down. x_adv: (n, c, h, w), y: (n,) labels, final: (n, K) logits of x_adv.
    """
    none = torch.zeros_like(y, dtype=torch.bool)
    offer = getattr(model, "file_decision", None)
    if offer is None or not len(y) or not getattr(model, "mixes", False) or (found := offer(final)) is None:
        return none
    sure: Tensor = (found.labels != y) & ~found.level
    at = sure.nonzero().flatten()
    for draw in range(_DRAWS if len(at) else 0):
        generator = torch.Generator().manual_seed(draw)
        signs = (torch.rand(x_adv.shape[1:], generator=generator).round() * 2 - 1).to(x_adv.device)
        with torch.no_grad():
            moved = offer(model(x_adv[at] * (1 + _ROUNDINGS * torch.finfo(x_adv.dtype).eps * signs)))
        sure[at] &= (moved.labels != y[at]) & ~moved.level
    return sure


def count_decisions(
    model: Logits, clean: Tensor, y: Tensor, final: Tensor, attacked: Tensor, success: Tensor
) -> dict[str, int]:
    """Count on how many samples the file's own argmax decides otherwise; the counts of slices add up.

    clean, final: (n, K) logits of the images and of the stored examples, y: (n,) labels, attacked, success: (n,) bool.
    Empty for a model that decides by its logits. `file_level`: images whose highest score several classes share;
    `file_differs`: images for which it names another class than the logits; `file_correct`: images that it gets right;
    `file_keeps`: of the `file_fooled` successes those whose example it still gets right; `file_yields`: of the others
    those whose last try it gets wrong.
    """
    offer = getattr(model, "file_decision", None)
    if offer is None or (found := offer(clean)) is None:
        return {}
    wrong = offer(final).labels != y
    return {
        "file_level": int(found.level.sum()),
        "file_differs": int((found.labels != clean.argmax(1)).sum()),
        "file_correct": int((found.labels == y).sum()),
        "file_fooled": int(success.sum()),
        "file_keeps": int((success & ~wrong).sum()),
        "file_yields": int((attacked & ~success & wrong).sum()),
    }


def decision_check(extras: Mapping[str, Mapping[str, Any]], n: int, correct: int) -> Check:
    """Return the check on it: `fail` when the file decides otherwise on more than 0.5 % of the images, of an attack's
    examples or of the images that resisted it, and on more than one.

    extras: attack id → its merged extras; n: samples, of which the logits get `correct` right.
    """
    identity, title = "file-decides-alike", "The file's own scores tell its classes apart"
    seen = {k: f for k, f in extras.items() if "file_level" in f}
    if not seen:
        detail = "the file returns its logits, or scores that cannot be computed from them"
        return Check(id=identity, title=title, status="skipped", detail=detail)
    first = next(iter(seen.values()))
    level, differs, right = (int(first[key]) for key in ("file_level", "file_differs", "file_correct"))
    kept = {k: int(f["file_keeps"]) / max(1, int(f["file_fooled"])) for k, f in seen.items()}
    yields = {k: int(f["file_yields"]) for k, f in seen.items()}
    least, most = (max(shares, key=lambda k: shares[k]) for shares in (kept, yields))
    said = []
    if _many(differs, n):
        said.append(
            f"several classes share its highest score on {level} of {n} images: its argmax gets {right} right, the "
            f"logits that are attacked and counted here {correct}"
        )
    found = seen[least]
    if _many(int(found["file_keeps"]), int(found["file_fooled"])):
        said.append(f"of {found['file_fooled']} examples of {least} its argmax still gets {found['file_keeps']} right")
    if _many(yields[most], n):
        said.append(f"its argmax gives way on {yields[most]} images that count as robust to {most}, by a hair")
    detail = f"its argmax names another class than the logits on {differs} of {n} images"
    if said:
        detail = (
            f"{'; '.join(said)}. The numbers here hold for whoever decides by the logits, or by scores in a finer form "
            "(log-probabilities, float64)"
        )
    numbers = {
        "n": n,
        "level": level,
        "differs": differs,
        "accuracy": correct / n,
        "accuracy_by_file": right / n,
        "examples_kept": {k: int(f["file_keeps"]) for k, f in seen.items()},
        "robust_lost": yields,
    }
    return Check(id=identity, title=title, status="fail" if said else "pass", detail=detail, numbers=numbers)


def _many(count: int, n: int) -> bool:
    return count > max(1, _MOST * n)
