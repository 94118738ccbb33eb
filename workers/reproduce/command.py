"""Which experiment on which network, how long to go on, and where everything is kept."""

import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import torch

from workers.reproduce import paper_figures, paper_tables
from workers.reproduce.data import read_images
from workers.reproduce.lab import Lab, TimeIsUp
from workers.reproduce.outcomes import Outcome, beside_the_paper, published
from workers.reproduce.scales import SCALES
from workers.reproduce.shown import text_of, write

#: Name → (what makes it, its networks).
EXPERIMENTS: dict[str, tuple[Callable[[Lab], Outcome], tuple[str, ...]]] = {
    "sns-table1": (paper_tables.table1, ("vgg16",)),
    "sns-table2": (paper_tables.table2, ("vgg16",)),
    "sns-table3": (paper_tables.table3, ("vgg16",)),
    "sns-table4": (paper_tables.table4, ("resnet18",)),
    "sns-fig8": (paper_figures.fig8, ("vgg16",)),
    "sns-fig9": (paper_figures.fig9, ("vgg16",)),
    "sns-fig10-12": (paper_figures.fig10_12, ("vgg16", "inception_v3", "resnet18")),
    "sns-fig13": (paper_figures.fig13, ("vgg16",)),
    "sns-fig14": (paper_figures.fig14, ("vgg16",)),
    "sns-fig15": (paper_figures.fig15, ("vgg16",)),
    "sns-fig16": (paper_figures.fig16, ("vgg16",)),
    "sns-fig17": (paper_figures.fig17, ("vgg16",)),
}


def reproduce(
    name: str,
    scale: str,
    data: Path | None,
    out: Path,
    minutes: float | None = None,
    say: Callable[[str], None] = print,
) -> bool:
    """Make a table or figure anew; False when the time was over before it was done: the same call goes on from there.

    Pieces lie in ``out/SCALE-DATA``, shared by all experiments; what came out in ``out``.
    """
    size = SCALES[scale]
    images = read_images(data).first(size.train, size.test)
    size = replace(size, train=len(images.y), test=len(images.y_test))
    device = "cuda" if torch.cuda.is_available() else "cpu"
    deadline = float("inf") if minutes is None else time.monotonic() + 60 * minutes
    make, nets = EXPERIMENTS[name]
    for net in nets:
        folder = out / f"{scale}-{images.name}-{images.sha256[:8]}" / net
        lab = Lab(folder, net, images, size, device, deadline=deadline, say=say)
        try:
            outcome = make(lab)
        except TimeIsUp as next_piece:
            say(f"the time is over before: {next_piece}; the same command goes on")
            return False
        settings = {"network": net, "images": images.name, "sha256": images.sha256, "device": device, **asdict(size)}
        settings |= {"seed": lab.seed, "torch": torch.__version__, "published": published("source")}
        found = replace(beside_the_paper(outcome), settings=settings)
        title = name if len(nets) == 1 else f"{name}-{net}"
        files = write(found, title, out)
        say(text_of(found))
        say(f"written: {', '.join(str(file) for file in files)}")
    return True
