"""Evidence on gradient masking that comes with every white-box attack, and the check that reads it.

The checks that compare attacks with each other live with the report; this one asks the gradient itself.
"""

from collections.abc import Mapping
from typing import Any

from openapi.report import Check
from workers.attacks.engine.batch import Batch
from workers.attacks.maths.balls import LinfBall
from workers.attacks.maths.losses import log_odds

_STEP = 1 / 510  # half a grey level: small enough for the first order to rule, far above float32 noise
_FIRST = 64  # by global index, so that slices probe the same samples as the whole
_WINS = 0.75
_LEAST = 8


def probe_gradient(batch: Batch) -> dict[str, int]:
    """Count on how many samples a small step along the gradient's sign raises the loss more than a random one does.

    Half a grey level of L-infinity length, on those of the first 64 samples of the data set that the model gets right;
    the loss is log-odds. A gradient that tells the truth wins nearly always; one that is shattered, zero, random, or
    of another function than the forward pass computes wins by chance at best (Athalye et al. 2018, section 3). The
    counts of slices add up.
    """
    rows = (batch.rng.index < _FIRST).nonzero().flatten()
    if len(rows) == 0:
        return {"probe_samples": 0, "probe_wins": 0}
    x, y = batch.x[rows], batch.y[rows]
    space = LinfBall(x, _STEP)
    _, _, grad = batch.gradient(x, log_odds, rows, y)
    noise = batch.rng.stream("probe").signs(rows, tuple(x.shape[1:]))
    uphill, random = (log_odds(batch.logits(space.project(x + _STEP * d), rows), y) for d in (grad.sign(), noise))
    return {"probe_samples": len(rows), "probe_wins": int((uphill > random).sum())}


def checks_from(extras: Mapping[str, Mapping[str, Any]]) -> list[Check]:
    """Return the check on the probe: pass when the gradient wins on at least 75 % of the probed samples.

    extras: attack id → its merged extras. `skipped` with fewer than 8 probed samples.
    """
    identity, title = "gradients-point-uphill", "Gradients tell where the loss rises"
    seen = {k: f for k, f in extras.items() if int(f.get("probe_samples", 0)) >= _LEAST}
    if not seen:
        detail = f"needs a white-box attack on at least {_LEAST} correctly classified samples"
        return [Check(id=identity, title=title, status="skipped", detail=detail)]
    share = {k: int(f["probe_wins"]) / int(f["probe_samples"]) for k, f in seen.items()}
    worst = min(share, key=lambda k: share[k])
    good = share[worst] >= _WINS
    detail = f"a small step along the gradient beats a random one on {share[worst]:.0%} of the probed samples ({worst})"
    if not good:
        detail += ": the gradient is masked, and white-box results overstate the robustness"
    numbers = {"share": share, "least": _WINS}
    return [Check(id=identity, title=title, status="pass" if good else "fail", detail=detail, numbers=numbers)]
