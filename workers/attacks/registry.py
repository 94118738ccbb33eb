"""Attack name → implementation.

An attack is a function ``attack(hunt: Hunt, spec: Spec) -> None``:

1. Its options are a frozen model in `openapi/attacks.py` (with `paper`, `summary`, `black_box`), listed in `ATTACKS`
there.
2. It begins with ``rows = hunt.active()``, works on all of them at once (the Victim cuts passes into tiles), drops
   fooled rows from its own state (``rows = rows[~hit]`` and every state tensor likewise), and hands every candidate
   to ``hunt.keep(rows, x_adv, logits)``, the last iterate included. What it keeps lies in [0, 1] and inside the ball
   (`geometry`).
3. Random numbers come from ``hunt.rng.stream("name.purpose")`` by row, never from a global generator.
4. ``minimal`` says that there is no ball: `hunt.keep` then keeps the nearest success, measured in ``norm``.
5. It is listed here by import path, so that a worker imports only what it runs.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workers.attacks.engine.samples import Hunt
from workers.attacks.maths.balls import Norm

AttackFunction = Callable[[Hunt, Any], None]


@dataclass(frozen=True)
class Entry:
    """Where an attack lies, and what `suite` must know of it.

    norm: distance that is measured; null takes the spec's `norm`. minimal: keeps the nearest success. queries: forward
    passes per sample are reported as black-box queries.
    """

    path: str
    norm: Norm | None = None
    minimal: bool = False
    queries: bool = False

    def load(self) -> AttackFunction:
        """Import the function."""
        module, _, name = self.path.partition(":")
        function: AttackFunction = getattr(importlib.import_module(module), name)
        return function


REGISTRY: dict[str, Entry] = {
    "fgsm": Entry("workers.attacks.ball.fgsm:fgsm"),
    "pgd": Entry("workers.attacks.ball.pgd:pgd"),
    "ifgsm": Entry("workers.attacks.ball.ifgsm:ifgsm"),
    "apgd": Entry("workers.attacks.ball.apgd:apgd"),
    "apgd_t": Entry("workers.attacks.ball.apgd:apgd_t"),
    "fab_t": Entry("workers.attacks.ball.fab:fab_t"),
    "square": Entry("workers.attacks.black_box.square:square", queries=True),
    "autoattack": Entry("workers.attacks.ball.autoattack:autoattack"),
    "cw": Entry("workers.attacks.minimal.cw:cw", minimal=True),
    "deepfool": Entry("workers.attacks.minimal.deepfool:deepfool", minimal=True),
    "ddn": Entry("workers.attacks.minimal.ddn:ddn", minimal=True),
    "fmn": Entry("workers.attacks.minimal.fmn:fmn", minimal=True),
    "ead": Entry("workers.attacks.minimal.ead:ead", minimal=True),
    "strattack": Entry("workers.attacks.minimal.strattack:strattack", minimal=True),
    "one_pixel": Entry("workers.attacks.black_box.one_pixel:one_pixel", norm="l0", queries=True),
    "spsa": Entry("workers.attacks.black_box.spsa:spsa", queries=True),
    "nattack": Entry("workers.attacks.black_box.nattack:nattack", queries=True),
    "gaussian_noise": Entry("workers.attacks.corruptions.corruption:gaussian_noise", norm="l2", queries=True),
    "corruption": Entry("workers.attacks.corruptions.corruption:corruption", norm="l2", queries=True),
}
