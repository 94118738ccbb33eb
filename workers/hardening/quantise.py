"""The ONNX checkpoint in 8 bits, and what that costs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from openapi.stages.harden import Quantised
from workers.hardening.data import Rows, TrainingSet
from workers.models.audited import AuditedModel
from workers.models.onnx.runtime import session

#: Training images whose activations give the ranges, and images that both files are judged on, at most.
CALIBRATED_ON, JUDGED_ON = 128, 512
_BATCH = 32


def write_int8(
    model: AuditedModel, floats: Path, path: Path, data: TrainingSet, validation: float, seed: int
) -> Quantised:
    """Write `floats`, the ONNX file of `model`, with weights and activations in 8 bits (QDQ; Jacob et al., CVPR 2018).

    Weights are quantised by channel; the ranges of activations are those of training images. Both files are judged on
    the validation split, where the training has one. Raises whatever onnxruntime does.
    """
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

    kept, held_out = data.split(validation, seed) if validation else (data, data)
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
    exact, rounded = (_classes(file, model, rows) for file in (floats, path))
    labels = np.concatenate([part.y.cpu().numpy() for part in rows])
    return Quantised(
        calibrated_on=sum(len(batch) for batch in calibration),
        n=len(labels),
        judged_on="validation" if validation else "training",
        accuracy=float((rounded == labels).mean()),
        float_accuracy=float((exact == labels).mean()),
        agreement=float((exact == rounded).mean()),
    )


def _input(model: AuditedModel, rows: Rows) -> npt.NDArray[Any]:
    """Images as the file takes them."""
    with torch.no_grad():
        found: npt.NDArray[Any] = model.transform(rows.x.to(model.transform.scale.device)).cpu().numpy()
    return found


def _classes(path: Path, model: AuditedModel, rows: list[Rows]) -> npt.NDArray[np.int64]:
    opened = session(str(path))
    return np.concatenate([opened.run(None, {"input": _input(model, part)})[0].argmax(1) for part in rows])
