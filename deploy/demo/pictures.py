"""The pictures of the guide's page on neurons, from a study of the example.

    tremor study deploy/demo/small_vgg.onnx deploy/demo/holdout.npz --samples 100 --out demo-study \
        --input '{"mean": [0.286], "std": [0.353]}'
    python -m deploy.demo.pictures demo-study
"""

import argparse
from pathlib import Path

TARGET = Path(__file__).parents[1] / "pictures"

#: Name of the picture → the study's figure, whatever its number.
PICTURES = {
    "sensitivity": "neurons-*-sorted-sensitivity-of-features-12.svg",
    "depth": "neurons-*-mean-ratio-against-depth.svg",
    "sweep": "sweep-*-mean-ratio-against-tap-act.svg",
    "importance": "importance-*-sensitivity-against-contribution.svg",
    "similarity": "similarity-*-jaccard-across-targets.svg",
    "vulnerability": "vulnerability-*-mean-contribution-of-each-neuron.svg",
}


def copy(study: Path) -> None:
    """Copy each figure; `SystemExit` names one that the study lacks."""
    for name, pattern in PICTURES.items():
        found = sorted((study / "figures").glob(pattern))
        if not found:
            raise SystemExit(f"{study}/figures has no {pattern}")
        (TARGET / f"{name}.svg").write_bytes(found[0].read_bytes())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", type=Path, help="the folder that `tremor study` wrote")
    copy(parser.parse_args().study)
