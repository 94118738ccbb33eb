"""Examples that were made elsewhere, tried on a model: by the same passes and the same margin as an attack's own."""

import torch
from torch import Tensor

from workers.attacks.engine.attack_run import AttackRun
from workers.attacks.engine.batch import TOLERANCE
from workers.attacks.engine.outcomes import Columns
from workers.attacks.engine.victim import Logits, Victim, frozen
from workers.attacks.maths.balls import Norm, distance
from workers.attacks.maths.losses import margin
from workers.exact_float32 import exact_float32


def try_examples(model: Logits, x: Tensor, x_adv: Tensor, y: Tensor, index: Tensor, norm: Norm) -> AttackRun:
    """What `model` makes of x' (n, c, h, w): of the samples that it classifies correctly, which are fooled.

    x, x_adv: float32 in [0, 1] on the model's device; y, index: (n,).
    """
    with frozen(model), exact_float32():
        victim = Victim(model, index, least=2)
        clean, final = (victim.logits(images, victim.everyone) for images in (x, x_adv))
    predicted, adv_predicted = clean.argmax(1), final.argmax(1)
    correct = predicted == y
    success = correct & (margin(final, y) > TOLERANCE * (clean.amax(1) - clean.amin(1)))
    columns: dict[str, Tensor] = {
        "index": index,
        "label": y,
        "predicted": predicted,
        "correct": correct,
        "attacked": correct,
        "success": success,
        "reached": torch.zeros_like(success),
        "adv_predicted": adv_predicted,
        "distance": torch.where(success, distance(x_adv, x, norm), torch.nan),
        "confidence": final.softmax(1).gather(1, adv_predicted[:, None])[:, 0],
        "queries": torch.full_like(y, -1),
        "clean_confidence": clean.softmax(1).gather(1, predicted[:, None])[:, 0],
    }
    arrays: Columns = {name: column.cpu().numpy() for name, column in columns.items()}
    return AttackRun(
        **arrays,
        x_adv=x_adv.cpu(),
        num_classes=clean.shape[1],
        norm=norm,
        randomised=False,
        forward_passes=0,
        backward_passes=0,
        seconds=0.0,
        extras={},
    )
