"""What a slice of vulnerability leaves: sums over fooled images, a row an image, and what is asked of single ones."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import Tensor

from openapi.analyses.vulnerability import MEASURES, ActivationsFile
from workers.neurons.exact import ExactSum, Floats
from workers.neurons.heads.last_layer import LastLayer
from workers.neurons.vulnerability import Bands, Pairs, measures
from workers.pictures import differences, pictures

#: Key, file name, kind, format → the path to write to.
Output = Callable[[str, str, str, str], Path]


@dataclass(frozen=True)
class AttackedImages:
    """index, label, fooled: (n,); x, x_adv: (n, c, h, w) in [0, 1]."""

    index: npt.NDArray[np.int64]
    label: npt.NDArray[np.int64]
    fooled: npt.NDArray[np.bool_]
    x: Tensor
    x_adv: Tensor


def write_activations(output: Output, last: LastLayer, pairs: Pairs, images: AttackedImages) -> None:
    """Write the files `ActivationsFile` of a slice but for `maps`. pairs: of the images, in their order."""
    benign = last.contributions(pairs.a, pairs.benign)
    bands = Bands(len(last.weight), last.neurons)
    bands.add(benign, pairs.benign)
    by_name: dict[str, Floats] = {str(name): values for name, values in measures(last, pairs).items()}
    of_images = np.stack([by_name[name] for name in MEASURES], 1)
    totals = ExactSum()
    totals.add(of_images[images.fooled])
    np.savez(
        output(ActivationsFile.TOTALS, "totals.npz", "totals", "npz"),
        measures=totals.pair((len(MEASURES), last.neurons)),
        **bands.arrays(),  # type: ignore[arg-type]  # arrays, none of which is called allow_pickle
    )
    np.savez(
        output(ActivationsFile.ACTIVATIONS, "activations.npz", "activations", "npz"),
        index=images.index,
        label=images.label,
        predicted=pairs.benign,
        adversarial=pairs.adversarial,
        fooled=images.fooled,
        benign=_rows(pairs.a),
        attacked=_rows(pairs.a_adv),
        z=pairs.z,
        z_adv=pairs.z_adv,
        contribution=benign.astype(np.float32),
        contribution_adv=last.contributions(pairs.a_adv, pairs.adversarial).astype(np.float32),
        weight=last.weight,
        bias=last.bias,
        neuron_of=last.neuron_of,
        origin_layer=np.array([layer for layer, _ in last.origin]),
        origin_channel=np.array([channel for _, channel in last.origin], np.int64),
    )
    _write_images(output, last, pairs, of_images, images)


def _write_images(output: Output, last: LastLayer, pairs: Pairs, of_images: Floats, images: AttackedImages) -> None:
    """What is asked of single images: measures (n, MEASURES, neurons), largest activations, pictures, distances."""
    change = (images.x_adv - images.x).flatten(1).double()
    difference, gain = differences(images.x, images.x_adv)
    np.savez(
        output(ActivationsFile.IMAGES, "images.npz", "images", "npz"),
        measures=of_images.astype(np.float32),
        excitation=_largest(last, pairs.a),
        excitation_adv=_largest(last, pairs.a_adv),
        benign=pictures(images.x),
        adversarial=pictures(images.x_adv),
        difference=difference,
        gain=gain,
        linf=change.abs().amax(1).numpy(),
        l2=change.square().sum(1).sqrt().numpy(),
    )


def _largest(last: LastLayer, a: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """(n, neurons): the largest number that the last layer reads of each neuron."""
    flat = a if a.ndim == 2 else a.max(2)
    if last.flat:
        return flat
    order = np.argsort(last.neuron_of, kind="stable")
    first = np.searchsorted(last.neuron_of[order], np.arange(last.neurons))
    largest: npt.NDArray[np.float32] = np.maximum.reduceat(flat[:, order], first, axis=1)
    return largest


def _rows(a: Any) -> Any:
    """(n, inputs): of a rectified head the average over positions."""
    return a if a.ndim == 2 else a.mean(2)
