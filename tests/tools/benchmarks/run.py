"""`make bench`: our attacks beside the peers', one table from one run.

Whole-process CPU time (on a GPU the clock's), medians of interleaved runs; every example is judged by the same
independent pass, in its ball and in [0, 1]. Times over the floor: that time divided by what the bare, frozen model
needs for as many passes. On a GPU ours runs a second time, as "tremor graphs": with its gradient passes replayed.

    python -m tests.tools.benchmarks.run [--model FILE --data NPZ --mean … --std …] [--images 256] [--repeats 3] [--only
    NAME]… [--device cuda]
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: idle threads must not spin
os.environ.setdefault("GOMP_SPINCOUNT", "0")

import platform
import statistics
import warnings
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import torch

from tests.tools.benchmarks.contenders import all_ours, attacks, peers
from tests.tools.benchmarks.libraries import MISSING, Contender
from tests.tools.benchmarks.referee import judged
from tests.tools.benchmarks.subject import Subject, clock, peak_mib, reset_peak
from tests.tools.benchmarks.tables import arguments, chosen, finish, opened, versions
from workers.attacks.maths.balls import Norm


@dataclass
class Score:
    """One contender on one attack."""

    cpu: float
    forwards: int
    backwards: int
    over_floor: float
    robust: float
    median: float
    memory: float


def measure(s: Subject, contender: Contender, norm: Norm, eps: float | None) -> Score:
    torch.manual_seed(0)
    s.model.forwards = s.model.backwards = 0
    reset_peak()
    began = clock(s.x.device)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        x_adv = contender(s).detach()
    cpu = clock(s.x.device) - began
    memory, forwards, backwards = peak_mib(), s.model.forwards, s.model.backwards
    outcome = judged(s, x_adv, norm, eps)
    over = cpu / s.floor(forwards, backwards)
    return Score(cpu, forwards, backwards, over, outcome.robust, outcome.median, memory)


def compare(
    s: Subject, row: str, linf: float, l2: float, repeats: int, norm: Norm, own: dict[str, Contender]
) -> list[str]:
    """Run ours and the peers in turn, `repeats` times, and return the lines of the table."""
    contenders = {**own, **peers(row, linf, l2)}
    minimal = any(word in row for word in ("C&W", "EAD", "DeepFool", "DDN", "FMN"))
    eps = None if minimal else l2 if norm == "l2" else linf
    scores: dict[str, list[Score]] = {name: [] for name in contenders}
    for _ in range(repeats):
        for name, contender in contenders.items():
            try:
                scores[name].append(measure(s, contender, norm, eps))
            except Exception as error:  # a peer that fails is reported and does not end the run
                MISSING[f"{name} {row}"] = f"{type(error).__name__}: {error}"
    lines = []
    n = len(s.x)
    for name, got in scores.items():
        if not got:
            continue
        cpu = statistics.median(g.cpu for g in got)
        g = got[0]
        over = statistics.median(v.over_floor for v in got)
        lines.append(
            f"| {row} | {name} | {1e3 * cpu / n:.2f} | {n / cpu:.0f} | {g.forwards / n:.1f} | {g.backwards / n:.1f} "
            f"| {over:.2f} | {g.robust:.3f} | {g.median:.4f} | {g.memory:.0f} |"
        )
        print(lines[-1], flush=True)
    return lines


def main() -> None:
    """Parse the options, run, print, and append to a file when asked to."""
    parser = arguments(__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--with-autoattack", action="store_true", help="also the two AutoAttack rows: many minutes")
    options = parser.parse_args()
    subject, linf, l2 = opened(options)
    offered = attacks(linf, l2)
    wanted = chosen(offered, options.only)
    soft = " + softmax" if options.softmax else ""
    unit = "ms/image" if subject.x.is_cuda else "CPU ms/image"
    lines = [
        f"## {subject.name}{soft}, {len(subject.x)} images, linf {linf:.4g}, l2 {l2:.4g}",
        "",
        f"{date.today().isoformat()}, {_machine(subject.x.device)}, {options.threads} threads, "
        f"{options.repeats} interleaved runs; {versions()}.",
        f"Bare model: {1e3 * subject.forward_cost:.3f} ms forward, {1e3 * subject.both_cost:.3f} both ways.",
        "",
        f"| attack | library | {unit} | images/s | forward | backward | × floor | robust | distance | peak MiB |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    print("\n".join(lines))
    for row in wanted:
        norm, spec = offered[row]
        if row.startswith("AutoAttack") and not (options.with_autoattack or options.only):
            continue
        lines += compare(subject, row, linf, l2, options.repeats, norm, all_ours(spec, subject.x.device))
    finish(lines, options.out)


def _machine(device: torch.device) -> str:
    """Name the kind of the processor or of the GPU."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    info = Path("/proc/cpuinfo")
    names = (
        [line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        if (info.exists())
        else []
    )
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, CPU alone"


if __name__ == "__main__":
    main()
