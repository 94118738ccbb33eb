"""What the two tables share: their options, the subject that these name, and what stands around the rows."""

import argparse
import re
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path

import torch

from tests.tools.benchmarks.libraries import MISSING
from tests.tools.benchmarks.subject import DEMO, Subject, load_subject


def arguments(description: str | None) -> argparse.ArgumentParser:
    """The options that say what is attacked."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--model", type=Path, default=DEMO / "small_vgg.pt")
    parser.add_argument("--data", type=Path, default=DEMO / "holdout.npz")
    parser.add_argument("--mean", type=float, nargs="+", default=None)
    parser.add_argument("--std", type=float, nargs="+", default=None)
    parser.add_argument("--softmax", action="store_true", help="put a softmax at the model's end")
    parser.add_argument("--linf", type=float, default=None, help="[8/255; 0.1 for the demo]")
    parser.add_argument("--l2", type=float, default=None, help="[0.5; 1.5 for the demo]")
    parser.add_argument("--images", type=int, default=256)
    parser.add_argument("--device", default="cpu", help="cuda: on a GPU")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--only", action="append", default=[], help="rows with a word that begins so, in any case; repeatable"
    )
    parser.add_argument("--out", type=Path, default=None, help="append the table to this file")
    return parser


def opened(options: argparse.Namespace) -> tuple[Subject, float, float]:
    """Return the subject that the options name, and the radii of its two balls."""
    demo = options.model.parent == DEMO
    linf, l2 = options.linf or (0.1 if demo else 8 / 255), options.l2 or (1.5 if demo else 0.5)
    torch.set_num_threads(options.threads)
    mean, std = options.mean or ([0.286] if demo else [0.0]), options.std or ([0.353] if demo else [1.0])
    what = (options.model, options.data, options.images, mean, std, options.softmax, options.device)
    return load_subject(*what), linf, l2


def chosen(rows: Iterable[str], only: Sequence[str]) -> list[str]:
    """Return the rows asked for (no wish: all): ``pgd`` is PGD-50 and not APGD, ``l2`` is every row with this norm.

    ``cw`` is C&W. A wish that names none ends the run and says which rows there are.
    """
    rows = list(rows)
    named = [[row for row in rows if _begins(row, wish)] for wish in only]
    for wish, found in zip(only, named, strict=True):
        if not found:
            raise SystemExit(f"no row has a word that begins with {wish!r}; there are: {', '.join(rows)}")
    return [row for row in rows if not only or any(row in found for found in named)]


def _begins(row: str, wish: str) -> bool:
    plain, word = row.replace("&", ""), re.escape(wish.replace("&", ""))
    return re.search(rf"(?:^|[\s-]){word}", plain, re.IGNORECASE) is not None


def versions() -> str:
    """The installed libraries and their versions."""
    peers_there = ("torch", "torchattacks", "foolbox", "adversarial-robustness-toolbox", "adv-lib")
    return ", ".join(f"{p} {_version(p)}" for p in peers_there if _version(p))


def finish(lines: list[str], out: Path | None) -> None:
    """Say what was left out, and append the table to the file when there is one."""
    if MISSING:
        notes = ["", "Left out:", *(f"- {name}: {reason.splitlines()[0]}" for name, reason in sorted(MISSING.items()))]
        print("\n".join(notes))
        lines += notes
    if out is not None:
        with out.open("a") as file:
            file.write("\n".join([*lines, "", ""]))


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
