"""How strong our attacks are beside the peers', at equal eps and budget: accuracy, and distance at equal success.

Every example of everybody is judged by the same independent pass, in its ball and in [0, 1]. A row passes when our
robust accuracy is at most the best peer's plus one standard error of it, and, for minimal-norm attacks, when our median
distance is at most each peer's on the images that both fool.

    python -m tests.tools.benchmarks.strength [--model FILE --data NPZ --mean … --std … --linf … --l2 …] [--images 256]
    [--only NAME]…
"""

import math
import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: idle threads must not spin
os.environ.setdefault("GOMP_SPINCOUNT", "0")

import warnings
from datetime import date

import torch

from tests.tools.benchmarks.contenders import attacks, ours, peers
from tests.tools.benchmarks.libraries import MISSING, Contender
from tests.tools.benchmarks.referee import Outcome, judged
from tests.tools.benchmarks.strength_rows import MINIMAL, OTHER_RADII, more_attacks, more_peers
from tests.tools.benchmarks.subject import Subject
from tests.tools.benchmarks.tables import arguments, chosen, finish, opened, versions
from workers.attacks.maths.balls import Norm

#: A median that is larger by less than float32 arithmetic and a bisection's last step make out is not larger.
_EQUAL = 1e-3
#: Peers whose robust accuracy says nothing: (library, rows) and why. Their distances are compared all the same.
INCORRECT = {("foolbox", "C&W"): "returns black images where it finds nothing, many of which are misclassified"}


def standard_error(share: float, n: int) -> float:
    """Return the standard error of a share among n."""
    return math.sqrt(max(share * (1 - share), 0.0) / n)


def verdict(own: Outcome, other: dict[str, Outcome], row: str) -> tuple[bool, str]:
    """Return whether a row passes, and what is said of it."""
    correct = [k for k in other if not any(k == name and row.startswith(rows) for name, rows in INCORRECT)]
    if not correct:
        return True, "no peer"
    n = len(own.fooled)
    best = min(correct, key=lambda k: other[k].robust)
    error = standard_error(other[best].robust, n)
    good = own.robust <= other[best].robust + error
    said = [f"{own.robust:.3f} against {other[best].robust:.3f} ± {error:.3f} ({best})"]
    if row.startswith(MINIMAL):
        for name, o in other.items():
            both = own.fooled & o.fooled
            if not bool(both.any()):
                continue
            mine, theirs = float(own.distance[both].median()), float(o.distance[both].median())
            nearer = mine <= theirs * (1 + _EQUAL)
            good &= nearer
            said.append(f"{name} {mine:.4g} / {theirs:.4g}" + ("" if nearer else " **farther**"))
    return good, "; ".join(said)


def run_row(s: Subject, row: str, norm: Norm, eps: float | None, contenders: dict[str, Contender]) -> list[str]:
    """Run all contenders once and return the row's lines of the table."""
    outcomes: dict[str, Outcome] = {}
    for name, contender in contenders.items():
        torch.manual_seed(0)
        s.model.forwards = s.model.backwards = 0
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                outcomes[name] = judged(s, contender(s).detach(), norm, eps)
        except Exception as error:  # a peer that fails is reported and does not end the run
            if name == "tremor":
                raise
            MISSING[f"{name} {row}"] = f"{type(error).__name__}: {error}"
    own = outcomes.pop("tremor")
    good, said = verdict(own, outcomes, row)
    others = ", ".join(f"{k} {o.robust:.3f}" for k, o in sorted(outcomes.items(), key=lambda kv: kv[1].robust))
    line = f"| {row} | {own.robust:.3f} | {others or '–'} | {said} | {'yes' if good else '**no**'} |"
    print(line, flush=True)
    return [line]


def main() -> None:
    """Parse the options, run, print, and append to a file when asked to."""
    parser = arguments(__doc__)
    parser.add_argument("--skip", action="append", default=[], help="rows whose name begins so; repeatable")
    options = parser.parse_args()
    s, linf, l2 = opened(options)
    rows = {**attacks(linf, l2), **more_attacks(linf, l2)}
    wanted = chosen(rows, options.only)
    soft = " + softmax" if options.softmax else ""
    lines = [
        f"### {s.name}{soft}, {len(s.x)} images, linf {linf:.4g}, l2 {l2:.4g}",
        "",
        f"{date.today().isoformat()}; {versions()}.",
        "",
        "| attack | tremor | peers | ours against the best; median distances ours / theirs where both fool | holds |",
        "|---|---|---|---|---|",
    ]
    print("\n".join(lines))
    for row in wanted:
        if row.startswith(tuple(options.skip)):
            continue
        norm, spec = rows[row]
        eps = None if row.startswith(MINIMAL) else OTHER_RADII.get(row, l2 if norm == "l2" else linf)
        found = {"tremor": ours(spec), **peers(row, linf, l2), **more_peers(row, linf, l2)}
        lines += run_row(s, row, norm, eps, found)
    finish(lines, options.out)


if __name__ == "__main__":
    main()
