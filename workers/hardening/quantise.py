"""Checkpoints in fewer bits, and what that costs: ONNX in 8, and every format in the half precision of the upload."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from openapi.hardening_options import HardenOptions
from openapi.stages.harden import Halved, Quantised
from workers.attacks.ball.pairs import dual_pairs
from workers.hardening.data import Rows, TrainingSet
from workers.models.audited import AuditedModel
from workers.models.onnx.runtime import session
from workers.models.precision import half_of, rounded

#: Training images whose activations give the ranges, and images that both files are judged on, at most.
CALIBRATED_ON, JUDGED_ON = 128, 512
_BATCH = 32


def round_to_upload(model: AuditedModel, data: TrainingSet, options: HardenOptions, seed: int) -> Halved | None:
    """Bring the weights of a network whose file is in half precision to that, in place; None for another file.

    Parameters and buffers are rounded alike, as the checkpoints hold both. The images are the validation split, where
    the training has one.
    """
    precision = half_of(model)
    if precision is None:
        return None
    held_out = data.split(options.validation, seed)[1] if options.validation else data
    rows = list(held_out.sample(JUDGED_ON, seed, 6, _BATCH))
    floats = _accuracies(model, rows, options, seed)
    with torch.no_grad():
        for tensor in [*model.graph.parameters(), *model.graph.buffers()]:
            if tensor.is_floating_point():
                tensor.copy_(rounded(tensor, precision))
    halves = _accuracies(model, rows, options, seed)
    return Halved.model_validate(
        {
            "precision": str(precision).removeprefix("torch."),
            "n": sum(len(part.y) for part in rows),
            "judged_on": "validation" if options.validation else "training",
            "accuracy": halves[0],
            "float_accuracy": floats[0],
            "robust_accuracy": halves[1],
            "float_robust_accuracy": floats[1],
        }
    )


def _accuracies(model: AuditedModel, rows: list[Rows], options: HardenOptions, seed: int) -> tuple[float, float]:
    """Shares of images that are right, and right under PGD as well."""
    right = stays = n = 0
    for part in rows:
        with torch.no_grad():
            hits = model(part.x).argmax(1) == part.y
            held = hits & (model(_pairs(model, part, options, seed)).argmax(1) == part.y)
        right, stays, n = right + int(hits.sum()), stays + int(held.sum()), n + len(part.y)
    return right / n, stays / n


def _pairs(model: AuditedModel, rows: Rows, options: HardenOptions, seed: int) -> torch.Tensor:
    """x' by PGD of at least 10 steps at the training eps."""
    steps = max(10, options.steps)
    return dual_pairs(model, rows.x, rows.y, rows.index, seed=seed, eps=options.eps, steps=steps)


def write_int8(
    model: AuditedModel, floats: Path, path: Path, data: TrainingSet, options: HardenOptions, seed: int
) -> Quantised:
    """Write `floats`, the ONNX file of `model`, with weights and activations in 8 bits (QDQ; Jacob et al., CVPR 2018).

    Weights are quantised by channel; the ranges of activations are those of training images. Both files are judged on
    the validation split, where the training has one. Raises whatever onnxruntime does.
    """
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

    kept, held_out = data.split(options.validation, seed) if options.validation else (data, data)
    calibration = [_input(model, rows) for rows in kept.sample(CALIBRATED_ON, seed, 5, _BATCH)]

    class Reader(CalibrationDataReader):  # type: ignore[misc]  # the package has no types
        """Hands the images out, a batch a call."""

        def __init__(self) -> None:
            self._left: Iterator[npt.NDArray[Any]] = iter(calibration)

        def get_next(self) -> dict[str, Any] | None:
            """The next batch by the input's name; None after the last."""
            batch = next(self._left, None)
            return None if batch is None else {"input": batch}

    quantize_static(
        str(floats),
        str(path),
        Reader(),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
    )
    rows = list(held_out.sample(JUDGED_ON, seed, 6, _BATCH))
    exact, coarse = (_classes(file, model, rows) for file in (floats, path))
    labels = np.concatenate([part.y.cpu().numpy() for part in rows])
    attacked = [Rows(_pairs(model, part, options, seed), part.y, part.index) for part in rows]
    stays = [(_classes(file, model, attacked) == labels) for file in (floats, path)]
    return Quantised(
        calibrated_on=sum(len(batch) for batch in calibration),
        n=len(labels),
        judged_on="validation" if options.validation else "training",
        accuracy=float((coarse == labels).mean()),
        float_accuracy=float((exact == labels).mean()),
        agreement=float((exact == coarse).mean()),
        robust_accuracy=float((stays[1] & (coarse == labels)).mean()),
        float_robust_accuracy=float((stays[0] & (exact == labels)).mean()),
    )


def _input(model: AuditedModel, rows: Rows) -> npt.NDArray[Any]:
    """Images as the file takes them."""
    with torch.no_grad():
        found: npt.NDArray[Any] = model.transform(rows.x.to(model.transform.scale.device)).cpu().numpy()
    return found


def _classes(path: Path, model: AuditedModel, rows: list[Rows]) -> npt.NDArray[np.int64]:
    opened = session(str(path))
    return np.concatenate([opened.run(None, {"input": _input(model, part)})[0].argmax(1) for part in rows])
