"""The images that excite each neuron most, streamed over a data set, whatever the slices. Needs numpy alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from workers.neurons.exact import Floats, Ints

_NOBODY = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Excitation:
    """One image that excites a neuron: its number and label, and the largest activation in it and in its twin."""

    index: int
    label: int
    activation: float
    activation_adv: float


class TopImages:
    """For each neuron of a layer the `count` images with the largest activation, largest first, ties by number.

    An image's activation of a neuron is the largest in its map (ours). Memory: neurons × count, whatever the data.
    """

    def __init__(self, neurons: int, count: int = 5) -> None:
        shape = (neurons, count)
        self.activation, self.activation_adv = np.full(shape, -np.inf), np.zeros(shape)
        self.index, self.label = np.full(shape, _NOBODY), np.zeros(shape, np.int64)

    def add(self, benign: Floats, adversarial: Floats | None, index: Ints, label: Ints) -> None:
        """Add n images: largest activations (n, neurons) of x and of x', and (n,) numbers and labels.

        adversarial: None where nothing is known of the twins; their activations are NaN then.
        """
        wide = (len(benign), self.activation.shape[0])
        adversarial = np.full(wide, np.nan) if adversarial is None else adversarial
        columns = [np.broadcast_to(values[:, None], wide).T for values in (index, label)]
        self._keep(np.asarray(benign, np.float64).T, np.asarray(adversarial, np.float64).T, *columns)

    def merge(self, other: "TopImages") -> None:
        """Add another slice's images."""
        self._keep(other.activation, other.activation_adv, other.index, other.label)

    def of(self, neuron: int) -> tuple[Excitation, ...]:
        """The images of one neuron; fewer than `count` where there are fewer images."""
        return tuple(
            Excitation(
                int(self.index[neuron, i]),
                int(self.label[neuron, i]),
                float(self.activation[neuron, i]),
                float(self.activation_adv[neuron, i]),
            )
            for i in np.flatnonzero(self.index[neuron] != _NOBODY).tolist()
        )

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """What a file keeps of it; `read` reads it back."""
        return {
            "activation": self.activation,
            "activation_adv": self.activation_adv,
            "index": self.index,
            "label": self.label,
        }

    @classmethod
    def read(cls, data: Mapping[str, npt.NDArray[np.generic]]) -> "TopImages":
        """Read back what `arrays` gave."""
        found = cls(*np.asarray(data["activation"]).shape)
        for name in found.arrays():
            setattr(found, name, np.asarray(data[name]).copy())
        return found

    def _keep(
        self,
        activation: npt.NDArray[np.float64],
        activation_adv: npt.NDArray[np.float64],
        index: npt.NDArray[np.int64],
        label: npt.NDArray[np.int64],
    ) -> None:
        count = self.activation.shape[1]
        joined = [
            np.concatenate([mine, theirs], 1)
            for mine, theirs in (
                (self.activation, activation),
                (self.activation_adv, activation_adv),
                (self.index, index),
                (self.label, label),
            )
        ]
        order = np.lexsort((joined[2], -joined[0]), axis=1)[:, :count]
        self.activation, self.activation_adv, self.index, self.label = (
            np.take_along_axis(values, order, 1) for values in joined
        )


def save_tops(path: Path, tops: Sequence[TopImages]) -> None:
    """Write those of several layers into one `.npz`; `merged_tops` reads them back."""
    arrays = {f"{name}_{i}": values for i, top in enumerate(tops) for name, values in top.arrays().items()}
    np.savez(path, **arrays)  # type: ignore[arg-type]  # arrays, none of which is called allow_pickle


def merged_tops(paths: Sequence[Path], layers: int) -> list[TopImages]:
    """Of each of so many layers the images of all slices together; `paths`: what `save_tops` wrote of each slice."""
    merged: list[TopImages] = []
    for path in paths:
        with np.load(path, allow_pickle=False) as data:
            names = TopImages(0).arrays()
            tops = [TopImages.read({name: data[f"{name}_{i}"] for name in names}) for i in range(layers)]
        for i, top in enumerate(tops):
            if i < len(merged):
                merged[i].merge(top)
            else:
                merged.append(top)
    return merged


def extremes(sigma: Floats, dead: Ints, count: int = 3) -> tuple[Ints, Ints]:
    """The `count` most and least sensitive neurons that live, most and least first (fewer where fewer live).

    sigma: (neurons,); dead: neurons at 0 on every image, which are never among the least. A neuron is in one list.
    """
    live = np.setdiff1d(np.arange(len(sigma)), dead)
    order = live[np.argsort(-sigma[live], kind="stable")]
    top = order[:count]
    rest = order[len(top) :]
    bottom = rest[np.argsort(sigma[rest], kind="stable")][:count]
    return top.astype(np.int64), bottom.astype(np.int64)
