"""`tremor reproduce`: tables and figures of the SNS paper made anew, in a process that has torch."""

import importlib.util
import os
import sys
from pathlib import Path

import click

from service.cli.given import check_folder

_NAMES = (
    "sns-table1", "sns-table2", "sns-table3", "sns-table4", "sns-fig8", "sns-fig9", "sns-fig10-12", "sns-fig13",
    "sns-fig14", "sns-fig15", "sns-fig16", "sns-fig17",
)  # fmt: skip


@click.command()
@click.argument("name", type=click.Choice(_NAMES))
@click.option("--scale", type=click.Choice(["small", "full"]), default="small", show_default=True)
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with CIFAR-10's binary version (data_batch_1.bin … test_batch.bin), or train.npz and test.npz; "
    "without it, at small scale, the shipped part of Fashion-MNIST.",
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default="reproduced", show_default=True)
@click.option(
    "--minutes", type=click.FloatRange(min=0), help="Begin no piece after so many; exit code 75 if unfinished."
)
def reproduce(name: str, scale: str, data: Path | None, out: Path, minutes: float | None) -> None:
    """Make a table or figure of the SNS paper anew and print it beside the published one.

    It trains, attacks and measures what it needs in pieces that are kept in --out: a run that was stopped goes on, and
    experiments share their networks. `small` is a narrow network on a tenth of the images; `full` wants --data and
    a GPU. Writes NAME.json, NAME.html and a drawing for each chart.
    """
    if scale == "full" and data is None:
        raise click.UsageError(
            "--scale full needs --data: the paper's size is trained on CIFAR-10, not on shipped images"
        )
    if importlib.util.find_spec("torch") is None:
        raise click.ClickException("This needs torch: pip install 'tremor[worker]'")
    check_folder(out)
    arguments = [name, scale, str(out), "" if minutes is None else str(minutes), "" if data is None else str(data)]
    os.execv(sys.executable, [sys.executable, "-P", "-m", "workers.reproduce", *arguments])
