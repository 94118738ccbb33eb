"""Attack name → implementation.

An attack is a function ``attack(hunt: Hunt, spec: Spec) -> None``:

1. Its options are a frozen model in `openapi/attacks/`, listed in `ATTACKS` there; with them stands, once, what is
   known of it (`paper`, `summary`, `facts`).
2. It begins with ``rows = hunt.active()``, works on all of them at once (the Victim cuts passes into tiles), drops
   fooled rows from its own state (``rows = rows[~hit]`` and every state tensor likewise), and hands every candidate
   to ``hunt.keep(rows, x_adv, logits)``, the last iterate included. What it keeps lies in [0, 1] and inside the ball
   (`maths.balls`).
3. Random numbers come from ``hunt.rng.stream("name.purpose")`` by row, never from a global generator.
4. `facts.minimal` says that there is no ball: `hunt.keep` then keeps the nearest success, in `measured_norm`.
5. It is listed here by import path, so that a worker imports only what it runs.
"""

import importlib
from collections.abc import Callable
from typing import Any

from workers.attacks.engine.samples import Hunt

AttackFunction = Callable[[Hunt, Any], None]


def load(name: str) -> AttackFunction:
    """Import an attack's function."""
    module, _, function = REGISTRY[name].partition(":")
    found: AttackFunction = getattr(importlib.import_module(module), function)
    return found


#: Name → import path and function.
REGISTRY: dict[str, str] = {
    "fgsm": "workers.attacks.ball.fgsm:fgsm",
    "pgd": "workers.attacks.ball.pgd:pgd",
    "ifgsm": "workers.attacks.ball.ifgsm:ifgsm",
    "apgd": "workers.attacks.ball.apgd:apgd",
    "apgd_t": "workers.attacks.ball.apgd:apgd_t",
    "fab_t": "workers.attacks.ball.fab:fab_t",
    "square": "workers.attacks.black_box.square:square",
    "autoattack": "workers.attacks.ball.autoattack:autoattack",
    "cw": "workers.attacks.minimal.cw:cw",
    "deepfool": "workers.attacks.minimal.deepfool:deepfool",
    "ddn": "workers.attacks.minimal.ddn:ddn",
    "fmn": "workers.attacks.minimal.fmn:fmn",
    "ead": "workers.attacks.minimal.ead:ead",
    "strattack": "workers.attacks.minimal.strattack:strattack",
    "one_pixel": "workers.attacks.black_box.one_pixel:one_pixel",
    "spsa": "workers.attacks.black_box.spsa:spsa",
    "nattack": "workers.attacks.black_box.nattack:nattack",
    "gaussian_noise": "workers.attacks.corruptions.corruption:gaussian_noise",
    "corruption": "workers.attacks.corruptions.corruption:corruption",
}
