"""`make demo`: the whole main job on the shipped model and images, through the HTTP API of an embedded service.

Audits the network as ONNX and as TorchScript, compares the two, hardens it by SNS, audits the hardened model on the
held-out split, and says where report and checkpoints lie. Everything that it starts ends with it, also on Ctrl-C.
"""

import argparse
import shutil
import sys
import time
from pathlib import Path
from typing import Any, Literal

import click

from service.cli.display import Bars, accuracy_table, bars, console, neuron_table
from service.cli.exits import interruptible
from service.cli.last_resort import ended
from service.cli.session import connected
from service.cli.uploads import upload
from service.cli.work import carry_out

Json = dict[str, Any]
HERE = Path(__file__).parent
EPS = 0.1
INPUT: Json = {"input": {"shape": [1, 28, 28], "mean": [0.286], "std": [0.353]}}
CLASSES = ["T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]
ATTACKS: list[Json] = [
    {"name": "fgsm", "eps": EPS},
    {"name": "pgd", "eps": EPS, "steps": 20},
    {"name": "pgd", "norm": "l2", "eps": 1.5, "steps": 20},
]
HARDEN: Json = {"method": "sns", "eps": EPS, "steps": 3, "epochs": 6, "lr": 0.003, "lambda": 0.05, "pairs": 500}


def upload_all(run: Any, shown: Bars) -> dict[str, str]:
    """Upload both formats and both splits; return their ids."""
    files: dict[str, tuple[Literal["models", "datasets"], Path, dict[str, Any]]] = {
        "onnx": ("models", HERE / "small_vgg.onnx", {**INPUT, "name": "small_vgg (ONNX)", "labels": CLASSES}),
        "torchscript": (
            "models",
            HERE / "small_vgg.pt",
            {**INPUT, "name": "small_vgg (TorchScript)", "labels": CLASSES},
        ),
        "train": ("datasets", HERE / "train.npz", {"name": "Fashion-MNIST train 4,000", "split": "train"}),
        "holdout": ("datasets", HERE / "holdout.npz", {"name": "Fashion-MNIST held-out 1,000", "split": "test"}),
    }
    return {key: upload(run, kind, path, metadata, shown).id for key, (kind, path, metadata) in files.items()}


def compare(first: Json, second: Json) -> list[str]:
    """Say how far two audits of one network in two formats agree; raise when they do not."""
    if first["clean"] != second["clean"]:
        raise click.ClickException(f"clean accuracies differ: {first['clean']} and {second['clean']}")
    lines = [f"clean accuracy: equal, {first['clean']['correct']} of {first['clean']['n']}"]
    pairs = list(zip(first["neurons"]["layers"], second["neurons"]["layers"], strict=True))
    same = sum(
        [n["neuron"] for n in a["ranking"]] == [n["neuron"] for n in b["ranking"]] and a["name"] == b["name"]
        for a, b in pairs
    )
    gap = max(
        abs(x["sensitivity"] - y["sensitivity"]) / max(x["sensitivity"], 1e-12)
        for a, b in pairs
        for x, y in zip(*(sorted(p["ranking"], key=lambda n: n["neuron"]) for p in (a, b)), strict=True)
    )
    overlap = [len(set(a["top"]) & set(b["top"])) / len(a["top"]) for a, b in pairs]
    if min(overlap) < 0.5:
        raise click.ClickException("the sensitivity rankings of the two formats differ")
    lines.append(
        f"sigma rankings: identical in {same} of {len(pairs)} layers; sigma differs by at most {100 * gap:.2g} %"
    )
    return lines


def demo(out: Path, data: Path | None) -> None:
    """Run the main job; write into `out`."""
    begun = time.monotonic()
    with interruptible(), connected(None, None, data) as run, bars() as shown:
        ids = upload_all(run, shown)
        request: Json = {"dataset_id": ids["holdout"], "attacks": ATTACKS, "labels": {"demo": "true"}}
        scripted, _ = carry_out(
            run, "audits", {**request, "model_id": ids["torchscript"]}, shown, out / "torchscript", "TorchScript:"
        )
        harden = {**HARDEN, "train_dataset_id": ids["train"]}
        hardened = {**request, "model_id": ids["onnx"], "harden": harden}
        report, _ = carry_out(run, "audits", hardened, shown, out, "ONNX:")
    seconds = time.monotonic() - begun
    hardening = report["hardening"]
    console.rule("Tremor demo")
    for line in compare(report, scripted):
        console.print(line, highlight=False)
    console.print(accuracy_table(report, hardening["after"], "small_vgg on 1,000 held-out images of Fashion-MNIST"))
    console.print(neuron_table(report["neurons"]))
    for path in sorted(p for p in out.rglob("*") if p.is_file()):
        console.print(f"  {path.stat().st_size / 1e3:9.1f} kB  {path}", highlight=False, markup=False, soft_wrap=True)
    console.print(f"done in {seconds:.0f} s; open {out / 'report.html'}", highlight=False, soft_wrap=True)


def main() -> int:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(
        prog="make demo", description="The whole main job on a real model and real images."
    )
    parser.add_argument("--out", type=Path, default=Path("demo-out"), help="where the results go [demo-out]")
    parser.add_argument("--data", type=Path, help="keep the service's data here [a temporary folder]")
    arguments = parser.parse_args()
    shutil.rmtree(arguments.out, ignore_errors=True)
    return ended(lambda: demo(arguments.out.resolve(), arguments.data))


if __name__ == "__main__":
    sys.exit(main())
