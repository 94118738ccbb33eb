"""Explained examples in the file of columns: lines ``explain`` (`ExplanationView`), and a row each of ``explain.*``.

index, label, target; promotion, suppression, psr (rows, columns); kind, as `GroupMap` has it; pictures.
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from openapi.analyses.explain import ExplainSection
from openapi.views.explanations import ExplanationView
from workers.pictures import differences, pictures
from workers.reports.columns_file import ColumnsFile
from workers.reports.views import paint
from workers.reports.views.drawn import draw, drawn

_UNTOUCHED = 3
_MAPS = ("cam-benign-true", "cam-benign-target", "cam-adversarial-true", "cam-adversarial-target")


def write(file: ColumnsFile, audit: str, section: ExplainSection, explanations: Path) -> None:
    """explanations: the artifact of that name, whose rows are the section's samples."""
    with np.load(explanations, allow_pickle=False) as kept:
        arrays = {name: kept[name] for name in kept.files}
    place = {int(index): row for row, index in enumerate(arrays["index"])}
    rows = np.array([place[sample.index] for sample in section.samples])
    arrays = {name: values[rows] for name, values in arrays.items()}
    file.array("explain.index", arrays["index"], "i8")
    file.array("explain.label", arrays["label"], "i4")
    file.array("explain.target", arrays["target"], "i4")
    for name in ("promotion", "suppression", "psr"):
        file.array(f"explain.{name}", arrays[name], "f8")
    kind = np.where(arrays["touched"], arrays["kind"], _UNTOUCHED)
    file.array("explain.kind", kind, "i4")
    _draw(file, section.attack.facts.label, arrays)
    views = (
        ExplanationView(**dict(sample), pictures=drawn(file, "explain", audit, sample.index))
        for sample in section.samples
    )
    file.lines("explain", (view.model_dump_json() for view in views))


def _draw(file: ColumnsFile, attack: str, arrays: dict[str, npt.NDArray[Any]]) -> None:
    attack = attack.replace("{", "{{").replace("}", "}}")
    before, after = (torch.from_numpy(arrays[name].astype(np.float32)) for name in ("x", "x_adv"))
    draw(file, "explain", "explained", pictures(after), f"Image {{index}} under {attack}, as it is explained")
    difference, _ = differences(before, after)
    draw(
        file, "explain", "explained-difference", difference,
        f"What {attack} changes in image {{index}}: grey is nothing, black and white the largest change",
    )  # fmt: skip
    draw(
        file, "explain", "psr", paint.painted_groups(arrays["kind"], arrays["touched"]),
        "Image {index}, group by group: blue suppresses the true class, orange promotes the target, grey does both, "
        "light grey neither",
    )  # fmt: skip
    for i, what in enumerate(_MAPS if "maps" in arrays else ()):
        _, image, label = what.split("-")
        shown = pictures(before if image == "benign" else after)
        draw(
            file, "explain", what, paint.heat(arrays["maps"][:, i], shown),
            f"Where the {'true class' if label == 'true' else 'target'} is seen in the {image} image {{index}}: from "
            "violet, nowhere, to yellow, most",
        )  # fmt: skip
    if "x_refined" in arrays:
        refined = torch.from_numpy(arrays["x_refined"].astype(np.float32))
        draw(file, "explain", "refined", pictures(refined), "Image {index} with what is left of its perturbation")
