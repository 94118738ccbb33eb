"""One net of the zoo, in a process of its own: `python -m tests.tools.zoo_cells LIBRARY FAMILY NET COLUMN,…`.

Prints a JSON line a column. Runs in the zoo's environment.
"""

import json
import logging
import resource
import sys
import tempfile
import time
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from openapi.models import InputSpec
from tests.tools import exporters
from tests.tools.coverage_table import Cell, cell
from tests.tools.kinks import GRADIENT, images, slope, worst
from tests.tools.writing_back import returned
from tests.tools.zoo_nets import build
from tests.workers.models.nets import gradient, relative
from workers.models.audited import AuditedModel
from workers.models.load import load_model

BUILT = "built"
MEMORY = 12 * 2**30
COLUMNS = (*exporters.COLUMNS, "written back")


def quick_slope(net: nn.Module, model: AuditedModel, shape: tuple[int, ...]) -> tuple[float, torch.dtype]:
    """The difference of input gradients; where it is large, at images that lie on no kink."""
    drawn = images(2, shape)
    found = worst(relative(gradient(model, drawn), gradient(net, drawn)))
    return (found, torch.float32) if found < GRADIENT else slope(net, model, shape)


def written_back(net: nn.Module, x: Tensor, folder: Path) -> Cell:
    """Read a trace, write it in every format in which hardening delivers, and read each again."""
    path = folder / "model"
    try:
        exporters.COLUMNS["trace"](net, x, path)
    except Exception as error:
        return Cell("torch cannot", failure=f"torch cannot write it: {type(error).__name__}: {str(error)[:200]}")
    started = time.process_time()
    try:
        model = load_model(path, None, InputSpec(shape=tuple(x.shape[1:])))
    except Exception as error:
        return Cell("not read", failure=f"its trace is not read: {type(error).__name__}: {str(error)[:160]}", ours=True)
    back = returned(model, folder)
    seconds = time.process_time() - started
    return Cell(back.counted, seconds, "; ".join(back.reasons) or None, ours=bool(back.failures))


def main() -> None:
    """Answer each column."""
    library, family, name, columns = sys.argv[1:5]
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    torch.set_num_threads(1)
    net, x = build(library, name)
    print(BUILT, flush=True)
    for column in columns.split(","):
        with tempfile.TemporaryDirectory() as folder:
            where = Path(folder)
            found = (
                written_back(net, x, where) if column == "written back" else cell(net, x, column, where, quick_slope)
            )
        said = {"text": found.text, "failure": found.failure, "ours": found.ours, "seconds": found.seconds}
        line = {"library": library, "family": family, "net": name, "column": column, "input": list(x.shape[1:]), **said}
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
